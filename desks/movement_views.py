"""The pages of how it moved, of who stood where on a day, and of who has how much; each can be taken out."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.permissions import Permission, require
from audit.models import Act
from audit.readings import noted
from config import clock
from config.spreadsheets import FORMATS, Cell, Sheet, taken_out
from desks.moved import MoveRow, chart, label_of, move_rows, persons_of, status_of, ways
from desks.movement import Key, Move, Stood, moves, series, stood_on, weeks_back
from desks.workload import workload as workload_of
from families.filters import BOARD
from families.listing import PAGE_LENGTH, Asked, listing, read
from settlement.labels import RULES
from settlement.models import Removal

_EARLIEST = datetime.date(2018, 1, 1)


def _is_day(text: str) -> bool:
    try:
        return _EARLIEST <= datetime.date.fromisoformat(text) <= clock.today()
    except ValueError:
        return False


class Span(NamedTuple):
    """What an address of moves asks for: the list, and the two days."""

    asked: Asked
    since: datetime.date
    until: datetime.date

    def moves(self) -> list[Move]:
        """Who moved between the two days."""
        return moves(self.asked.actor, self.asked.filters, self.asked.day, self.since, self.until)

    @property
    def query(self) -> str:
        """The filters and the days, for links."""
        days = f"since={self.since.isoformat()}&until={self.until.isoformat()}"
        return f"{self.asked.filters.query()}&{days}".lstrip("&")


def _span(request: HttpRequest) -> Span:
    """The days of the address, or the last week; the earlier one first."""
    asked = read(request, BOARD, also={"since": _is_day, "until": _is_day, "as": FORMATS.__contains__})
    require(asked.actor, Permission.DASHBOARD_BOARD_VIEW)
    until = datetime.date.fromisoformat(request.GET.get("until", asked.day.isoformat()))
    week_before = (until - datetime.timedelta(weeks=1)).isoformat()
    since = datetime.date.fromisoformat(request.GET.get("since", week_before))
    return Span(asked, *sorted((since, until)))


@require_safe
@listing
def movement(request: HttpRequest) -> HttpResponseBase:
    """Where everybody stood, week by week: the chart, and the table beside it; each number opens its list."""
    asked = read(request, BOARD)
    drawn = chart(series(asked.actor, asked.filters, asked.day, weeks_back(asked.day)))
    return render(request, "dashboard/movement.html", {**asked.context(), "chart": drawn})


@require_safe
@listing
def moved(request: HttpRequest) -> HttpResponseBase:
    """Whose answer became another one between two days, and because of what."""
    span = _span(request)
    found = span.moves()
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    rows = move_rows(span.asked.actor, list(page))
    context = {**span.asked.context(), "page": page, "rows": rows, "ways": ways(found), "query": span.query}
    context |= {"since": span.since, "until": span.until}
    return _noted(request, render(request, "dashboard/moved.html", context), Act.LISTED, rows)


@require_safe
@listing
@fresh_sign_in_required
def moved_export(request: HttpRequest) -> HttpResponseBase:
    """The same as a file."""
    span = _span(request)
    require(span.asked.actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    rows = move_rows(span.asked.actor, span.moves())
    header = [_("Family number"), _("Person"), _("From"), _("To"), _("Why they stand there"), _("Because")]

    def cells(row: MoveRow) -> Sequence[Cell]:
        before, after = (str(one.label) if one else str(label_of("")) for one in (row.before, row.after))
        return [row.person.family.reference if row.person else None, row.name, before, after, str(row.why), row.because]

    sheet = Sheet("moves", header, rows, cells)
    return _noted(request, taken_out(sheet, request.GET.get("as", "csv"), span.asked.day), Act.EXPORTED, rows)


def _noted(request: HttpRequest, response: Any, act: Act, rows: Sequence[MoveRow]) -> HttpResponseBase:
    persons = [row.person.pk for row in rows if row.person]
    return noted(request, response, act=act, families=[row.family_id for row in rows], persons=persons)  # type: ignore[no-any-return]


@require_safe
@listing
def on_day(request: HttpRequest) -> HttpResponseBase:
    """Who stood where on a day, by what the determinations of that day say."""
    removals = {*Removal.values}
    asked = read(request, BOARD, also={"on": _is_day, "stood": removals.__contains__})
    require(asked.actor, Permission.DASHBOARD_BOARD_VIEW)
    on = datetime.date.fromisoformat(request.GET.get("on", asked.day.isoformat()))
    removal = request.GET.get("stood", "")
    found: list[tuple[Key, Stood]] = sorted(
        (key, stood)
        for key, stood in stood_on(asked.actor, asked.filters, asked.day, on).items()
        if removal in ("", stood.removal)
    )
    page = Paginator(found, PAGE_LENGTH).get_page(request.GET.get("page"))
    persons = persons_of(asked.actor, [key for key, _stood in page])
    rows = [(key, persons.get(key), status_of(stood), RULES[stood.rule]) for key, stood in page]
    query = f"{asked.filters.query()}&on={on.isoformat()}{f'&stood={removal}' if removal else ''}".lstrip("&")
    context = {**asked.context(), "page": page, "rows": rows, "on": on, "query": query}
    context["stood"] = label_of(removal) if removal else ""
    response = render(request, "dashboard/on_day.html", context)
    shown = [person.pk for person in persons.values()]
    return noted(request, response, act=Act.LISTED, families=[key[0] for key, _stood in page], persons=shown)


@require_safe
@listing
def workload(request: HttpRequest) -> HttpResponseBase:
    """Who has how much, and what lay untouched the longest."""
    asked = read(request, BOARD)
    rows = workload_of(asked.actor, asked.filters, asked.day, asked.office, clock.now())
    response = render(request, "dashboard/workload.html", {**asked.context(), "rows": rows})
    shown = [row.oldest.family_id for row in rows if row.oldest]
    return noted(request, response, act=Act.LISTED, families=shown)
