"""The pages of the board."""

from typing import Final, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import noted, whom
from config import clock
from deadlines.board.page import board
from families.filters import AMISS, Filters
from families.listing import listing
from families.lists import office_of

_CALLED: Final = {"overdue": "missed"}
"""What the list of the board called otherwise."""


@require_safe
@listing
def overview(request: HttpRequest) -> HttpResponseBase:
    """The board."""
    actor = cast(User, request.user)
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    day = clock.today()
    office = office_of(actor)
    of_place = office.choices()
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
@login_required
def dates(request: HttpRequest) -> HttpResponse:
    """Where the board once had a list of its own: on to the list of all dates, which says what it does not know."""
    what = request.GET.get("what", "")
    of_place = {name: request.GET.get(name, "") for name in ("attorney", "paralegal")}
    named = {"amiss" if what in AMISS else "due": _CALLED.get(what, what)}
    return redirect(Filters(**named, **of_place).address("deadlines"))
