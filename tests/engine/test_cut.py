"""Every line of the table of the cut, on the day asked about and on the day after it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlement.engine import read_facts
from settlement.engine.cut import cut
from settlement.engine.facts import Family
from tests.engine import by_hand
from tests.engine.families import DAYS, families
from tests.engine.language import ADULT, CHILD, LINK

Facts = dict[str, Any]

EARLY, DAY, NEXT = "2018-06-01", "2018-12-10", "2018-12-11"

# The table of section 1: where a date stands in the record below, and what it takes with it (the item itself: "").
TABLE = [
    ("court_events.0.on", ""),
    ("persons.0.custody.0.from", ""),
    ("persons.0.departures.0.on", ""),
    ("persons.0.elections.0.signed_on", ""),
    ("persons.0.screenings.0.requested_on", ""),
    ("persons.0.screenings.0.judge_review.asked_on", ""),
    ("persons.0.court_case.opened_on", ""),
    ("persons.0.return_request.presented_on", ""),
    ("persons.0.custody.0.to", "to"),
    ("persons.0.departures.0.back_on", "back_on"),
    ("persons.0.elections.0.withdrawn_on", "withdrawn_on"),
    ("persons.0.asylum_filed_on", "asylum_filed_on"),
    ("persons.1.parents.0.reunified_on", "reunified_on reunification"),
    ("persons.1.parents.0.separated_on", "separated_on separated_by"),
    ("persons.0.screenings.0.decided_on", "decided_on result state_of_mind_weighed judge_review status=scheduled"),
    ("persons.0.screenings.0.judge_review.decided_on", "decided_on outcome"),
    ("persons.0.court_case.decided_on", "decided_on final_on outcome=pending"),
    ("persons.0.court_case.final_on", "final_on"),
    ("persons.0.return_request.answered_on", "answered_on answer"),
]
STAYS = ["persons.0.birth_date", "persons.0.entry.on", "persons.0.screenings.0.interview_on"]


def record() -> Facts:
    """A family with a date at every place of the table, all of them early."""
    review = {"asked": "yes", "asked_on": EARLY, "outcome": "affirmed", "decided_on": EARLY}
    screening = {
        "kind": "credible_fear", "basis": "reevaluation", "status": "decided",
        "requested_on": EARLY, "interview_on": EARLY,
        "result": "negative", "decided_on": EARLY, "state_of_mind_weighed": True, "judge_review": review,
    }  # fmt: skip
    adult = deepcopy(ADULT) | {
        "id": "p1",
        "custody": [{"by": "dhs", "from": EARLY, "to": EARLY}],
        "departures": [{"on": EARLY, "kind": "left", "back_on": EARLY}],
        "elections": [{"choice": "return", "signed_on": EARLY, "withdrawn_on": EARLY}],
        "screenings": [screening],
        "court_case": {"outcome": "removal_ordered", "opened_on": EARLY, "decided_on": EARLY, "final_on": EARLY},
        "asylum_filed_on": EARLY,
        "return_request": {"presented_by": "other", "presented_on": EARLY, "answer": "refused", "answered_on": EARLY},
    }
    child = deepcopy(CHILD) | {"id": "c1", "parents": [{"parent": "p1", **LINK}]}
    return {
        "family": "f",
        "as_of": DAY,
        "court_events": [{"kind": "stay", "on": EARLY}],
        "persons": [adult, child],
    }


def holder_of(facts: Facts, path: str) -> tuple[Any, Any, Any]:
    """The object in which a date stands, what holds that object, and under which name or number."""
    steps = [int(step) if step.isdigit() else step for step in path.split(".")]
    outer: Any = None
    inner: Any = facts
    for step in steps[:-1]:
        outer, inner = inner, inner[step]
    return inner, outer, steps[-2] if len(steps) > 1 else None


def plain(family: Family) -> Family:
    """The facts with "none on file" and "no list" of screenings and elections made one, which is all the cut adds."""
    return family._replace(
        persons=tuple(
            person._replace(screenings=person.screenings or (), elections=person.elections or ())
            for person in family.persons
        )
    )


def dated(path: str, day: str) -> Facts:
    """The record with that date on that day; an end that would come before its beginning goes."""
    facts = record()
    holder, _, _ = holder_of(facts, path)
    name = path.rsplit(".", 1)[1]
    holder[name] = day
    end = {"from": "to", "on": "back_on", "signed_on": "withdrawn_on"}.get(name)
    if end in holder:
        holder[end] = None
    return facts


@pytest.mark.parametrize(("path", "_takes"), TABLE, ids=[path for path, _ in TABLE])
def test_the_day_itself_is_seen(path: str, _takes: str) -> None:
    facts = dated(path, DAY)
    assert cut(read_facts(facts)) == plain(read_facts(facts))


@pytest.mark.parametrize(("path", "takes"), TABLE, ids=[path for path, _ in TABLE])
def test_the_day_after_is_not_seen_nor_what_goes_with_it(path: str, takes: str) -> None:
    facts = dated(path, NEXT)
    wanted = deepcopy(facts)
    holder, outer, name = holder_of(wanted, path)
    if not takes:
        if isinstance(outer, list):
            del outer[name]
        else:
            outer[name] = None
    for taken in takes.split():
        field, _, value = taken.partition("=")
        holder[field] = value or None
    assert cut(read_facts(facts)) == plain(read_facts(wanted))


@pytest.mark.parametrize("path", STAYS)
def test_plans_births_and_entries_stay(path: str) -> None:
    facts = dated(path, NEXT)
    assert cut(read_facts(facts)) == plain(read_facts(facts))


def test_a_screening_under_way_keeps_its_status_when_its_decision_is_cut() -> None:
    facts = dated("persons.0.screenings.0.decided_on", NEXT)
    facts["persons"][0]["screenings"][0]["status"] = "withdrawn"
    assert cut(read_facts(facts)).persons[0].screenings[0].status == "withdrawn"


@given(families(), st.sampled_from(DAYS))
def test_the_cut_is_the_table(facts: Facts, day: str) -> None:
    assert cut(read_facts(facts | {"as_of": day})) == plain(read_facts(by_hand.cut(facts, day)))
