"""What may be asked of screenings, of forms that choose to return, and of cases in court (rules, sections 4 and 5)."""

from collections.abc import Iterator
from typing import Any, Final

from settlement.asking.days import birthday, spans
from settlement.asking.options import (
    Answer,
    Case,
    Fact,
    Option,
    Row,
    add,
    day,
    day_of,
    neighbours,
    story,
    truth,
    words,
)
from settlement.engine.parameters import OWN_SIGNATURE_FROM
from settlement.waiting import Facts, Patch

_KINDS: Final = ("credible_fear", "reasonable_fear")
_HANDS: Final = ("self", "parent", "legal_representative", "other")
_OUTCOMES: Final = ("pending", "removal_ordered", "relief_granted", "terminated")
_TOLD, _PAPER = 1, 2


def options(case: Case) -> Iterator[Option]:
    """The options for every person of the record."""
    for person in case.persons:
        yield from _screenings(case, person)
        yield from _elections(case, person)
        yield from _court_case(person)


def _screenings(case: Case, person: Facts) -> Iterator[Option]:
    basis = "independent" if person["role"] == "child" else "reevaluation"
    decided = False
    for place, key, item in case.rows(person, "screenings"):
        if item["status"] != "decided":
            continue
        decided = decided or item["basis"] == basis
        row = Row(person["id"], "screenings", key, place)
        yield from words(row, ("result",), item.get("result"), ["positive", "negative"], doubt=_PAPER)
        if item["basis"] == "initial" or item.get("result") == "positive":
            continue
        yield from words(row, ("kind",), item.get("kind"), _KINDS, doubt=_PAPER)
        if basis == "reevaluation":
            yield from truth(row, ("state_of_mind_weighed",), item.get("state_of_mind_weighed"), doubt=_TOLD)
        yield from _review(row, item.get("judge_review"))
    if decided:
        again = add(person["id"], "screenings", basis=basis, status="requested")
        yield from story(Fact(person["id"], "screenings.again", doubt=_TOLD), [Answer("yes", again)])


def ahead(case: Case) -> Iterator[Option]:
    """What may come next: the result of each screening that is under way, as if it came on the day asked about."""
    for person in case.persons:
        for place, key, item in case.rows(person, "screenings"):
            if item["status"] in ("requested", "scheduled", "interviewed"):
                row, mind = Row(person["id"], "screenings", key, place), item["basis"] == "reevaluation"
                fixed: dict[tuple[str, ...], Any] = {("status",): "decided", ("decided_on",): case.day.isoformat()}
                told = [
                    Answer(
                        word,
                        row.change({**fixed, ("result",): word} | ({("state_of_mind_weighed",): True} if mind else {})),
                    )
                    for word in ("positive", "negative")
                ]
                yield from story(Fact(person["id"], "screenings.outcome", place), told)


def _review(row: Row, review: Facts | None) -> Iterator[Option]:
    said = review or {}
    asked = "no review" if review is None else said.get("asked")
    yield from words(row, ("judge_review", "asked"), asked, ["yes", "silent", "no"], doubt=_TOLD)
    outcome = said.get("outcome")
    ways = [
        Answer(word, row.change({("judge_review", "outcome"): word}))
        for word in ("vacated", "affirmed")
        if word != outcome
    ]
    if outcome is not None:
        both: dict[tuple[str, ...], Any] = {("judge_review", "outcome"): None, ("judge_review", "decided_on"): None}
        ways.append(Answer("none", row.change(both)))
    # Where no judge was asked as far as the file shows, a judge's decision is a paper that nobody has seen.
    expected = outcome is None and asked not in ("no review", "no")
    yield from story(row.fact(("judge_review", "outcome"), 0 if expected else _PAPER), ways)


def _elections(case: Case, person: Facts) -> Iterator[Option]:
    born = day_of(person.get("birth_date"))
    signs = birthday(born, OWN_SIGNATURE_FROM.value) if born and person["role"] == "child" else None
    for place, key, form in case.rows(person, "elections"):
        row = Row(person["id"], "elections", key, place)
        signed, withdrawn = day_of(form.get("signed_on")), day_of(form.get("withdrawn_on"))
        for mark in ("understood", "voluntary", "via_class_counsel", "own_form"):
            yield from truth(row, (mark,), form.get(mark), doubt=_TOLD)
        yield from words(row, ("signed_by",), form.get("signed_by"), _HANDS, doubt=_PAPER)
        yield from words(row, ("choice",), form.get("choice"), ["return", "stay"], doubt=_PAPER)
        last = min(withdrawn, case.day) if withdrawn else case.day
        turns = [case.court.notice_day, signs, *neighbours(person["elections"], "signed_on")]
        yield from day(row, ("signed_on",), form.get("signed_on"), spans(turns, last=last))
        if withdrawn is None and (signed is None or signed <= case.day):
            taken_back = row.change({("withdrawn_on",): case.day.isoformat()})
            yield from story(row.fact(("withdrawn_on",), 0), [Answer("yes", taken_back)])
        elif withdrawn is not None:
            holds = row.change({("withdrawn_on",): None})
            yield from story(row.fact(("withdrawn_on",), _TOLD), [Answer("no", holds)])


def _court_case(person: Facts) -> Iterator[Option]:
    me, case = person["id"], person.get("court_case")
    row = Row(me, "court_case")
    if case is None:
        opened = row.change({("kind",): "section_240", ("outcome",): "pending"})
        yield from story(Fact(me, "court_case", doubt=_TOLD), [Answer("yes", opened)])
        return
    yield from words(row, ("kind",), case.get("kind"), ["section_240", "withholding_only"], doubt=_PAPER)
    yield from words(row, ("outcome",), case.get("outcome"), _OUTCOMES, doubt=_PAPER)
    if case.get("outcome") == "removal_ordered" and case.get("final_on"):
        appealed = (Patch(me, "court_case", "change", 0, {("final_on",): None}),)
        yield from story(Fact(me, "court_case.final_on", doubt=_PAPER), [Answer("no", appealed)])
