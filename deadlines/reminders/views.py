"""The page of one's own reminders, and the bell in the frame of every page."""

import uuid
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from audit.models import Act
from audit.readings import noted, whom
from deadlines.reminders.selectors import mine, missed_while_down
from deadlines.reminders.services import Acknowledged, reminders_acknowledge


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reminders(request: HttpRequest) -> HttpResponse:
    """What one is reminded of; says of one, or of all that are shown, that one has seen it. Opening it says nothing."""
    actor = cast(User, request.user)
    if request.method == "POST":
        key = request.POST.get("key", "")[:64] or None
        _say(request, reminders_acknowledge(actor=actor, marks=request.POST.getlist("mark"), key=key))
        return redirect("reminders")
    new, seen = mine(actor, is_seen=False), mine(actor, is_seen=True)
    missed = missed_while_down(actor)
    context = {"new": new, "seen": seen, "missed": missed, "key": uuid.uuid4().hex}
    response = render(request, "reminders/list.html", context)
    shown = whom([item.deadline for item in (*new, *seen)] + missed)
    return noted(request, response, act=Act.LISTED, **shown)


def _say(request: HttpRequest, done: Acknowledged) -> None:
    """What was noted, and what was not and why."""
    noted, left = done
    if noted or not left:
        said = ngettext("Noted: %(n)d date is with you.", "Noted: %(n)d dates are with you.", noted)
        messages.success(request, said % {"n": noted})
    if left:
        said = ngettext(
            "%(n)d date was not noted, for hours matter: look at it below, and say of it alone that it is with you.",
            "%(n)d dates were not noted, for hours matter: look at each below, and say of it alone that it is with "
            "you.",
            left,
        )
        messages.warning(request, said % {"n": left})


@require_safe
@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """The number in the frame, for a page that stays open: asked each minute, and no sign of anybody's presence."""
    return render(request, "reminders/_bell.html")
