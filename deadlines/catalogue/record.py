"""A family's record as the catalogue reads it: the engine's facts, the keys of their rows, and the engine's answers."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from settlement.waiting import Decision, Facts, Record


class HearingRow(NamedTuple):
    """A hearing that stands: its key, kind, instant and the zone of its place."""

    pk: int
    kind: str
    at: datetime.datetime
    zone: str


class PaperRow(NamedTuple):
    """Where one kind of paper stands: its key, and whether the office has it or does not need it."""

    pk: int
    settled: bool
    dated_on: date | None


@dataclass(frozen=True)
class PersonView:
    """One person: facts as in the rules' section 1, the engine's answer, and the keys of the rows behind each list.

    What the engine does not see stands beside the facts: hearings, papers by their kind, and the country as typed.
    """

    pk: int
    facts: Facts
    answer: Mapping[str, Any]
    keys: Mapping[tuple[str, str], Sequence[int]]
    hearings: Sequence[HearingRow] = ()
    papers: Mapping[str, PaperRow] = field(default_factory=dict)
    country: str = ""

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

    def day(self, name: str, within: Mapping[str, Any] | None = None) -> date | None:
        """A day of the person's facts, or of one item of them; None when it is unknown."""
        value = (self.facts if within is None else within).get(name)
        return date.fromisoformat(value) if value else None

    def items(self, name: str) -> Iterator[tuple[int, Facts]]:
        """The items of a list with the keys of their rows."""
        yield from zip(self.keys.get((self.reference, name), ()), self.facts.get(name) or (), strict=False)


@dataclass(frozen=True)
class FamilyView:
    """A family on a day, with the decision for that day."""

    pk: int
    day: date
    decision: Decision
    record: Record
    persons: Sequence[PersonView] = field(default_factory=list)

    def by_reference(self) -> dict[str, PersonView]:
        """The persons by their number in the family."""
        return {person.reference: person for person in self.persons}
