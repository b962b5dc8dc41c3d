"""What may be asked so that it is known whom the agreement covers (rules, section 3)."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from settlement.asking.days import ONE_DAY, Span, birthday, spans, years_before
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
    never,
    story,
    truth,
    words,
)
from settlement.engine.parameters import INJUNCTION_ON, MINOR_UNDER, OWN_SIGNATURE_FROM
from settlement.waiting import Facts, Patch

_INJUNCTION: Final = INJUNCTION_ON.value
_AFTER: Final = _INJUNCTION + ONE_DAY
_PLACES: Final = ("port_of_entry", "between_ports", "interior")
_OF_CHILDREN: Final = ("dhs", "orr", "orr_foster")
_TOLD, _PAPER = 1, 2


def options(case: Case) -> Iterator[Option]:
    """The options for every person of the record."""
    for person in case.persons:
        child = person["role"] == "child"
        yield from _own(case, person, child)
        yield from _custody(case, person, child)
        yield from _departures(case, person)
        yield from _links(case, person) if child else _exclusions(case, person)


def _own(case: Case, person: Facts, child: bool) -> Iterator[Option]:
    row, entry = Row(person["id"]), person.get("entry") or {}
    entered = day_of(entry.get("on"))
    if person["role"] == "guardian":  # that a guardian is covered is left open: whether it is a parent is worth asking
        yield from words(row, ("role",), "guardian", ["parent"], doubt=0)
    yield from truth(row, ("noncitizen",), person.get("noncitizen"), doubt=_PAPER)
    yield from words(row, ("entry", "place"), entry.get("place"), _PLACES, doubt=_PAPER)
    born = day_of(person.get("birth_date"))
    adult_on = birthday(born, MINOR_UNDER.value) if born and not child else None
    yield from day(row, ("entry", "on"), entry.get("on"), spans([_AFTER, adult_on], last=case.day))
    turns = _child_ages(case, person) if child else [_first_too_young(entered, MINOR_UNDER.value)]
    yield from day(row, ("birth_date",), person.get("birth_date"), spans(turns, last=case.day))
    lacks = person.get("lacks_capacity")
    if child or lacks is not None or person.get("elections"):
        yield from truth(row, ("lacks_capacity",), lacks if child else bool(lacks), doubt=_TOLD)


def _child_ages(case: Case, child: Facts) -> list[date | None]:
    """The birthdays from which a child is too young for each age that a rule asks for."""
    adult_on = [_INJUNCTION, case.court.test_day, case.day]
    signed = [day_of(form.get("signed_on")) for form in child.get("elections") or ()]
    return [_first_too_young(on, MINOR_UNDER.value) for on in adult_on] + [
        _first_too_young(on, OWN_SIGNATURE_FROM.value) for on in signed
    ]


def _first_too_young(on: date | None, age: int) -> date | None:
    return years_before(on, age) + ONE_DAY if on else None


def _custody(case: Case, person: Facts, child: bool) -> Iterator[Option]:
    me, known = person["id"], person.get("custody") is not None
    fact = Fact(me, "custody", doubt=_TOLD if known else 0)
    none = [] if known else [Answer("never", never(me, "custody"))]
    if child:
        before = add(me, "custody", by="orr", to=_INJUNCTION - ONE_DAY)
        told = [Answer("held_after", add(me, "custody", by="orr"), Span(_INJUNCTION, None))]
        yield from story(fact, [*told, *([] if known else [Answer("held_before", before)]), *none])
    else:
        held = add(me, "custody", by="dhs", began=min(_INJUNCTION, case.court.test_day, case.day))
        late = Span(None, min(case.court.test_day, case.day))
        yield from story(fact, [Answer("held_by_dhs", held, late), *none])
    for place, key, item in case.rows(person, "custody"):
        row = Row(me, "custody", key, place)
        since, until = day_of(item.get("from")), day_of(item.get("to"))
        yield from words(row, ("by",), item.get("by"), [*_OF_CHILDREN, "other"] if child else ["dhs"], doubt=_TOLD)
        if child and until:  # without an end they are still held, which is known
            last = max(since, case.day) if since else case.day
            yield from day(row, ("to",), item["to"], spans([_INJUNCTION], first=since, last=last), doubt=_TOLD)
        elif not child:
            last = min(until, case.day) if until else case.day
            yield from day(row, ("from",), item.get("from"), spans([case.court.test_day + ONE_DAY], last=last))


def _departures(case: Case, person: Facts) -> Iterator[Option]:
    me = person["id"]
    if person.get("departures") is None:
        on = min(_INJUNCTION, case.day)
        told = [
            Answer("never", never(me, "departures")),
            Answer("back_before", add(me, "departures", on=on - ONE_DAY, back_on=on)),
            Answer("back_since", add(me, "departures", on=on, back_on=case.day)),
            Answer("away", add(me, "departures", on=on)),
        ]
        yield from story(Fact(me, "departures"), told)
    for place, key, item in case.rows(person, "departures"):
        row, left, back = Row(me, "departures", key, place), day_of(item.get("on")), day_of(item.get("back_on"))
        gone = (Patch(me, "departures", "remove", key, {}),)
        yield from story(Fact(me, "departures.happened", place, doubt=_TOLD), [Answer("no", gone)])
        last = min(back, case.day) if back else case.day
        others = neighbours(person["departures"], "on")
        yield from day(row, ("on",), item.get("on"), spans([_INJUNCTION, *others], last=last))
        if back is None and (left is None or left <= case.day):
            came = Answer("yes", row.change({("back_on",): case.day.isoformat()}))
            yield from story(Fact(me, "departures.back_on", place, doubt=_TOLD), [came])
        elif back is not None and left is not None:
            yield from day(row, ("back_on",), item["back_on"], spans([_AFTER], first=left, last=max(left, case.day)))


def _exclusions(case: Case, person: Facts) -> Iterator[Option]:
    for place, key, item in case.rows(person, "exclusions"):
        row = Row(person["id"], "exclusions", key, place)
        yield from words(row, ("status",), item.get("status"), ["withdrawn", "established"], doubt=0)


def _links(case: Case, child: Facts) -> Iterator[Option]:
    me, last = child["id"], min(case.court.test_day, case.day)
    named = {link["parent"] for link in child.get("parents") or ()}
    for adult in case.persons:
        if adult["role"] != "child" and adult["id"] not in named:
            taken = add(
                me,
                "parents",
                parent=adult["id"],
                entered_together=True,
                separated_by="dhs",
                separated_on=min(_INJUNCTION, last),
            )
            fact = Fact(me, "parents", None, adult["id"], doubt=_TOLD if named else 0)
            yield from story(fact, [Answer("taken", taken, Span(None, last))])
    for place, key, link in case.rows(child, "parents"):
        row = Row(me, "parents", key, place, link["parent"])
        yield from truth(row, ("entered_together",), link.get("entered_together"), doubt=_TOLD)
        yield from words(row, ("separated_by",), link.get("separated_by"), ["dhs", "other"], doubt=_TOLD)
        possible = spans([case.court.test_day + ONE_DAY], last=case.day)
        yield from day(row, ("separated_on",), link.get("separated_on"), possible)
        ways = ["court_order", "sponsor", "abroad", "declined"]
        yield from words(row, ("reunification",), link.get("reunification"), ways, doubt=_TOLD)
