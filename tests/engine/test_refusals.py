"""What is in error, where, and that all of it is named; and what is odd but answered."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from settlement.engine import FactsError, decide, read_facts
from tests.engine.language import ADULT, CHILD, LINK

Facts = dict[str, Any]
MISSING = object()


def good() -> Facts:
    """A record without an error that has something of everything."""
    adult = deepcopy(ADULT) | {
        "id": "p1",
        "exclusions": [{"kind": "criminal_history", "status": "withdrawn"}],
        "departures": [{"on": "2018-05-20", "kind": "left", "back_on": "2018-05-21"}],
        "elections": [{"choice": "stay", "signed_on": "2018-11-20", "signed_by": "self", "withdrawn_on": "2018-11-21"}],
        "court_case": {"kind": "section_240", "opened_on": "2018-12-01", "outcome": "pending"},
        "return_request": {"presented_by": "other", "presented_on": "2018-12-01"},
        "lacks_capacity": False,
        "asylum_filed_on": "2018-12-02",
    }
    review = {"asked": "yes", "asked_on": "2019-01-02", "outcome": "affirmed", "decided_on": "2019-01-04"}
    child = deepcopy(CHILD) | {
        "id": "c1",
        "role": "child",
        "parents": [{"parent": "p1", **LINK}],
        "screenings": [{"basis": "independent", "status": "decided", "result": "negative", "judge_review": review}],
    }
    court = [{"kind": "stay", "on": "2018-07-16"}]
    return {"family": "f", "as_of": "2019-03-01", "court_events": court, "persons": [adult, child]}


def put(record: Facts, path: str, value: Any) -> Facts:
    """The record with a value at a path such as ``persons.0.entry.on``; ``MISSING`` takes the value out."""
    holder: Any = record
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in way:
        holder = holder[step]
    if value is MISSING:
        del holder[last]
    else:
        holder[last] = value
    return record


def places(record: Any) -> list[str]:
    """Where `decide` says the record is in error."""
    decision = decide(record)
    assert decision.keys() == {"family", "error"}, decision
    assert all(problem["message"] for problem in decision["error"])
    return [problem["at"] for problem in decision["error"]]


ONE_ERROR = [
    # what is needed
    ("family", MISSING, "family"),
    ("family", None, "family"),
    ("family", "", "family"),
    ("family", 7, "family"),
    ("as_of", MISSING, "as_of"),
    ("as_of", None, "as_of"),
    ("persons", MISSING, "persons"),
    ("persons", [], "persons"),
    ("persons", {}, "persons"),
    ("persons.1.id", MISSING, "persons[1].id"),
    ("persons.1.id", "", "persons[1].id"),
    ("persons.1.role", None, "persons[1].role"),
    ("persons.1.parents.0.parent", MISSING, "persons[1].parents[0].parent"),
    ("persons.0.screenings.0.basis", None, "persons[0].screenings[0].basis"),
    ("persons.0.screenings.0.status", MISSING, "persons[0].screenings[0].status"),
    ("court_events.0.kind", None, "court_events[0].kind"),
    ("court_events.0.on", MISSING, "court_events[0].on"),
    # fields the page does not name
    ("note", "x", "note"),
    ("persons.0.name", "x", "persons[0].name"),
    ("persons.0.parent", None, "persons[0].parent"),
    ("persons.0.entry.at", None, "persons[0].entry.at"),
    ("persons.1.screenings.0.judge_review.by", "x", "persons[1].screenings[0].judge_review.by"),
    # values outside their list, and of another type
    ("persons.0.role", "mother", "persons[0].role"),
    ("persons.0.role", "Parent", "persons[0].role"),
    ("persons.0.noncitizen", 1, "persons[0].noncitizen"),
    ("persons.0.noncitizen", "yes", "persons[0].noncitizen"),
    ("persons.0.lacks_capacity", 0, "persons[0].lacks_capacity"),
    ("persons.0.entry", [], "persons[0].entry"),
    ("persons.0.entry", "2018-05-12", "persons[0].entry"),
    ("persons.0.entry.place", "border", "persons[0].entry.place"),
    ("persons.0.entry.place", "", "persons[0].entry.place"),
    ("persons.0.custody", {}, "persons[0].custody"),
    ("persons.0.custody.0", None, "persons[0].custody[0]"),
    ("persons.0.custody.0.by", "ice", "persons[0].custody[0].by"),
    ("persons.0.court_case", [], "persons[0].court_case"),
    ("persons.0.court_case.outcome", True, "persons[0].court_case.outcome"),
    ("persons.1.screenings.0.judge_review", False, "persons[1].screenings[0].judge_review"),
    ("persons.1.screenings.0.judge_review.asked", True, "persons[1].screenings[0].judge_review.asked"),
    ("persons.0.elections.0.own_form", "true", "persons[0].elections[0].own_form"),
    ("court_events", {}, "court_events"),
    ("court_events.0.kind", "approval", "court_events[0].kind"),
    # dates
    ("as_of", "2019-3-1", "as_of"),
    ("as_of", "20190301", "as_of"),
    ("as_of", "2019-03-01T00:00:00", "as_of"),
    ("as_of", " 2019-03-01", "as_of"),
    ("as_of", "2019-03-01\n", "as_of"),
    ("as_of", "2019-W09-5", "as_of"),
    ("as_of", "0000-01-01", "as_of"),
    ("as_of", "٢٠١٩-٠٣-٠١", "as_of"),
    ("persons.0.birth_date", "1999-02-29", "persons[0].birth_date"),
    ("persons.0.birth_date", 19990228, "persons[0].birth_date"),
    ("persons.0.entry.on", "", "persons[0].entry.on"),
    # intervals
    ("persons.0.custody.0.to", "2018-05-11", "persons[0].custody[0].to"),
    ("persons.0.departures.0.back_on", "2018-05-19", "persons[0].departures[0].back_on"),
    ("persons.0.elections.0.withdrawn_on", "2018-11-19", "persons[0].elections[0].withdrawn_on"),
    # links and who may have what
    ("persons.1.parents.0.parent", "p9", "persons[1].parents[0].parent"),
    ("persons.1.parents.0.parent", "c1", "persons[1].parents[0].parent"),
    ("persons.0.parents", [], "persons[0].parents"),
    ("persons.0.screenings.0.basis", "independent", "persons[0].screenings[0].basis"),
    ("persons.1.screenings.0.basis", "reevaluation", "persons[1].screenings[0].basis"),
]


@pytest.mark.parametrize(
    ("path", "value", "at"),
    ONE_ERROR,
    # The same names in every process, or the tests could not run in parallel.
    ids=[f"{path} missing" if value is MISSING else f"{path}={value!r}" for path, value, _ in ONE_ERROR],
)
def test_one_error_and_its_place(path: str, value: Any, at: str) -> None:
    record = put(good(), path, value)
    assert places(record) == [at]
    with pytest.raises(FactsError) as error:
        read_facts(record)
    assert [problem.at for problem in error.value.problems] == [at]


def test_the_good_record_is_answered() -> None:
    assert "error" not in decide(good())


def test_the_second_of_two_equal_ids() -> None:
    record = good()
    record["persons"].append(deepcopy(record["persons"][1]))
    assert places(record) == ["persons[2].id"]


@pytest.mark.parametrize(("path", "value"), [("persons.0", "p1"), ("persons.0.id", 1.5), ("persons.0.id", MISSING)])
def test_a_person_who_cannot_be_read_leaves_links_to_nobody(path: str, value: Any) -> None:
    place = "persons[0]" if path == "persons.0" else "persons[0].id"
    assert places(put(good(), path, value)) == [place, "persons[1].parents[0].parent"]


def test_all_errors_are_named() -> None:
    record = good()
    for path, value in (
        ("persons.0.birth_date", "1999-02-29"),
        ("persons.0.noncitizen", 1),
        ("persons.1.entry.place", "sea"),
        ("persons.1.parents.0.parent", "p9"),
        ("extra", 1),
    ):
        put(record, path, value)
    assert set(places(record)) == {
        "extra",
        "persons[0].birth_date",
        "persons[0].noncitizen",
        "persons[1].entry.place",
        "persons[1].parents[0].parent",
    }


def test_errors_are_judged_before_the_record_is_cut() -> None:
    record = put(good(), "as_of", "2018-01-01")
    assert places(put(record, "persons.0.custody.0.to", "2018-05-11")) == ["persons[0].custody[0].to"]


@pytest.mark.parametrize("record", [None, [], "f", 1, 1.5, True])
def test_what_is_no_object_has_no_place(record: Any) -> None:
    assert decide(record) == {"family": None, "error": [{"at": "", "message": decide(record)["error"][0]["message"]}]}


def test_the_family_is_named_where_it_can_be_read() -> None:
    assert decide(put(good(), "persons", []))["family"] == "f"
    assert decide(put(good(), "family", 7))["family"] is None


def test_contradictions_are_answered() -> None:
    """They are for people to see, not for the engine to refuse."""
    record = good()
    for path, value in (
        ("persons.0.court_case.final_on", "2018-11-01"),  # final before it was opened
        ("persons.0.court_case.decided_on", "2018-11-30"),
        ("persons.0.entry.on", "1980-01-01"),  # before birth
        ("persons.1.parents.0.reunified_on", "2018-01-01"),  # before the separation
        ("persons.1.screenings.0.status", "requested"),  # with a result
        ("persons.1.screenings.0.judge_review.decided_on", "2018-01-01"),  # before it was asked for
        ("persons.0.return_request.answered_on", "2018-01-01"),
        ("court_events", [{"kind": "final_approval", "on": "2018-11-15"}] * 2),
        ("persons.1.birth_date", "1980-01-01"),
    ):
        put(record, path, value)
    assert "error" not in decide(record)


def test_only_what_is_needed() -> None:
    decision = decide({"family": "f", "as_of": "2019-03-01", "persons": [{"id": " ", "role": "guardian"}]})
    assert decision["persons"][0]["needs"] == ["P1", "P2", "P3", "P4", "P5", "P6", "P7"]


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_ends_of_the_calendar_are_answered(day: str) -> None:
    record = good()
    for path in ("as_of", "persons.0.birth_date", "persons.0.entry.on", "persons.0.court_case.decided_on",
                 "persons.1.screenings.0.judge_review.decided_on", "persons.0.asylum_filed_on"):  # fmt: skip
        put(record, path, day)
    put(record, "persons.0.court_case.outcome", "removal_ordered")
    put(record, "persons.0.screenings.0", {"basis": "initial", "status": "scheduled", "interview_on": day})
    assert "error" not in decide(record)
