"""What an import tells: the report, and the sheet of what was refused."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, TextIO

from django.utils.translation import gettext as _

from config.text import safe_cell
from families.intake.reading import ERROR_COLUMN, Header
from families.intake.rows import SheetPerson
from families.intake.vocabulary import PLACE


@dataclass(frozen=True)
class SheetError:
    """One thing that is wrong, or in conflict, and where. `row` counts the header as 1; `value` is the cell as it came;
    `family_ref` and `person_ref` are empty where the row has none."""

    row: int
    family_ref: str
    person_ref: str
    column: str
    value: str
    message: str


@dataclass
class FamilyCounts:
    """How many families of the sheet came to what."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    conflict: int = 0
    refused: int = 0


@dataclass
class PersonCounts:
    """How many rows of the families that are neither refused nor in conflict came to what."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0


@dataclass
class Report:
    """What an import did, or would do. A row without a family number is in `rows` and `errors`, but in no family."""

    rows: int = 0
    families: FamilyCounts = field(default_factory=FamilyCounts)
    persons: PersonCounts = field(default_factory=PersonCounts)
    ignored_columns: list[str] = field(default_factory=list)
    errors: list[SheetError] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing was refused and nothing is in conflict."""
        return not self.errors

    @property
    def keeps_rows(self) -> bool:
        """Whether the sheet of what was refused has any row: those in conflict are not in it."""
        return self.families.refused > 0 or any(not error.family_ref for error in self.errors)

    def add(self, header: Header, persons: Iterable[SheetPerson]) -> None:
        """Adds what is wrong with these rows."""
        for person in persons:
            for problem in person.problems:
                place = header.columns.get(problem.column, header.others.get(problem.column))
                value = person.cells[place] if place is not None else ""
                self.errors.append(
                    SheetError(person.row, person.family_ref, person.person_ref, problem.column, value, problem.message)
                )

    def sort(self) -> None:
        """Puts the errors in the order of the sheet."""
        self.errors.sort(key=lambda error: (error.row, PLACE.get(error.column, len(PLACE))))

    def as_json(self) -> dict[str, Any]:
        """The report in the form of the contract."""
        return asdict(self)


def refusals(persons: Iterable[SheetPerson]) -> Iterable[tuple[int, str]]:
    """The rows of a refused family with the text of their `error` column."""
    persons = list(persons)
    rows = ", ".join(str(person.row) for person in persons if person.problems)
    for person in persons:
        if person.problems:
            yield person.row, " | ".join(f"{problem.column}: {problem.message}" for problem in person.problems)
        else:
            yield (
                person.row,
                _("Nothing is wrong here. Refused with its family, for what is wrong in row %(rows)s.")
                % {"rows": rows},
            )


def write_refused(
    out: TextIO, header: Header, rows: Iterable[tuple[list[str], str]], *, delimiter: str, for_spreadsheet: bool = False
) -> None:
    """Writes refused rows as they came, with an `error` column at the end.

    `for_spreadsheet` puts an apostrophe before what a spreadsheet would work out as a formula; the sheet's reader takes
    it off again.
    """
    safe = safe_cell if for_spreadsheet else str
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    kept = header.kept
    writer.writerow([*(safe(header.names[place]) for place in kept), ERROR_COLUMN])
    for cells, error in rows:
        writer.writerow([*(safe(cells[place]) for place in kept), safe(error)])
