"""What a change would mean for each member of a family: two decisions, person by person."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from families.models import Person
from settlement.waiting import Decision


@dataclass(frozen=True)
class PersonPreview:
    """One member of the family: the engine's answer for them (rules, section 9) as it is, and as it would be.

    `new_deadlines` has the deadlines of theirs that there would be and are not yet.
    """

    person: Person
    before: dict[str, Any]
    after: dict[str, Any]
    new_deadlines: list[dict[str, Any]]

    @property
    def changes(self) -> bool:
        """Whether anything of the answer would be different."""
        return self.before != self.after


def compared(persons: Sequence[Person], before: Decision, after: Decision) -> list[PersonPreview]:
    """One entry for each person, in their order."""
    known = [line for line in before["deadlines"] if "if_confirmed" not in line]
    new = [line for line in after["deadlines"] if line not in known and "if_confirmed" not in line]
    return [
        PersonPreview(person, one, other, [line for line in new if line["person"] == other["id"]])
        for person, one, other in zip(persons, before["persons"], after["persons"], strict=True)
    ]
