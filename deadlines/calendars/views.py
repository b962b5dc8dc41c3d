"""The pages of the calendar."""

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import noted
from config import clock
from deadlines.calendars.pages import Agenda, Month, agenda_page, month_page, read_agenda, read_month
from families.listing import listing


@require_safe
@listing
def month(request: HttpRequest) -> HttpResponseBase:
    """A month of dates as a table; on a phone as a list of its days."""
    actor, day = _asking(request), clock.today()
    asked = read_month(actor, request.GET, day)
    page = month_page(actor, asked, day)
    context = {"page": page, "whose": asked.whose, "month": f"{asked.first:%Y-%m}", "day": day, **_also(actor)}
    return _seen(request, page, render(request, "calendars/month.html", context))


@require_safe
@listing
def agenda(request: HttpRequest) -> HttpResponseBase:
    """The days of four weeks that have something on them."""
    actor, day = _asking(request), clock.today()
    asked = read_agenda(actor, request.GET, day)
    page = agenda_page(actor, asked, day)
    context = {"page": page, "whose": asked.whose, "day": day, **_also(actor)}
    return _seen(request, page, render(request, "calendars/agenda.html", context))


def _asking(request: HttpRequest) -> User:
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    return actor


def _also(actor: User) -> dict[str, bool]:
    return {"may_board": allows(actor, Permission.DASHBOARD_BOARD_VIEW)}


def _seen(request: HttpRequest, page: Month | Agenda, response: HttpResponse) -> HttpResponse:
    """The page, noted with whom it shows."""
    shown = page.shown()
    persons = {one.person.pk for one in shown if one.person}
    return noted(request, response, act=Act.LISTED, families={one.family.pk for one in shown}, persons=persons)
