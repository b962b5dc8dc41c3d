"""The pages of the board."""

from typing import cast

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import noted, whom
from config import clock
from config.spreadsheets import FORMATS, Sheet, taken_out
from deadlines.board.filters import WHAT, choices, read_filters
from deadlines.board.page import Row, board, date_rows
from deadlines.board.selectors import dates_list
from deadlines.models import Deadline
from families.listing import AddressRefused, listing, page_of
from families.lists import office_of

CHUNK = 500


@require_safe
@listing
def overview(request: HttpRequest) -> HttpResponseBase:
    """The board."""
    actor = cast(User, request.user)
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    day = clock.today()
    office = office_of(actor)
    of_place = choices(office)
    shown = board(actor, office, day, clock.moment())
    context = {
        "board": shown,
        "day": day,
        "may_move": allows(actor, Permission.FAMILY_ASSIGNMENT_CHANGE),
        "movable": [
            {"name": "attorney", "label": _("Families of attorney"), "people": of_place["attorney"]},
            {"name": "paralegal", "label": _("Families of paralegal"), "people": of_place["paralegal"]},
        ],
    }
    response = render(request, "board/board.html", context)
    return noted(request, response, act=Act.LISTED, **whom(row.deadline for row in shown.hours))


@require_safe
@listing
def dates(request: HttpRequest) -> HttpResponseBase:
    """The dates behind a number of the board, with boxes to move their families."""
    actor = cast(User, request.user)
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    office, day, moment = office_of(actor), clock.today(), clock.moment()
    filters = read_filters("board-dates", request.GET, office, also=("page",))
    page = page_of(dates_list(actor, filters, day, moment), request.GET)
    fields = [
        (name, label, getattr(filters, name), choices(office)[name])
        for name, label in (("what", _("Which")), ("attorney", _("Attorney")), ("paralegal", _("Paralegal")))
    ]
    context = {
        "page": page,
        "rows": date_rows(list(page), day, moment),
        "fields": fields,
        "title": WHAT.get(filters.what, _("All open dates")),
        "query": filters.query(),
        "kind": "board-dates",
        "may_move": allows(actor, Permission.FAMILY_ASSIGNMENT_CHANGE),
        "may_export": allows(actor, Permission.EXPORT_FAMILIES_DOWNLOAD),
    }
    return noted(request, render(request, "board/dates.html", context), act=Act.LISTED, **whom(page))


@require_safe
@listing
@fresh_sign_in_required
def export(request: HttpRequest) -> HttpResponseBase:
    """The same list as a file: CSV, or XLSX with `as=xlsx` in the address."""
    actor = cast(User, request.user)
    require(actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    day, moment = clock.today(), clock.moment()
    form = request.GET.get("as", "csv")
    filters = read_filters("board-dates", request.GET, office_of(actor), also=("as",))
    if form not in FORMATS:
        raise AddressRefused("board-dates", [_("“%(value)s” is not in this list.") % {"value": form}])
    rows = dates_list(actor, filters, day, moment)
    header = [
        _("Family number"), _("Who"), _("Deadline"), _("Safe day"), _("Last day"), _("Moment"), _("Hours"),
        _("Attorney"), _("Paralegal"),
    ]  # fmt: skip
    told = (date_rows([row], day, moment)[0] for row in rows.iterator(CHUNK))
    response = taken_out(Sheet("dates", header, told, _cells), form, day)
    families, persons = _shown(rows)
    return noted(request, response, act=Act.EXPORTED, families=families, persons=persons)


def _shown(rows: QuerySet[Deadline]) -> tuple[set[int], set[int]]:
    pairs = list(rows.values_list("family_id", "person_id"))
    return {family for family, _person in pairs}, {person for _family, person in pairs if person}


def _cells(row: Row) -> list[str | int | None]:
    deadline = row.deadline
    family = deadline.family
    return [
        family.reference,
        deadline.person.full_name if deadline.person else None,
        str(row.label),
        deadline.safe_on.isoformat(),
        deadline.due_on.isoformat(),
        row.moment or None,
        row.left or None,
        family.attorney.name if family.attorney else None,
        family.paralegal.name if family.paralegal else None,
    ]
