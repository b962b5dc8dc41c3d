"""What may be asked of a family's record: each fact with its possible values, and each value as changes of the record.

A change is a `Patch`, as one that waits for a second person is: so an answer is tried together with all that waits.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from settlement.asking.days import ONE_DAY, Span
from settlement.engine.court import Court, court_on
from settlement.engine.cut import cut
from settlement.engine.reading import read_facts
from settlement.waiting import Facts, Patch, Path, Record

NEW: Final = 2**62
"""Stands for the key of a row that is not there: it is the last of its list."""
LISTS: Final = ("custody", "departures", "exclusions", "parents", "screenings", "elections")


class Fact(NamedTuple):
    """What is asked: of whom, the fact by its place in the rules' section 1 (`screenings.kind`), the row's place in
    its list, and the parent whom a child's link names. `doubt`: 0 it is not known; 1 somebody was told so; 2 it stands
    on a paper, which may have been misread."""

    person: str
    name: str
    place: int | None = None
    other: str = ""
    doubt: int = 0


class Answer(NamedTuple):
    """One possible value: a word (the contract's, "yes", "no", "none", or that of a story), or a span of days."""

    said: str
    patches: tuple[Patch, ...]
    span: Span | None = None


class Option(NamedTuple):
    """A fact with the values that it may have and does not have on file."""

    fact: Fact
    answers: tuple[Answer, ...]


class Case(NamedTuple):
    """A record as those who make options read it: the day asked about, and where the court stands on it."""

    record: Record
    day: date
    court: Court

    @property
    def persons(self) -> list[Facts]:
        """The persons' facts."""
        found: list[Facts] = self.record.facts["persons"]
        return found

    def rows(self, person: Facts, name: str) -> Iterator[tuple[int, int, Facts]]:
        """The rows of a list: place, key and facts of each."""
        keys = self.record.keys.get((person["id"], name), ())
        for place, (key, item) in enumerate(zip(keys, person.get(name) or (), strict=True)):
            yield place, key, item


def case_of(record: Record) -> Case:
    """The record made ready. Raises `settlement.engine.reading.FactsError` for facts in error."""
    family = cut(read_facts(record.facts))
    return Case(record, family.as_of, court_on(family.as_of, family.court_events or ()))


def plain_record(facts: Facts) -> Record:
    """A record of facts that come from no rows: each row's key is its place, and nothing waits."""
    keys = {
        (person["id"], name): list(range(len(person.get(name) or ()))) for person in facts["persons"] for name in LISTS
    }
    return Record(facts, keys)


def day_of(value: str | None) -> date | None:
    """A day of the record."""
    return date.fromisoformat(value) if value else None


# --- making options ---


class Row(NamedTuple):
    """Where a value would be written: the person's own attributes (no `name`), or a row of a list, or a single item."""

    person: str
    name: str = ""
    key: int = 0
    place: int | None = None
    other: str = ""

    def change(self, values: Mapping[Path, Any]) -> tuple[Patch, ...]:
        """The changes that write the values."""
        return (Patch(self.person, self.name, "change", self.key, values),)

    def fact(self, path: Path, doubt: int) -> Fact:
        """The fact that stands there."""
        return Fact(self.person, ".".join((self.name, *path) if self.name else path), self.place, self.other, doubt)


YES_NO: Final = {"yes": True, "no": False}


def words(row: Row, path: Path, now: Any, values: Iterable[str], *, doubt: int) -> Iterator[Option]:
    """A fact that is one of some words: all of them while it is not known, the others when it is."""
    answers = [Answer(word, row.change({path: word})) for word in values if word != now]
    yield from _option(row.fact(path, doubt if now is not None else 0), answers)


def truth(row: Row, path: Path, now: bool | None, *, doubt: int) -> Iterator[Option]:
    """A fact that is so or not."""
    answers = [Answer(word, row.change({path: value})) for word, value in YES_NO.items() if value is not now]
    yield from _option(row.fact(path, doubt if now is not None else 0), answers)


def day(row: Row, path: Path, now: str | None, possible: Iterable[Span], *, doubt: int = 2) -> Iterator[Option]:
    """A day, as one of the spans; when it is known, one of those in which it does not lie."""
    known = day_of(now)
    answers = [
        Answer("span", row.change({path: span.day.isoformat()}), span)
        for span in possible
        if known is None or not span.holds(known)
    ]
    yield from _option(row.fact(path, doubt if now is not None else 0), answers)


def story(fact: Fact, told: Iterable[Answer]) -> Iterator[Option]:
    """A question that is answered with what happened."""
    yield from _option(fact, list(told))


def add(person: str, name: str, **values: Any) -> tuple[Patch, ...]:
    """The change that puts a row into a list. `began` stands for the name `from`, which Python keeps for itself."""
    paths: dict[Path, Any] = {("from" if field == "began" else field,): _text(value) for field, value in values.items()}
    return (Patch(person, name, "add", NEW, paths),)


def never(person: str, name: str) -> tuple[Patch, ...]:
    """The change that says of a list that it is known to be empty."""
    return (Patch(person, "", "change", 0, {(name,): True}),)


def neighbours(items: Iterable[Facts], name: str) -> list[date | None]:
    """The days of a list at which one of its rows would come to lie on another side of another, and so be the last."""
    found = [known for item in items if (known := day_of(item.get(name)))]
    return [*found, *(known + ONE_DAY for known in found)]


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _option(fact: Fact, answers: list[Answer]) -> Iterator[Option]:
    if answers:
        yield Option(fact, tuple(answers))
