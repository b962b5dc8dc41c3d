"""A family's record as the catalogue reads it: the engine's facts, the keys of their rows, and the engine's answers."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from settlement.waiting import Decision, Facts, Record


class HearingRow(NamedTuple):
    """A hearing that stands: its key, kind, instant, the zone of its place, and the day on which it was put on file."""

    pk: int
    kind: str
    at: datetime.datetime
    zone: str
    filed_on: date

    @property
    def local_day(self) -> date:
        """The day on the calendar of its place."""
        return self.at.astimezone(ZoneInfo(self.zone)).date()


class PaperRow(NamedTuple):
    """Where one kind of paper stands: its key, and whether the office has it or does not need it."""

    pk: int
    settled: bool
    dated_on: date | None
    served_on: date | None


class Reached(NamedTuple):
    """The last contact that reached a person: its key and its day."""

    pk: int
    on: date


class LookedUp(NamedTuple):
    """The last look-up of a person in the court's system: the key of the hearing that was looked up, and the day."""

    pk: int
    on: date


@dataclass(frozen=True)
class PersonView:
    """One person: facts as in the rules' section 1, the engine's answer, and the keys of the rows behind each list.

    What the engine does not see stands beside the facts: hearings, papers by their kind, the country as typed, when the
    person was last reached, and when they were last looked up in the court's system.
    """

    pk: int
    facts: Facts
    answer: Mapping[str, Any]
    keys: Mapping[tuple[str, str], Sequence[int]]
    hearings: Sequence[HearingRow] = ()
    papers: Mapping[str, PaperRow] = field(default_factory=dict)
    country: str = ""
    reached: Reached | None = None
    looked_up: LookedUp | None = None

    @property
    def reference(self) -> str:
        """The person's number in the family."""
        return str(self.facts["id"])

    @property
    def is_child(self) -> bool:
        """Whether the person is a child of the family."""
        return bool(self.facts["role"] == "child")

    @property
    def is_absent(self) -> bool:
        """Whether the person is known to have left the country."""
        return bool(self.answer["standing"] == "absent")

    @property
    def held_since(self) -> tuple[int, date | None] | None:
        """The key of the custody that has not ended, and since when, as far as known; None for who is not held."""
        held = [(pk, self.day("from", item)) for pk, item in self.items("custody") if item.get("to") is None]
        return held[-1] if held and not self.is_absent else None

    def day(self, name: str, within: Mapping[str, Any] | None = None) -> date | None:
        """A day of the person's facts, or of one item of them; None when it is unknown."""
        value = (self.facts if within is None else within).get(name)
        return date.fromisoformat(value) if value else None

    def items(self, name: str) -> Iterator[tuple[int, Facts]]:
        """The items of a list with the keys of their rows."""
        yield from zip(self.keys.get((self.reference, name), ()), self.facts.get(name) or (), strict=False)


@dataclass(frozen=True)
class FamilyView:
    """A family on a day, with the decision for that day.

    `filed_on` is the day on which it was put on file; `unknown_since` the day since when its answer has been unknown
    without a break, None where it is known.
    """

    pk: int
    day: date
    decision: Decision
    record: Record
    persons: Sequence[PersonView] = field(default_factory=list)
    filed_on: date = date.min
    unknown_since: date | None = None

    def by_reference(self) -> dict[str, PersonView]:
        """The persons by their number in the family."""
        return {person.reference: person for person in self.persons}
