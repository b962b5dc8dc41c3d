"""Rows into facts: each group of columns, what it becomes, and what it lacks."""

from collections.abc import Mapping
from typing import Any

import pytest

from families.intake.reading import read_header
from families.intake.rows import (
    SheetPerson,
    cells_of,
    check_groups,
    column_at,
    person_facts,
    read_row,
    record_groups,
    sheet_groups,
)
from tests.intake.sheets import child, columns_of, parent

TEXTS = dict.fromkeys(("given_names", "family_names", "a_number", "country", "language", "phone", "email", "notes"))


def read(row: Mapping[str, Any]) -> SheetPerson:
    columns = columns_of([row])
    person = read_row(read_header(columns), 2, [str(row.get(name, "")) for name in columns], {"p1", "c1"})
    check_groups(person)
    return person


def facts(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the person, without what is unknown or empty."""
    person = read(row)
    assert not person.problems
    made = person_facts(person.person_ref, sheet_groups(person.values, person.extra))
    return {name: value for name, value in made.items() if value is not None and name not in ("id", "role")}


EMPTY: dict[str, Any] = {"exclusions": [], "screenings": [], "elections": []}


FIRST: dict[str, Any] = {"basis": "initial", "status": "decided"}


@pytest.mark.parametrize(
    ("cells", "made"),
    [
        ({}, {}),
        (
            {"birth_date": "5/14/1990", "noncitizen": "sí", "lacks_capacity": "?"},
            {"birth_date": "1990-05-14", "noncitizen": True},
        ),
        ({"entry_on": "2018-05-14"}, {"entry": {"on": "2018-05-14"}}),
        ({"entry_place": "Between Ports", "entry_on": "n/a"}, {"entry": {"place": "between_ports"}}),
        # custody
        ({"dhs_from": "2018-05-14"}, {"custody": [{"by": "dhs", "from": "2018-05-14"}]}),
        (
            {"orr_from": "2018-05-20", "orr_to": "2018-07-01", "dhs_from": "2018-05-14", "dhs_to": "2018-05-20"},
            {
                "custody": [
                    {"by": "dhs", "from": "2018-05-14", "to": "2018-05-20"},
                    {"by": "orr", "from": "2018-05-20", "to": "2018-07-01"},
                ]
            },
        ),
        ({"dhs_from": "none"}, {"custody": []}),
        ({"dhs_from": "none", "orr_from": "2018-05-20"}, {"custody": [{"by": "orr", "from": "2018-05-20"}]}),
        ({"dhs_from": "?", "orr_from": "NONE", "orr_to": "unknown"}, {"custody": []}),
        # departures
        ({"departed_on": "none"}, {"departures": []}),
        ({"departed_on": "?", "departed_kind": "", "back_on": "n/a"}, {}),
        ({"departed_kind": "removed"}, {"departures": [{"kind": "removed"}]}),
        ({"back_on": "2018-09-01"}, {"departures": [{"back_on": "2018-09-01"}]}),
        (
            {"departed_on": "2018-07-01", "departed_kind": "Left", "back_on": "2018-09-01"},
            {"departures": [{"on": "2018-07-01", "kind": "left", "back_on": "2018-09-01"}]},
        ),
        # exclusions, first screening
        ({"exclusion_status": "alleged"}, {"exclusions": [{"status": "alleged"}]}),
        (
            {"initial_kind": "reasonable fear"},
            {"screenings": [FIRST | {"kind": "reasonable_fear"}]},
        ),
        (
            {"initial_result": "negative", "initial_decided_on": "2018-06-01"},
            {"screenings": [FIRST | {"result": "negative", "decided_on": "2018-06-01"}]},
        ),
        # second screening
        ({"second_status": "requested"}, {"screenings": [{"basis": "reevaluation", "status": "requested"}]}),
        (
            {"second_result": "positive"},
            {"screenings": [{"basis": "reevaluation", "status": "decided", "result": "positive"}]},
        ),
        (
            {"second_status": "scheduled", "second_result": "negative"},
            {"screenings": [{"basis": "reevaluation", "status": "scheduled", "result": "negative"}]},
        ),
        (
            {"second_status": "?", "second_result": "negative", "judge_asked": "silent", "judge_outcome": "vacated"},
            {
                "screenings": [
                    {
                        "basis": "reevaluation",
                        "status": "decided",
                        "result": "negative",
                        "judge_review": {"asked": "silent", "outcome": "vacated"},
                    }
                ]
            },
        ),
        ({"state_of_mind_weighed": "?", "second_kind": "unknown", "judge_asked": "n/a"}, {}),
        # election, court
        ({"own_form": "no"}, {"elections": [{"own_form": False}]}),
        ({"election": "?", "own_form": "unknown"}, {}),
        ({"court_final_on": "2019-01-01"}, {"court_case": {"final_on": "2019-01-01"}}),
        ({"asylum_filed_on": "2019-01-01"}, {"asylum_filed_on": "2019-01-01"}),
    ],
)
def test_a_group_with_anything_known_makes_its_item(cells: dict[str, str], made: dict[str, Any]) -> None:
    assert facts(parent(**cells)) == EMPTY | made


def test_a_childs_second_screening_is_their_own() -> None:
    assert facts(child(second_result="negative"))["screenings"][0]["basis"] == "independent"
    assert facts(parent(role="guardian", second_result="negative"))["screenings"][0]["basis"] == "reevaluation"


def test_each_parent_gets_a_link_with_all_five_fields() -> None:
    cells = {
        "parent_refs": "p2 ; p1",
        "entered_together": "yes",
        "separated_on": "2018-05-14",
        "separated_by": "dhs",
        "reunified_on": "2018-07-20",
        "reunification": "court order",
    }
    same = {
        "entered_together": True,
        "separated_on": "2018-05-14",
        "separated_by": "dhs",
        "reunified_on": "2018-07-20",
        "reunification": "court_order",
    }
    assert facts(child(**cells))["parents"] == [{"parent": "p1", **same}, {"parent": "p2", **same}]
    assert facts(child(parent_refs="p1"))["parents"] == [{"parent": "p1"}]
    assert "parents" not in facts(child(parent_refs="?"))


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (parent(role=""), "role"),
        (parent(role="?"), "role"),
        (parent(given_names=" "), "given_names"),
        (parent(family_names=""), "family_names"),
        (parent(person=" "), "person_ref"),
        (parent(person="x" * 501), "person_ref"),
        (parent(dhs_to="2018-05-14"), "dhs_to"),
        (parent(dhs_from="none", dhs_to="2018-05-14"), "dhs_to"),
        (parent(dhs_from="?", orr_to="2018-05-14"), "orr_to"),
        (child(entered_together="no"), "entered_together"),
        (child(reunification="sponsor", parent_refs="?"), "reunification"),
        (parent(parent_refs="c1"), "parent_refs"),
        (parent(separated_by="dhs"), "separated_by"),
        (parent(second_interview_on="2018-11-20"), "second_status"),
        (parent(state_of_mind_weighed="no"), "second_status"),
        (parent(judge_asked="no"), "judge_asked"),
        (parent(judge_decided_on="2018-11-20", initial_result="negative"), "judge_decided_on"),
    ],
)
def test_what_a_row_lacks(row: dict[str, str], column: str) -> None:
    assert [problem.column for problem in read(row).problems] == [column]


def test_all_that_is_wrong_is_said_once() -> None:
    row = child(
        role="cousin",
        birth_date="5/14/86",
        dhs_from="soon",
        dhs_to="2018-05-14",
        second_status="?",
        judge_asked="maybe",
    )
    assert [problem.column for problem in read(row).problems] == ["role", "birth_date", "dhs_from", "judge_asked"]


def test_names_are_kept_as_written_also_words_for_unknown() -> None:
    person = read(parent(person=" None ", given_names=" María José ", family_names="n/a", country="?", notes="?"))
    assert (person.person_ref, person.values["given_names"], person.values["family_names"]) == (
        "None",
        "María José",
        "n/a",
    )
    assert "country" not in person.values
    assert "notes" not in person.values


def test_a_reference_that_reads_like_unknown_can_be_a_parent() -> None:
    header = read_header(columns_of([child(parent_refs="?")]))
    cells = ["F1", "c1", "son", "A", "B", "?"]
    assert "parent_refs" not in read_row(header, 2, cells, {"c1"}).values
    assert read_row(header, 2, cells, {"c1", "?"}).values["parent_refs"] == ["?"]


def test_other_columns_are_kept_but_not_an_earlier_error() -> None:
    assert read(parent(Comments=" hello ", Blank=" ", Error="old")).extra == {"Comments": "hello"}


def test_an_apostrophe_that_kept_a_formula_from_working_is_taken_off() -> None:
    person = read(parent(phone="'+502 5555 0142", notes="'=1+1", country="'Abd"))
    assert [person.values[name] for name in ("phone", "notes", "country")] == ["+502 5555 0142", "=1+1", "'Abd"]


EVERYTHING = child(
    birth_date="2010-01-01", noncitizen="yes", lacks_capacity="no", entry_on="2018-05-14", entry_place="interior",
    dhs_from="2018-05-14", dhs_to="2018-05-16", orr_from="2018-05-16", orr_to="2018-07-01", parent_refs="p1;p2",
    entered_together="yes", separated_on="2018-05-14", separated_by="dhs", reunified_on="2018-07-01",
    reunification="court order", departed_on="2018-08-01", departed_kind="removed", back_on="2018-09-01",
    exclusion_kind="criminal history", exclusion_status="alleged", initial_kind="credible fear",
    initial_result="negative", initial_decided_on="2018-06-01", second_kind="credible fear", second_status="decided",
    second_interview_on="2018-11-20", second_result="negative", second_decided_on="2018-11-25",
    state_of_mind_weighed="no", judge_asked="yes", judge_asked_on="2018-11-26", judge_outcome="affirmed",
    judge_decided_on="2018-12-01", election="stay", election_signed_on="2018-10-20", election_signed_by="parent",
    own_form="yes", understood="yes", voluntary="yes", via_class_counsel="yes", election_withdrawn_on="2018-11-01",
    court_kind="section 240", court_opened_on="2018-12-05", court_outcome="pending", court_decided_on="2019-01-01",
    court_final_on="2019-02-01", asylum_filed_on="2019-01-15",
)  # fmt: skip


def test_every_column_comes_back_from_its_group() -> None:
    person = read(EVERYTHING)
    groups = sheet_groups(person.values, {})
    cells: dict[str, Any] = {}
    for group, value in groups.items():
        if group != "extra":
            said = cells_of(group, value)
            assert said is not None
            cells |= said
    del person.values["family_ref"], person.values["person_ref"]
    assert cells == person.values


def test_the_record_makes_the_same_groups() -> None:
    person = read(EVERYTHING)
    groups = sheet_groups(person.values, {})
    stored = person_facts("c1", groups) | {"return_request": {"answer": None}}
    attributes = TEXTS | {"given_names": "Menor", "family_names": "Uno Dos", "country": "", "extra": {}}
    assert record_groups(stored, attributes) == groups


@pytest.mark.parametrize(
    ("path", "column"),
    [
        ("id", "person_ref"),
        ("role", "role"),
        ("birth_date", "birth_date"),
        ("entry.on", "entry_on"),
        ("custody[0].to", "dhs_to"),
        ("custody[1].from", "orr_from"),
        ("departures[0].back_on", "back_on"),
        ("exclusions[0].kind", "exclusion_kind"),
        ("parents[1].parent", "parent_refs"),
        ("parents[1].separated_on", "separated_on"),
        ("parents", "parent_refs"),
        ("screenings[0].decided_on", "initial_decided_on"),
        ("screenings[1].status", "second_status"),
        ("screenings[1].basis", "second_status"),
        ("screenings[1].judge_review.asked_on", "judge_asked_on"),
        ("elections[0].withdrawn_on", "election_withdrawn_on"),
        ("court_case.final_on", "court_final_on"),
    ],
)
def test_the_engines_place_is_a_column(path: str, column: str) -> None:
    person = read(EVERYTHING)
    assert column_at(path, person_facts("c1", sheet_groups(person.values, {}))) == column


@pytest.mark.parametrize("cell", [";", " ; ; "])
def test_semicolons_alone_name_no_parents(cell: str) -> None:
    """Who the parents are is then unknown, and not known to be nobody; what is said of them has nowhere to stand."""
    assert facts(child(parent_refs=cell)) == EMPTY == facts(parent(parent_refs=cell))
    assert [problem.column for problem in read(child(parent_refs=cell, separated_on="2018-05-14")).problems] == [
        "separated_on"
    ]
