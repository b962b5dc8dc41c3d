"""Hypothesis strategies for families.

Drawn field by field at random, nearly every person would be undetermined and nothing deeper would be tried. So persons
start as the scenarios' typical adult and child, known members of the class; each fact is then odd in a few of the draws
(in some families more than in others), and what happened to them is drawn from whole stories.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from tests.engine.language import ADULT, CHILD, LINK

Facts = dict[str, Any]
Draw = st.DrawFn

# The days on which answers change, their neighbours, and some between; after them days that a question of March 2019
# does not see.
DAYS = (
    "2018-04-01", "2018-05-14", "2018-06-25", "2018-06-26", "2018-06-27", "2018-07-10", "2018-10-08", "2018-10-09",
    "2018-11-14", "2018-11-15", "2018-11-16", "2018-12-04", "2018-12-10", "2019-01-15", "2019-01-22", "2019-02-28",
    "2019-03-01", "2019-03-02", "2019-04-01",
)  # fmt: skip
LATE_DAYS = tuple(day for day in DAYS if day >= "2018-11-15")
BIRTHDAYS = (
    "1986-03-14", "2000-05-12", "2000-05-13", "2000-06-26", "2000-06-27", "2000-11-15", "2000-11-16", "2001-03-01",
    "2001-03-02", "2004-02-29", "2004-11-15", "2004-12-04", "2011-08-30",
)  # fmt: skip
KINDS = ("credible_fear", "reasonable_fear")
OUTCOMES = ("pending", "removal_ordered", "removal_ordered", "relief_granted", "terminated", None)
STAY = {"kind": "stay", "on": "2018-07-16"}
NOTICE = {"kind": "preliminary_approval", "on": "2018-10-09"}
APPROVAL = {"kind": "final_approval", "on": "2018-11-15"}
STAGES = (
    *([None] * 7),
    [],
    [STAY, NOTICE],
    [NOTICE, {"kind": "rejected", "on": "2018-12-10"}],
    [APPROVAL, {"kind": "stay", "on": "2019-01-15"}, {"kind": "stay_lifted", "on": "2019-02-28"}],
    [NOTICE, APPROVAL, {"kind": "stay", "on": "2018-12-10"}],
)

maybe = st.sampled_from((None, True, False))


def one_in(draw: Draw, count: int) -> bool:
    """True in one of ``count`` draws."""
    return draw(st.integers(1, count)) == count


def odd(draw: Draw, odds: int, holder: Facts, name: str, *values: Any) -> None:
    """Puts an odd value, or none, in the place of a typical one in one of ``odds`` draws."""
    if one_in(draw, odds):
        holder[name] = draw(st.sampled_from((None, *values)))


def span(draw: Draw, days: tuple[str, ...] = DAYS) -> tuple[str | None, str | None]:
    """Two days in order; either may be unknown or, for the second, not have come."""
    first, last = sorted((draw(st.sampled_from(days)), draw(st.sampled_from(days))))
    return (None if one_in(draw, 10) else first), (None if one_in(draw, 3) else last)


def some_day(draw: Draw, days: tuple[str, ...] = LATE_DAYS) -> str | None:
    return None if one_in(draw, 8) else draw(st.sampled_from(days))


def judge_review(draw: Draw) -> Facts | None:
    if one_in(draw, 3):
        return None
    review: Facts = {"asked": draw(st.sampled_from(("yes", "yes", "no", "silent", None))), "asked_on": some_day(draw)}
    if not one_in(draw, 3):
        review |= {
            "outcome": draw(st.sampled_from(("affirmed", "affirmed", "affirmed", "vacated"))),
            "decided_on": some_day(draw),
        }
    return {} if one_in(draw, 12) else review


def screening(draw: Draw, basis: str) -> Facts:
    """A second screening: mostly refused, for that is where the rules go deepest."""
    item: Facts = {
        "basis": basis,
        "kind": draw(st.sampled_from((*KINDS, "credible_fear", "credible_fear", None))),
        "status": "decided",
    }
    if one_in(draw, 5):
        item["status"] = draw(st.sampled_from(("requested", "scheduled", "interviewed", "withdrawn")))
        item["interview_on"] = some_day(draw)
    else:
        item["result"] = draw(st.sampled_from(("negative",) * 6 + ("positive", None)))
        item["decided_on"] = some_day(draw)
        item["judge_review"] = judge_review(draw)
        if basis == "reevaluation":
            item["state_of_mind_weighed"] = draw(st.sampled_from((True,) * 6 + (False, None)))
    if one_in(draw, 6):
        item["requested_on"] = some_day(draw)
    return item


def election(draw: Draw, child: bool, odds: int) -> Facts:
    hands = ("parent", "parent", "self") if child else ("self", "self", "self", "legal_representative")
    form: Facts = {
        "choice": draw(st.sampled_from(("return", "return", "return", "stay", None))),
        "signed_on": some_day(draw, LATE_DAYS if not one_in(draw, 5) else DAYS),
        "signed_by": draw(st.sampled_from((*hands, "other"))),
    }
    for mark in ("own_form", "understood", "voluntary", "via_class_counsel"):
        form[mark] = True
        odd(draw, odds, form, mark, False)
    if form["signed_on"] and one_in(draw, 6):
        form["withdrawn_on"] = draw(st.sampled_from([day for day in DAYS if day >= form["signed_on"]]))
    return form


def court_case(draw: Draw) -> Facts:
    case: Facts = {
        "kind": draw(st.sampled_from(("section_240", "withholding_only", None))),
        "opened_on": some_day(draw),
        "outcome": draw(st.sampled_from(OUTCOMES)),
        "decided_on": some_day(draw),
        "final_on": some_day(draw) if one_in(draw, 2) else None,
    }  # fmt: skip
    return {} if one_in(draw, 10) else case


def happened(draw: Draw, person: Facts, odds: int) -> None:
    """What happened to a person since the separation."""
    child = person["role"] == "child"
    if not one_in(draw, 4):
        basis = "independent" if child else "reevaluation"
        count = draw(st.sampled_from((1, 1, 1, 2, 3)))
        person["screenings"] = [*person.get("screenings", []), *(screening(draw, basis) for _ in range(count))]
    if one_in(draw, 12):
        person.setdefault("screenings", []).append(screening(draw, "initial"))
    if one_in(draw, 5):
        person["elections"] = [election(draw, child, odds) for _ in range(draw(st.sampled_from((1, 1, 2, 3))))]
    if one_in(draw, 10):
        person["court_case"] = court_case(draw)
    if one_in(draw, 10):
        days = span(draw)
        person["departures"] = [
            {"on": days[0], "kind": draw(st.sampled_from(("removed", "returned", "left", None))), "back_on": days[1]}
        ]
        if one_in(draw, 4):
            days = span(draw)
            person["departures"].append({"on": days[0], "kind": "removed", "back_on": days[1]})
    if one_in(draw, 12):
        person["exclusions"] = [
            {
                "kind": draw(st.sampled_from(("criminal_history", "interior_arrest", None))),
                "status": draw(st.sampled_from(("withdrawn", "alleged", "contested", "established", None))),
            }
        ]
    if one_in(draw, 10):
        person["asylum_filed_on"] = some_day(draw)
    if not child and one_in(draw, 6):
        days = span(draw)
        person["return_request"] = {
            "presented_by": draw(st.sampled_from(("class_counsel", "other", None))), "presented_on": days[0],
            "answer": draw(st.sampled_from((None, "granted", "refused"))), "answered_on": days[1],
        }  # fmt: skip


def refused(draw: Draw, person: Facts, odds: int) -> None:
    """The person's right is used up by a last refusal: the state from which a bar can be lifted, and which one odd fact
    must undo."""
    basis = "independent" if person["role"] == "child" else "reevaluation"
    last: Facts = {
        "basis": basis,
        "kind": draw(st.sampled_from(KINDS)),
        "status": "decided",
        "result": "negative",
        "decided_on": "2019-02-28",
    }
    last["judge_review"] = draw(
        st.sampled_from(({"asked": "no"}, {"asked": "yes", "asked_on": "2019-02-28", "outcome": "affirmed"}))
    )
    last["state_of_mind_weighed"] = True
    for name in ("kind", "decided_on", "judge_review", "state_of_mind_weighed"):
        odd(draw, odds, last, name)
    person["screenings"] = [*person.get("screenings", []), last]


def person_facts(draw: Draw, name: str, role: str, odds: int) -> Facts:
    child = role == "child"
    person: Facts = deepcopy(CHILD if child else ADULT) | {"id": name, "role": role}
    odd(draw, odds, person, "birth_date", *BIRTHDAYS)
    odd(draw, odds, person, "noncitizen", False)
    odd(draw, odds, person, "entry")
    if person["entry"]:
        odd(draw, odds, person["entry"], "on", "2018-06-26", "2018-06-27")
        odd(draw, odds, person["entry"], "place", "port_of_entry", "interior")
    person["lacks_capacity"] = draw(maybe) if one_in(draw, 3) else False
    if one_in(draw, odds):
        spells = [
            (draw(st.sampled_from(("dhs", "orr", "orr_foster", "other", None))), span(draw))
            for _ in range(draw(st.integers(0, 2)))
        ]
        person["custody"] = [{"by": by, "from": since, "to": until} for by, (since, until) in spells]
    odd(draw, odds, person, "custody")
    happened(draw, person, odds)
    odd(draw, odds, person, "departures")
    return person


def link(draw: Draw, adult: str, odds: int) -> Facts:
    tie: Facts = {"parent": adult, **LINK}
    odd(draw, odds, tie, "entered_together", False)
    odd(draw, odds, tie, "separated_on", "2018-11-15", "2018-11-16", "2019-04-01")
    odd(draw, odds, tie, "separated_by", "other")
    odd(draw, odds, tie, "reunification", "sponsor", "abroad", "declined")
    odd(draw, odds, tie, "reunified_on", "2018-12-10", "2019-04-01")
    return tie


@st.composite
def families(draw: Draw, as_of: str | None = None) -> Facts:
    """A family's record: one or two adults and up to three children, in any order; asked about mostly as of 1 March
    2019."""
    odds = draw(st.sampled_from((8, 30, 100)))
    roles = ["guardian" if one_in(draw, odds) else "parent" for _ in range(draw(st.sampled_from((1, 1, 2))))]
    adults = [person_facts(draw, f"p{n}", role, odds) for n, role in enumerate(roles, start=1)]
    children = [person_facts(draw, f"c{n}", "child", odds) for n in range(1, draw(st.sampled_from((1, 1, 2, 3))) + 1)]
    for child in children:
        child["parents"] = [link(draw, adult["id"], odds) for adult in adults if not one_in(draw, 8)]
        odd(draw, odds, child, "parents")
    if one_in(draw, 2):
        for person in adults + children:
            if not one_in(draw, 10):
                refused(draw, person, odds)
    return {
        "family": "f",
        "as_of": as_of or ("2019-03-01" if not one_in(draw, 4) else draw(st.sampled_from(DAYS))),
        "court_events": deepcopy(draw(st.sampled_from(STAGES))),
        "persons": draw(st.permutations(adults + children)),
    }
