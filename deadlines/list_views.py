"""The page of all open dates, and the same list as a file."""

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import noted, whom
from config.spreadsheets import FORMATS, Cell, Sheet, taken_out
from deadlines.board.page import Row, date_rows
from deadlines.lists import deadlines_list
from deadlines.models import Deadline
from families.filters import DEADLINES
from families.listing import Asked, listing, page_of, read, tidied

CHUNK = 500
SHORTCUTS: tuple[tuple[str | Promise, dict[str, str]], ...] = (
    (gettext_lazy("Due within 7 days or overdue, and not confirmed"), {"due": "in7", "amiss": "unconfirmed"}),
    (gettext_lazy("Who turns 14, 18 or 21 in the next 12 months"), {"due": "year", "kind": "ages"}),
)
"""What offices ask of the list again and again."""


@require_safe
@listing
def deadlines(request: HttpRequest) -> HttpResponseBase:
    """The open dates, the nearest first, with boxes to move their families."""
    asked = read(request, DEADLINES)
    if tidy := tidied(request, asked):
        return tidy
    page = page_of(_rows(asked), request.GET)
    blank = {"due": "", "amiss": "", "kind": ""}
    context = {
        **asked.context(),
        "page": page,
        "rows": date_rows(list(page), asked.day, asked.moment),
        "shortcuts": [(label, asked.filters.address("deadlines", **(blank | query))) for label, query in SHORTCUTS],
        "may_move": allows(asked.actor, Permission.FAMILY_ASSIGNMENT_CHANGE),
        "may_see_board": allows(asked.actor, Permission.DASHBOARD_BOARD_VIEW),
    }
    return noted(request, render(request, "deadlines/list.html", context), act=Act.LISTED, **whom(page))


def _rows(asked: Asked) -> QuerySet[Deadline]:
    return deadlines_list(asked.actor, asked.filters, asked.day, asked.moment)


@require_safe
@listing
@fresh_sign_in_required
def export(request: HttpRequest) -> HttpResponseBase:
    """The same list as a file: CSV, or XLSX with `as=xlsx` in the address."""
    asked = read(request, DEADLINES, also={"as": FORMATS.__contains__})
    require(asked.actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    rows = _rows(asked)
    told = (date_rows([row], asked.day, asked.moment)[0] for row in rows.iterator(CHUNK))
    header = [
        _("Safe day"), _("Last day by law"), _("Moment"), _("Time left"), _("What"), _("Whose"), _("Family number"),
        _("To be confirmed"), _("Attorney"), _("Paralegal"),
    ]  # fmt: skip
    response = taken_out(Sheet("deadlines", header, told, _cells), request.GET.get("as", "csv"), asked.day)
    pairs = list(rows.values_list("family_id", "person_id"))
    families, persons = {family for family, _person in pairs}, {person for _family, person in pairs if person}
    return noted(request, response, act=Act.EXPORTED, families=families, persons=persons)


def _cells(row: Row) -> list[Cell]:
    deadline, family = row.deadline, row.deadline.family
    what = f"{row.label} ({_('if what waits is confirmed')})" if deadline.if_confirmed else str(row.label)
    return [
        deadline.safe_on,
        deadline.due_on,
        row.moment or None,
        row.left,
        what,
        deadline.person.full_name if deadline.person else None,
        family.reference,
        _("yes") if deadline.waits else None,
        family.attorney.name if family.attorney else None,
        family.paralegal.name if family.paralegal else None,
    ]
