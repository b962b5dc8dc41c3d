"""What must hold for every family, tried on generated ones and on the worked cases.

``HYPOTHESIS_PROFILE=thorough`` tries fifty times as many.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from settlement.engine import decide
from tests.engine import by_hand
from tests.engine.families import DAYS, families
from tests.engine.test_contract_cases import CASES, without_reasons

Facts = dict[str, Any]

settings.register_profile(
    "quick", max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
settings.register_profile("thorough", max_examples=6000, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

RECORDS = [case["facts"] for case in CASES]


def lifted(decision: Facts) -> set[str]:
    """Whom the agreement no longer protects; the family counts as one more."""
    found = {person["id"] for person in decision["persons"] if person["removal"] == "bar_lifted"}
    return found | ({"the family"} if decision["removal"] == "bar_lifted" else set())


# --- (a) unknown is not no, and not yes ---


def erasures(record: Facts) -> Iterator[tuple[Any, ...]]:
    """The places of a cut record at which something known can be turned into something unknown.

    Not among them, by law 2 itself: what says, when it is absent, that something has not happened (a return, a
    withdrawal, an end of custody, a final order, an answer, a filing, a reunification with its day; a whole review,
    case, request; whole lists of screenings, elections, exclusions), the court's events (absent means the court
    record), and an adult's capacity, which is presumed. The record is cut first, since a date that only serves the cut
    is no knowledge of the kind that law 2 means. Three more are left out where a record contradicts itself:

    * the day of one of several departures: without it the order in which somebody went and came back is lost, and the
      page fixes one;
    * the result of an initial screening beside another decided one: the page counts it only where no initial is
      decided;
    * a judge's outcome beside "no", or silence: without it the page takes the refusal at its word.
    """
    for n, person in enumerate(record["persons"]):
        at = ("persons", n)
        for name in ("birth_date", "noncitizen", "entry", "custody", "departures", "parents"):
            yield (*at, name)
        if person["role"] == "child":
            yield (*at, "lacks_capacity")
        for name in person.get("entry") or {}:
            yield (*at, "entry", name)
        for i, _ in enumerate(person.get("custody") or []):
            yield from ((*at, "custody", i, name) for name in ("by", "from"))
        for i, _ in enumerate(person.get("departures") or []):
            yield (*at, "departures", i, "kind")
            if len(person["departures"]) == 1:
                yield (*at, "departures", i, "on")
        for i, _ in enumerate(person.get("exclusions") or []):
            yield from ((*at, "exclusions", i, name) for name in ("kind", "status"))
        for i, tie in enumerate(person.get("parents") or []):
            yield from ((*at, "parents", i, name) for name in ("entered_together", "separated_on", "separated_by"))
            if tie.get("reunified_on"):
                yield (*at, "parents", i, "reunification")
            if tie.get("reunification"):
                yield (*at, "parents", i, "reunified_on")
        yield from _erasures_of_screenings(person, at)
        for i, form in enumerate(person.get("elections") or []):
            yield from ((*at, "elections", i, name) for name in form if name != "withdrawn_on")
        for name in ("kind", "opened_on", "outcome", "decided_on"):
            yield (*at, "court_case", name)
        for name in ("presented_by", "presented_on", "answer"):
            yield (*at, "return_request", name)


def _erasures_of_screenings(person: Facts, at: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    screenings = person.get("screenings") or []
    initials = [item for item in screenings if item["basis"] == "initial"]
    for i, item in enumerate(screenings):
        yield from (
            (*at, "screenings", i, name)
            for name in ("kind", "requested_on", "interview_on", "decided_on", "state_of_mind_weighed")
        )
        if item["basis"] != "initial" or len(initials) == 1:
            yield (*at, "screenings", i, "result")
        review = item.get("judge_review")
        if review:
            yield from ((*at, "screenings", i, "judge_review", name) for name in ("asked", "asked_on", "decided_on"))
            if review.get("asked") not in ("no", "silent"):
                yield (*at, "screenings", i, "judge_review", "outcome")


def without(record: Facts, place: tuple[Any, ...]) -> Facts | None:
    """The record with that value unknown; None where nothing is known there."""
    holder: Any = record
    for step in place[:-1]:
        holder = holder[step] if isinstance(step, int) else holder.get(step)
        if holder is None:
            return None
    if holder.get(place[-1]) is None:
        return None
    copy = deepcopy(record)
    holder = copy
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = None
    return copy


def not_knowing_never_lifts(record: Facts) -> None:
    record = by_hand.cut(record, record["as_of"])
    before = lifted(decide(record))
    for place in erasures(record):
        poorer = without(record, place)
        if poorer is not None:
            decision = decide(poorer)
            assert "error" not in decision, decision
            assert lifted(decision) <= before, f"lifted by not knowing {place}"


@given(families())
def test_not_knowing_never_lifts_a_bar(record: Facts) -> None:
    not_knowing_never_lifts(record)


@pytest.mark.parametrize("part", range(10))
def test_not_knowing_never_lifts_a_bar_in_the_worked_cases(part: int) -> None:
    for record in RECORDS[part::10]:
        not_knowing_never_lifts(record)


@given(families(), st.data())
def test_not_knowing_several_things_never_lifts_a_bar(record: Facts, data: st.DataObject) -> None:
    record = by_hand.cut(record, record["as_of"])
    before = lifted(decide(record))
    poorer = record
    for place in data.draw(st.lists(st.sampled_from(list(erasures(record))), min_size=2, max_size=5, unique=True)):
        # A place is asked for again after each step: what was left out for one reason must not come in through another.
        if place in set(erasures(poorer)):
            poorer = without(poorer, place) or poorer
    assert lifted(decide(poorer)) <= before


# --- (b) when a bar is lifted ---


def lifts_only_for_a_reason(record: Facts) -> None:
    record = by_hand.cut(record, record["as_of"])
    decision = decide(record)
    for person, facts in zip(decision["persons"], record["persons"], strict=True):
        if person["removal"] != "bar_lifted":
            continue
        assert person["membership"] == "member"
        # A member who is present: no departure without a return, and the departures known.
        assert all(departure.get("back_on") for departure in facts["departures"])
        if by_hand.has_waived(facts, record):
            assert (person["standing"], person["rule"]) == ("waived", "W0")
            continue
        assert (decision["stage"], person["rule"]) == ("approved", "X1")
        assert person["standing"] in {"lost", "lost_in_court"}
        others = [other for other in decision["persons"] if other is not person and other["membership"] != "not_member"]
        assert not [other for other in others if other["standing"] in by_hand.PROTECTED | by_hand.UNFINISHED]
        assert not [
            other for other in others if other["membership"] == "undetermined" and other["standing"] != "absent"
        ]
    for person, facts in zip(decision["persons"], record["persons"], strict=True):
        if person["standing"] not in {"absent", "waived"}:
            assert not by_hand.has_waived(facts, record)
    assert decision["removal"] == by_hand.family_removal([person["removal"] for person in decision["persons"]])
    assert decision["deportation_eligible"] is (decision["removal"] == "bar_lifted")


@given(families())
def test_a_bar_is_lifted_only_for_a_reason(record: Facts) -> None:
    for person in decide(record)["persons"]:
        event(f"{person['removal']} by {person['rule']}")
    lifts_only_for_a_reason(record)


def test_a_bar_is_lifted_only_for_a_reason_in_the_worked_cases() -> None:
    for record in RECORDS:
        lifts_only_for_a_reason(record)


# --- (c) order does not matter ---

DATE_OF = {
    "court_events": "on",
    "custody": "from",
    "departures": "on",
    "elections": "signed_on",
    "screenings": "decided_on",
}


def shuffled(holder: Facts, data: st.DataObject) -> None:
    """Puts the items of each list in another order where their dates are different (at most one unknown), or dates play
    no part."""
    for name, value in holder.items():
        if not isinstance(value, list) or len(value) < 2:
            continue
        days = [item.get(DATE_OF[name]) for item in value] if name in DATE_OF else range(len(value))
        if len(set(days)) == len(value):
            holder[name] = data.draw(st.permutations(value))


def unordered(decision: Facts) -> Facts:
    """The answer without what rightly follows the order of the input."""
    plain = without_reasons(decision)
    persons = sorted(plain["persons"], key=lambda person: person["id"])
    deadlines = sorted(plain["deadlines"], key=lambda deadline: json.dumps(deadline, sort_keys=True))
    return plain | {"persons": persons, "deadlines": deadlines}


@given(families(), st.data())
def test_order_does_not_matter(record: Facts, data: st.DataObject) -> None:
    other = deepcopy(record)
    shuffled(other, data)
    for person in other["persons"]:
        shuffled(person, data)
    assert unordered(decide(other)) == unordered(decide(record))


# --- (d) what lies after the day is not seen ---


@given(families(), st.sampled_from(DAYS))
def test_a_day_is_answered_as_if_the_record_ended_there(record: Facts, day: str) -> None:
    assert decide(record | {"as_of": day}) == decide(by_hand.cut(record, day))


@pytest.mark.parametrize("day", ["2018-06-26", "2018-09-13", "2018-10-20", "2018-12-10", "2019-01-15"])
def test_a_day_is_answered_as_if_the_record_ended_there_in_the_worked_cases(day: str) -> None:
    for record in RECORDS:
        assert decide(record | {"as_of": day}) == decide(by_hand.cut(record, day))


# --- (e) the same bytes ---


@given(families())
def test_the_same_bytes_twice_and_the_record_untouched(record: Facts) -> None:
    before = deepcopy(record)
    first = json.dumps(decide(record))
    assert json.dumps(decide(deepcopy(record))) == first
    assert record == before


def test_the_same_bytes_in_another_process_with_other_hashes() -> None:
    lines = "".join(json.dumps(record) + "\n" for record in RECORDS)
    command = [sys.executable, "-m", "settlement.engine", "decide"]
    answers = [
        subprocess.run(
            command, input=lines, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True
        ).stdout
        for seed in ("1", "2")
    ]
    assert answers[0] == answers[1]
    assert [json.loads(line) for line in answers[0].splitlines()] == [decide(record) for record in RECORDS]
