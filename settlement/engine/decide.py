"""The decision: facts in, answer out, the same bytes for the same input for ever (rules, section 9)."""

from typing import Any

from .because import because
from .court import court_on
from .cut import cut
from .deadlines import deadlines_of
from .facts import Family
from .lines import read_line
from .membership import has_departed, membership_of
from .reading import FactsError, read_facts
from .removal import Known, family_removal, removal_of
from .rights import Answered, next_steps, right_of, right_state
from .standing import own_standing, with_parents
from .waiver import waiver_of

Decision = dict[str, Any]


def decide(record: Any) -> Decision:
    """The decision for one JSON object of facts; for a record in error `{"family", "error": [{"at", "message"}]}`."""
    try:
        return decide_facts(read_facts(record))
    except FactsError as error:
        return _refusal(error)


def decide_line(line: bytes) -> Decision:
    """The same for one line of JSON."""
    try:
        return decide_facts(read_line(line))
    except FactsError as error:
        return _refusal(error)


def _refusal(error: FactsError) -> Decision:
    """What stands in a decision's place for a record in error; `family` is null where it cannot be read."""
    return {
        "family": error.family,
        "error": [{"at": problem.at, "message": problem.message} for problem in error.problems],
    }


def decide_facts(facts: Family) -> Decision:
    """The decision for the facts of one family, on the day they name."""
    family = cut(facts)
    day = family.as_of
    court = court_on(day, family.court_events or ())
    persons = {person.id: person for person in family.persons}

    departed = {person.id: has_departed(person) for person in family.persons}
    membership = {person.id: membership_of(person, family, court, departed) for person in family.persons}
    waivers = {person.id: waiver_of(person, court) for person in family.persons}
    own = {person.id: own_standing(person, departed[person.id], waivers[person.id]) for person in family.persons}
    outside = frozenset(name for name, found in membership.items() if found.state == "not_member")
    standing = {
        name: with_parents(person, own[name], own, persons, outside) if person.is_child else own[name]
        for name, person in persons.items()
    }

    known = Known(membership, standing, departed)
    answered = {
        name: Answered(
            person, membership[name], waivers[name], standing[name], removal_of(person, family, court, known)
        )
        for name, person in persons.items()
    }
    deadlines = [
        (deadline.due, deadline.id, place, deadline)
        for place, one in enumerate(answered.values())
        for deadline in deadlines_of(one, court, day)
    ]
    removal = family_removal([one.removal for one in answered.values()])
    return {
        "family": family.family,
        "as_of": day.isoformat(),
        "stage": court.stage,
        "removal": removal,
        "deportation_eligible": removal == "bar_lifted",
        "persons": [
            {
                "id": name,
                "membership": one.membership.state,
                "standing": one.standing.name,
                "right": right_of(one.person),
                "right_state": right_state(one, court),
                "removal": one.removal.removal,
                "rule": one.removal.rule,
                "needs": one.membership.needs,
                "next_steps": next_steps(one, court, day),
                "because": because(one, answered, court),
            }
            for name, one in answered.items()
        ],
        "deadlines": [
            {
                "id": deadline.id,
                "person": deadline.person,
                "due": deadline.due.isoformat(),
                "act_by": deadline.act_by.isoformat(),
                "missed": deadline.missed,
            }
            for *_, deadline in sorted(deadlines, key=lambda d: d[:3])
        ],
    }
