"""The desk on which somebody lands, and the dashboard."""

from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import Permission, require
from audit.models import Act
from audit.readings import noted, whom
from config import clock
from families.filters import BOARD
from families.list_rows import family_rows
from families.listing import listing, old_day, page_of, read, tidied
from settlement.dashboards import board
from settlement.desks import attorney_desk, paralegal_desk


@require_safe
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """One's own desk, by role; a supervisor's is the dashboard, and who does no case work keeps people or history."""
    actor = cast(User, request.user)
    if actor.role in (User.Role.ADMINISTRATOR, User.Role.AUDITOR):
        return redirect("colleagues")
    require(actor, Permission.FAMILY_RECORD_VIEW)
    if actor.role == User.Role.SUPERVISOR:
        return redirect("dashboard")
    day = clock.today()
    context: dict[str, Any] = {"day": day, "old_day": old_day(actor, day)}
    if actor.role == User.Role.PARALEGAL:
        of_paralegal = paralegal_desk(actor, day)
        persons = of_paralegal.persons()
        response = render(request, "desks/paralegal.html", {**context, "desk": of_paralegal})
        return noted(request, response, act=Act.LISTED, **whom(persons))
    desk = attorney_desk(actor, day)
    page = page_of(desk.families, request.GET)
    context |= {"desk": desk, "page": page, "rows": family_rows(actor, list(page), day)}
    response = render(request, "desks/attorney.html", context)
    typed = [card.proposal.family_id for card in desk.mine]
    return noted(request, response, act=Act.LISTED, families=[*(family.pk for family in page), *typed])


@require_safe
@listing
def dashboard(request: HttpRequest) -> HttpResponseBase:
    """How many stand where; the filters hold for every number."""
    asked = read(request, BOARD)
    if tidy := tidied(request, asked):
        return tidy
    shown = board(asked.actor, asked.filters, asked.day, asked.office)
    return render(request, "dashboard/board.html", {**asked.context(), "board": shown})
