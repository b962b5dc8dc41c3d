"""The eligibility dashboard, and its tables as files."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.permissions import Permission, require
from audit.models import Act
from audit.readings import noted
from config.spreadsheets import FORMATS, Cell, Sheet, taken_out
from desks.board import TABLES, Line, Table, board
from desks.selectors import saved_views
from families.filters import BOARD
from families.listing import listing, read, tidied


@require_safe
@listing
def dashboard(request: HttpRequest) -> HttpResponseBase:
    """How many stand where; the filters hold for every number."""
    asked = read(request, BOARD)
    if tidy := tidied(request, asked):
        return tidy
    shown = board(asked.actor, asked.filters, asked.day, asked.office, asked.moment)
    context = {**asked.context(), "board": shown, "views": saved_views(asked.actor)}
    return render(request, "dashboard/board.html", context)


@require_safe
@listing
@fresh_sign_in_required
def export(request: HttpRequest) -> HttpResponseBase:
    """One table of the dashboard as a file, by `table`; it has numbers and nobody's name."""
    asked = read(request, BOARD, also={"as": FORMATS.__contains__, "table": TABLES.__contains__})
    require(asked.actor, Permission.EXPORT_FAMILIES_DOWNLOAD)
    shown = board(asked.actor, asked.filters, asked.day, asked.office, asked.moment)
    table = shown.tables[request.GET.get("table", TABLES[0])]
    return noted(request, taken_out(_sheet(table), request.GET.get("as", "csv"), asked.day), act=Act.EXPORTED)


def _sheet(table: Table) -> Sheet[Line]:
    lines = [*table.lines, *([Line(_("All"), table.total)] if table.total else [])]
    header = ["", *(str(column) for column in table.columns), _("Nearest date")]

    def cells(line: Line) -> Sequence[Cell]:
        return [str(line.label), *(cell.number for cell in line.cells), line.nearest]

    return Sheet(f"dashboard-{table.key}", header, lines, cells)
