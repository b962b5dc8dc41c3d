"""The page of operations: how reminders go out, what was set aside, and when reminders come."""

import uuid
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from deadlines.models import Deadline
from deadlines.reminders import selectors
from deadlines.reminders.moments import offsets_of
from deadlines.reminders.services import offsets_change, offsets_text, parked_retry


@require_safe
@login_required
def operations(request: HttpRequest) -> HttpResponse:
    """How the organization's reminders do today."""
    return _page(request, {})


def _page(request: HttpRequest, typed: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = cast(User, request.user)
    shown = selectors.operations(actor)
    known = offsets_of(actor.organization_id)
    weights = [(value, label, offsets_text(known[value])) for value, label in Deadline.Weight.choices]
    context = {
        "shown": shown,
        "weights": weights,
        "may_change": allows(actor, Permission.REMINDER_OFFSET_CHANGE),
        "key": uuid.uuid4().hex,
        **typed,
    }
    return render(request, "reminders/operations.html", context, status=status)


@require_POST
@login_required
def retry(request: HttpRequest) -> HttpResponse:
    """Have what was set aside tried again."""
    actor = cast(User, request.user)
    count = parked_retry(
        actor=actor, keys=request.POST.getlist("reminder"), key=request.POST.get("key", "")[:64] or None
    )
    said = ngettext("%(n)d reminder is tried again.", "%(n)d reminders are tried again.", count) % {"n": count}
    messages.success(request, said)
    return redirect("operations")


@require_POST
@login_required
def offsets(request: HttpRequest) -> HttpResponse:
    """Change when reminders come for one weight of dates."""
    actor = cast(User, request.user)
    require(actor, Permission.REMINDER_OFFSET_CHANGE)
    weight, text = request.POST.get("weight", ""), request.POST.get("text", "")[:400]
    try:
        offsets_change(actor=actor, weight=weight, text=text, key=request.POST.get("key", "")[:64] or None)
    except Invalid as refusal:
        typed = {"typed_weight": weight, "typed": text, "errors": list(refusal.errors.values())}
        return _page(request, typed, 422)
    messages.success(request, _("Saved. It holds for every reminder that is still to be planned."))
    return redirect("operations")
