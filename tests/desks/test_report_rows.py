"""In which row of the report somebody stands: written so that a lawyer can read it."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest

from desks.report.children import place_child
from desks.report.members import place_form, place_membership, place_standing
from desks.report.parents import is_removed, place_removed, place_request
from desks.report.record import Someone
from settlement.engine.parameters import RETURN_ANSWER_DAYS

DAY = datetime.date(2019, 3, 1)
BORN = datetime.date(2011, 8, 30)
HELD = "2018-05-14"


def day(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def someone(pk: int = 1, **values: Any) -> Someone:
    """A person of whom nothing is known but these."""
    empty: dict[str, Any] = dict.fromkeys(
        ("custodies", "departures", "exclusions", "links", "of_children", "elections", "attempts"), ()
    )
    known = {"role": "child", "birth_date": BORN, "ways": (), "custody_known": False, "request": None, "answer": None}
    return Someone(**{"pk": pk, "family": 1, "reference": f"p{pk}", **empty, **known, **values})


def custody(by: str | None, began: str | None = HELD, ended: str | None = None) -> Any:
    return SimpleNamespace(by=by, began_on=day(began), ended_on=day(ended))


def departure(kind: str | None = "removed", on: str | None = "2018-07-01", back: str | None = None) -> Any:
    return SimpleNamespace(kind=kind, departed_on=day(on), back_on=day(back))


def link(**values: Any) -> Any:
    taken = {"separated_on": day(HELD), "separated_by": "dhs", "reunified_on": None, "reunification": None}
    return SimpleNamespace(**{"id": 1, "child_id": 1, "parent_id": 2, **taken, **values})


def answered(membership: str = "member", standing: str = "available") -> dict[str, str]:
    return {"membership": membership, "standing": standing}


TOGETHER = {"reunified_on": day("2018-07-24"), "reunification": "court_order"}
IN_CARE = {"custodies": (custody("orr"),), "links": (link(),)}
FREE = {"role": "parent", "custody_known": True}
CHILDREN: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("not_class", {**IN_CARE, "answer": answered("not_member")}, FREE),
    ("turned_adult", {**IN_CARE, "birth_date": day("2000-09-01")}, FREE),
    ("care.parent_held", IN_CARE, {"role": "parent", "custodies": (custody("dhs"),)}),
    ("care.parent_held_else", IN_CARE, {"role": "parent", "custodies": (custody("other"),)}),
    ("care.parent_free", IN_CARE, FREE),
    ("care.parent_free", IN_CARE, {"role": "parent", "custodies": (custody("dhs", ended="2019-03-01"),)}),
    ("care.parent_abroad", IN_CARE, {**FREE, "departures": (departure(),)}),
    ("care.red_flag", IN_CARE, {**FREE, "exclusions": (SimpleNamespace(status="alleged"),)}),
    ("care.parent_free", IN_CARE, {**FREE, "exclusions": (SimpleNamespace(status="withdrawn"),)}),
    ("care.declined", {**IN_CARE, "links": (link(reunification="declined"),)}, FREE),
    ("care.parent_unknown", IN_CARE, {"role": "parent"}),
    ("care.parent_unknown", {**IN_CARE, "links": ()}, FREE),
    ("care.parent_free", {**IN_CARE, "links": (link(**TOGETHER),)}, FREE),  # back in care after it
    ("care.parent_free", {"custodies": (custody(None),), "links": (link(),)}, FREE),
    (
        "discharged.parent_held",
        {"links": (link(**TOGETHER),), "custodies": (custody("dhs"),)},
        {"role": "parent", "custodies": (custody("dhs", ended="2018-09-01"),)},
    ),
    ("discharged.parent_free", {"links": (link(**TOGETHER),)}, FREE),
    ("discharged.parent", {"links": (link(**TOGETHER),)}, {"role": "parent"}),
    ("discharged.sponsor", {"links": (link(**{**TOGETHER, "reunification": "sponsor"}),)}, FREE),
    ("discharged.abroad", {"links": (link(reunification="abroad"),), "departures": (departure("returned"),)}, FREE),
    ("discharged.left", {"departures": (departure("left"),), "links": (link(**TOGETHER),)}, FREE),
    ("discharged.adult", {"birth_date": day("2000-09-01"), "custody_known": True}, FREE),
    ("discharged.unknown", {"custodies": (custody("orr", ended="2018-09-01"),), "links": (link(),)}, FREE),
    ("discharged.unknown", {"custody_known": True, "birth_date": None}, FREE),
    ("unknown", {"links": (link(),)}, FREE),
]


@pytest.mark.parametrize(("row", "child", "parent"), CHILDREN, ids=[f"{n} {one[0]}" for n, one in enumerate(CHILDREN)])
def test_a_child_stands_in_this_row(row: str, child: dict[str, Any], parent: dict[str, Any]) -> None:
    people = {1: someone(1, **child), 2: someone(2, **parent)}
    assert place_child(people[1], people, DAY)[0] == row


@pytest.mark.parametrize(
    ("born", "column"), [(None, "unknown"), ("2001-03-01", "adult"), ("2001-03-02", "minor"), ("2011-08-30", "minor")]
)
def test_age_has_a_column_and_what_is_not_known_one_of_its_own(born: str | None, column: str) -> None:
    assert place_child(someone(birth_date=day(born)), {}, DAY)[1] == column


@pytest.mark.parametrize(
    ("departures", "removed"),
    [
        ((), False),
        ((departure(),), True),
        ((departure(None),), True),
        ((departure("left"),), False),
        ((departure("returned"),), False),
        ((departure(back="2019-02-01"),), False),
        ((departure(on="2019-04-01"),), False),
    ],
)
def test_who_counts_as_removed(departures: tuple[Any, ...], removed: bool) -> None:
    assert is_removed(someone(role="parent", departures=departures), DAY) is removed
    assert not is_removed(someone(role="child", departures=departures), DAY)


def attempt(outcome: str, on: str = "2019-01-01", way: str = "+502 5550 0100", pk: int = 1) -> Any:
    return SimpleNamespace(id=pk, outcome=outcome, on=day(on), way=way)


NUMBER = {"ways": ("+502 5550 0100",)}


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("not_located", {}),
        ("located", NUMBER),
        ("located", {**NUMBER, "attempts": (attempt("no_answer"),)}),
        ("not_located", {**NUMBER, "attempts": (attempt("wrong_number"),)}),
        ("located", {**NUMBER, "attempts": (attempt("reached", on="2018-06-01"),)}),  # before the removal
        ("reached", {**NUMBER, "attempts": (attempt("reached"), attempt("no_answer", on="2019-02-01"))}),
        ("how_unknown", {**NUMBER, "departures": (departure(None),)}),
    ],
)
def test_whether_a_removed_parent_is_reached(row: str, values: dict[str, Any]) -> None:
    person = someone(**{"role": "parent", "departures": (departure(),), **values})
    assert place_removed(person, DAY) == (row, "unknown")


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("abroad", ["abroad"]),
        ("stays", ["declined", None]),
        ("stays", ["sponsor", "declined"]),
        ("differ", ["abroad", "sponsor"]),
        ("unknown", [None, "court_order"]),
    ],
)
def test_what_is_wished_for_the_children(column: str, words: list[str | None]) -> None:
    children = tuple(link(reunification=word) for word in words)
    person = someone(role="parent", departures=(departure(),), of_children=children)
    assert place_removed(person, DAY)[1] == column


def test_what_became_of_a_request_to_come_back() -> None:
    def place(**values: Any) -> tuple[str, str]:
        asked = {"presented_by": None, "presented_on": None, "answer": None, "answered_on": None, **values}
        return place_request(someone(role="parent", request=SimpleNamespace(**asked)), DAY)

    last = DAY - datetime.timedelta(days=RETURN_ANSWER_DAYS.value)
    assert place() == ("unknown", "unknown")
    assert place(presented_by="class_counsel", presented_on=last) == ("pending", "class_counsel")
    assert place(presented_on=last - datetime.timedelta(days=1))[0] == "late"
    assert place(presented_on=DAY + datetime.timedelta(days=1))[0] == "not_presented"
    assert place(presented_on=last, answer="granted")[0] == "granted"
    assert place(presented_on=last, answer="refused", answered_on=DAY)[0] == "refused"


def form(
    choice: str | None = "return", on: str | None = "2018-12-20", withdrawn: str | None = None, pk: int = 1
) -> Any:
    return SimpleNamespace(id=pk, choice=choice, signed_on=day(on), withdrawn_on=day(withdrawn))


@pytest.mark.parametrize(
    ("row", "forms", "answer"),
    [
        ("none", (), answered()),
        ("stay", (form("stay"),), answered()),
        ("return_valid", (form(),), answered(standing="waived")),
        ("return_unclear", (form(),), answered()),
        ("return_unclear", (form(),), None),
        ("return_gone", (form(),), answered(standing="absent")),
        ("withdrawn", (form(withdrawn="2019-01-05"),), answered()),
        ("return_unclear", (form(withdrawn="2019-04-05"),), answered()),
        ("unknown", (form(None),), answered()),
        ("stay", (form(), form("stay", pk=2)), answered()),
        ("return_unclear", (form("stay"), form(on="2018-12-24", pk=2)), answered()),
        ("none", (form(on="2019-04-01"),), answered()),
        ("not_member", (form(),), answered("not_member")),
    ],
)
def test_what_the_last_form_says(row: str, forms: tuple[Any, ...], answer: Any) -> None:
    assert place_form(someone(elections=forms, answer=answer), DAY) == (row, "child")


def test_who_has_no_answer_yet_has_a_row() -> None:
    assert place_membership(someone()) == place_standing(someone()) == ("no_answer", "child")
    assert place_standing(someone(role="guardian", answer=answered(standing="won"))) == ("won", "guardian")
