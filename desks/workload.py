"""Who has how much, and what lay untouched the longest."""

import datetime
from collections import defaultdict
from typing import Any, NamedTuple

from django.db.models import DateTimeField, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Greatest

from accounts.models import User
from accounts.permissions import Permission, require
from desks.board import Cell
from families.filters import NOBODY, Filters, Office
from families.lists import families_list, screenings_list
from families.models import Person
from settlement.models import Determination


class Untouched(NamedTuple):
    """The family that nobody changed for the longest: its key and number, since when, and how many days that is."""

    family_id: int
    reference: str
    since: datetime.datetime
    days: int


class Load(NamedTuple):
    """What somebody has: families, outcomes that wait to be recorded, and the family that lay the longest."""

    name: str
    role: str
    families: Cell
    outcomes: Cell
    oldest: Untouched | None


def workload(actor: User, filters: Filters, day: datetime.date, office: Office, now: datetime.datetime) -> list[Load]:
    """A line for each attorney and paralegal, and for what nobody has; in two queries.

    Touched is a family when a fact that counts, or anything on a person's sheet, was last changed. Raises
    `PermissionDenied` for who may not see the dashboard.
    """
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    of: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for row in _touched(families_list(actor, filters, day)):
        for place in ("attorney", "paralegal"):
            of[place, NOBODY if row[place] is None else str(row[place])].append(row)
    waiting: dict[tuple[str, str], int] = defaultdict(int)
    asked = Filters(**{**filters.__dict__, "outcome": "record"})
    columns = ("person__family__attorney", "person__family__paralegal")
    for pair in screenings_list(actor, asked, day).order_by().values_list(*columns):
        for place, key in zip(("attorney", "paralegal"), pair, strict=True):
            waiting[place, NOBODY if key is None else str(key)] += 1
    choices = office.choices()
    return [
        _load(name, place, key, filters, of[place, key], waiting[place, key], now)
        for place in ("attorney", "paralegal")
        for key, name in choices[place]
        if of[place, key] or key != NOBODY
    ]


def _load(
    name: Any, place: str, key: str, filters: Filters, rows: list[Any], waiting: int, now: datetime.datetime
) -> Load:
    chosen = {place: key}
    oldest = min(rows, key=lambda row: row["touched"], default=None)
    return Load(
        name=str(name),
        role=place,
        families=Cell(len(rows), filters.address("families", **chosen)),
        outcomes=Cell(waiting, filters.address("screenings", outcome="record", **chosen)),
        oldest=_untouched(oldest, now) if oldest else None,
    )


def _untouched(row: Any, now: datetime.datetime) -> Untouched:
    return Untouched(row["pk"], row["reference"], row["touched"], (now - row["touched"]).days)


def _touched(families: Any) -> Any:
    """The families with the moment of their last change: of a fact that counts, or of a person's sheet.

    The oldest determination of the facts in force was made when the last of these facts was changed.
    """
    current = Determination.objects.filter(family=OuterRef("pk"), current=True).values("facts_digest")[:1]
    same = Determination.objects.filter(family=OuterRef("pk"), facts_digest=Subquery(current))
    facts = same.order_by().values("family").annotate(it=Min("made_at")).values("it")
    history: Any = Person.history
    sheets = history.filter(family=OuterRef("pk")).order_by().values("family").annotate(it=Max("history_date"))
    of_sheets = sheets.values("it")
    moments = [Subquery(it, output_field=DateTimeField()) for it in (facts, of_sheets)]
    rows = families.order_by().annotate(touched=Greatest(*moments, F("created_at")))
    return rows.values("pk", "reference", "attorney", "paralegal", "touched")
