"""Lists as CSV for a spreadsheet: the same rows and the same order as on the page, nothing that works as a formula."""

import csv
import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Concat, Trim
from django.http import StreamingHttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, require
from config.text import safe_cell
from families.filters import Filters
from families.list_rows import person_rows
from families.lists import families_list, families_sorted, people_list, people_sorted
from families.models import Family, Person
from settlement import wording
from settlement.exposure import EXPOSURES, with_exposure

Cell = str | int | datetime.date | None
R = TypeVar("R")
CHUNK = 500
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the local code page


def cell_of(value: Cell) -> str:
    """A cell's text, safe in a spreadsheet; numbers and dates stay as they are."""
    if isinstance(value, str):
        return safe_cell(value)
    return "" if value is None else str(value)


class _Line:
    """What a csv.writer writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def _lines(
    header: Sequence[str], rows: Iterable[R], cells: Callable[[R], Sequence[Cell]], language: str
) -> Iterator[str]:
    """The file line by line, in the language of who asked, whatever the server's thread does between two lines."""
    writer = csv.writer(_Line())
    yield _BYTE_ORDER_MARK + writer.writerow([cell_of(name) for name in header])
    for row in rows:
        with translation.override(language):
            line: str = writer.writerow([cell_of(cell) for cell in cells(row)])
        yield line


def _attachment(
    name: str, day: datetime.date, header: Sequence[str], rows: Iterable[R], cells: Callable[[R], Sequence[Cell]]
) -> StreamingHttpResponse:
    lines = _lines(header, rows, cells, translation.get_language())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{day.isoformat()}.csv"'
    return response


def families_csv(actor: User, filters: Filters, day: datetime.date) -> StreamingHttpResponse:
    """A line for each family of the list. Raises `PermissionDenied` for who may not take lists out."""
    require(actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    persons = (
        Person.objects.visible_to(actor)
        .filter(family=OuterRef("pk"))
        .values("family")
        .annotate(
            names=StringAgg(
                Trim(Concat("given_names", Value(" ", output_field=TextField()), "family_names")),
                "; ",
                order_by=F("pk"),
            )
        )
    )
    rows = with_exposure(families_sorted(families_list(actor, filters, day), filters.sort, day), day)
    rows = rows.annotate(names=Subquery(persons.values("names"), output_field=TextField()))
    header = [
        _("Family number"),
        _("People"),
        _("Where they stand"),
        _("What is pressing"),
        _("Next date"),
        _("Attorney"),
        _("Paralegal"),
    ]
    return _attachment("families", day, header, rows.iterator(CHUNK), _family_cells)


def _family_cells(family: Family) -> Sequence[Cell]:
    row = family.__dict__  # with what the list annotated
    return [
        family.reference,
        row["names"],
        str(wording.family_status(row["stands"]).label) if row["stands"] else None,
        str(EXPOSURES[row["exposure"]].label),
        row["next_date"],
        family.attorney.name if family.attorney else None,
        family.paralegal.name if family.paralegal else None,
    ]


def people_csv(actor: User, filters: Filters, day: datetime.date) -> StreamingHttpResponse:
    """A line for each person of the list. Raises `PermissionDenied` for who may not take lists out."""
    require(actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    rows = people_sorted(people_list(actor, filters, day), filters.sort)
    header = [
        _("Family number"),
        _("Number in the family"),
        _("Role"),
        _("Given names"),
        _("Family names"),
        _("A-number"),
        _("Date of birth"),
        _("Country"),
        _("Language"),
        _("Where they stand"),
        _("Why they stand there"),
        _("Their right"),
        _("What is next"),
        _("Not known"),
        _("Attorney"),
        _("Paralegal"),
    ]
    return _attachment("people", day, header, rows.iterator(CHUNK), lambda person: _person_cells(person, day))


def _person_cells(person: Person, day: datetime.date) -> Sequence[Cell]:
    row = person_rows([person], day)[0]
    family = person.family
    return [
        family.reference,
        person.reference,
        person.get_role_display(),
        person.given_names,
        person.family_names,
        person.a_number,
        person.birth_date,
        person.country,
        person.language,
        str(row.status.label) if row.status else None,
        str(row.why),
        str(row.right),
        "; ".join(map(str, row.steps)),
        "; ".join(map(str, row.needs)),
        family.attorney.name if family.attorney else None,
        family.paralegal.name if family.paralegal else None,
    ]
