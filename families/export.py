"""Lists as files for a spreadsheet: the same rows and the same order as on the page."""

import datetime
from collections.abc import Sequence

from django.contrib.postgres.aggregates import StringAgg
from django.db.models import F, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission, require
from config.spreadsheets import Cell, Sheet
from families.filters import Filters
from families.list_rows import person_rows, screening_rows
from families.lists import (
    families_list,
    families_sorted,
    people_list,
    people_sorted,
    screenings_list,
)
from families.models import Family, Person
from screenings.models import Screening
from settlement import wording
from settlement.exposure import EXPOSURES, with_exposure

CHUNK = 500


def families_sheet(actor: User, filters: Filters, day: datetime.date) -> Sheet[Family]:
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
    return Sheet("families", header, rows.iterator(CHUNK), _family_cells)


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


def people_sheet(actor: User, filters: Filters, day: datetime.date) -> Sheet[Person]:
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
        _("To ask"),
        _("Attorney"),
        _("Paralegal"),
    ]
    return Sheet("people", header, rows.iterator(CHUNK), lambda person: _person_cells(person, day))


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
        row.question,
        family.attorney.name if family.attorney else None,
        family.paralegal.name if family.paralegal else None,
    ]


def screenings_sheet(actor: User, filters: Filters, day: datetime.date) -> Sheet[Screening]:
    """A line for each screening whose outcome is awaited. Raises `PermissionDenied` for who may not take lists out."""
    require(actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    header = [
        _("Interview"),
        _("When"),
        _("Person"),
        _("Family number"),
        _("Screening"),
        _("Status"),
        _("Result"),
        _("Paralegal"),
    ]
    rows = screenings_list(actor, filters, day).iterator(CHUNK)
    return Sheet("screenings", header, rows, lambda screening: _screening_cells(screening, day))


def _screening_cells(screening: Screening, day: datetime.date) -> Sequence[Cell]:
    [row] = screening_rows([screening], day)
    family = screening.person.family
    return [
        row.interview,
        row.left,
        screening.person.full_name,
        family.reference,
        screening.get_basis_display(),
        screening.get_status_display(),
        screening.get_result_display() if screening.result else None,
        family.paralegal.name if family.paralegal else None,
    ]
