"""The board: open dates by when and by whom, what is amiss with them, and what runs by the hour."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.db.models import Count
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.permissions import Permission, require
from deadlines.calendars.labels import deadline_label, moment_text
from deadlines.calendars.selectors import address_of
from deadlines.lists import Seen, deadlines_list
from deadlines.models import Deadline
from desks.board import Cell, Line, Table
from families.filters import AMISS, DUE, NOBODY, Filters, Office
from families.models import Family
from settlement import guidance

Text = str | Promise

AT_ONCE: Final = 15
"""How many of the dates that run by the hour the board itself shows."""
COLUMNS: Final[dict[str, Text]] = {
    "": gettext_lazy("All"),
    **DUE,
    "unconfirmed": AMISS["unconfirmed"],
    "undelivered": AMISS["undelivered"],
}
_TITLES: Final = {"attorney": gettext_lazy("By attorney"), "paralegal": gettext_lazy("By paralegal")}


class Row(NamedTuple):
    """A date in a list: what, when, how long there is, in hours or in days, and what is amiss."""

    deadline: Deadline
    label: Text
    moment: str
    left: str
    past: bool
    address: str


class Board(NamedTuple):
    """The page: the numbers of the whole, the same by person, what runs by the hour, and families of nobody."""

    whole: list[Cell]
    people: list[Table]
    hours: list[Row]
    hours_all: Cell
    nobodys: Cell


def board(actor: User, office: Office, day: datetime.date, moment: datetime.datetime) -> Board:
    """The board, in five queries. Raises `PermissionDenied` for who may not see it."""
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    seen = Seen(actor, day, moment)
    counts = _counts(actor, seen)
    running = Filters(amiss="hours")
    hours = deadlines_list(actor, running, day, moment)
    nobodys = Family.objects.visible_to(actor).filter(attorney=None).count()
    return Board(
        whole=_whole(counts),
        people=[_people("attorney", counts, office.attorneys), _people("paralegal", counts, office.paralegals)],
        hours=date_rows(list(hours[:AT_ONCE]), day, moment),
        hours_all=Cell(_sum(counts, "hours"), running.address("deadlines")),
        nobodys=Cell(nobodys, f"{reverse('families')}?attorney={NOBODY}"),
    )


Counts = Sequence[dict[str, Any]]


def _counts(actor: User, seen: Seen) -> Counts:
    """How many open dates of each kind each pair of attorney and paralegal has, in one query."""
    conditions = {**{due: seen.due(due) for due in DUE}, **{what: seen.amiss(what) for what in AMISS}}
    kinds = {f"n_{what}": Count("pk", filter=condition) for what, condition in conditions.items()}
    rows = Deadline.objects.visible_to(actor).filter(state="open").order_by()
    told: Any = rows.values("family__attorney", "family__paralegal").annotate(n_=Count("pk"), **kinds)
    return list(told)


def _sum(counts: Counts, what: str) -> int:
    return sum(row[f"n_{what}"] for row in counts)


def _filters(what: str) -> Filters:
    """The filters of the list behind a number."""
    return Filters(amiss=what) if what in AMISS else Filters(due=what)


def _whole(counts: Counts) -> list[Cell]:
    labels = {**DUE, **{what: label for what, label in AMISS.items() if what != "hours"}}
    return [Cell(_sum(counts, what), _filters(what).address("deadlines"), label) for what, label in labels.items()]


def _people(place: str, counts: Counts, people: Sequence[tuple[str, str | Promise]]) -> Table:
    """The numbers by who has the family; what nobody has comes last. The lines add up to the whole."""
    by_key: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in counts:
        key = row[f"family__{place}"]
        by_key[NOBODY if key is None else str(key)].append(row)

    def cells(rows: Counts, key: str) -> tuple[Cell, ...]:
        return tuple(
            Cell(_sum(rows, what), _filters(what).address("deadlines", **{place: key}), label)
            for what, label in COLUMNS.items()
        )

    largest = max((_sum(rows, "") for rows in by_key.values()), default=0) or 1
    lines = [
        Line(
            name,
            cells(by_key[key], key),
            share=round(1000 * _sum(by_key[key], "") / largest),
            tone="warn" if _sum(by_key[key], "missed") else "leaning",
        )
        for key, name in [*people, (NOBODY, _("nobody"))]
    ]
    return Table(place, _TITLES[place], tuple(COLUMNS.values()), lines, cells(counts, ""))


def date_rows(rows: Sequence[Deadline], day: datetime.date, moment: datetime.datetime) -> list[Row]:
    """The rows of these dates."""
    return [_row(row, day, moment) for row in rows]


def _row(row: Deadline, day: datetime.date, moment: datetime.datetime) -> Row:
    past = row.due_at < moment if row.due_at else row.due_on < day
    return Row(
        deadline=row,
        label=deadline_label(row),
        moment=moment_text(row.due_at, row.zone) if row.due_at else "",
        left=hours_left(row.due_at, moment) if row.due_at else guidance.days_left_text(row.due_on, day),
        past=past,
        address=address_of(row),
    )


def hours_left(due: datetime.datetime, moment: datetime.datetime) -> str:
    """How long there is, in hours: "5 hours left", "less than an hour left", "3 hours past"."""
    hours = int(abs((due - moment).total_seconds()) // 3600)
    if due < moment:
        return ngettext("%(hours)d hour past", "%(hours)d hours past", hours) % {"hours": hours}
    if hours == 0:
        return _("less than an hour left")
    return ngettext("%(hours)d hour left", "%(hours)d hours left", hours) % {"hours": hours}
