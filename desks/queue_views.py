"""Recording one outcome after the other: the page of the outcome, and once it is saved the next in the queue."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from config import clock
from desks.paralegal import next_outcome
from families.proposals.selectors import waiting_for
from screenings.views import record


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def outcome(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of this outcome; what is saved leads to the next one that waits, and after the last to the desk."""
    response = record(request, pk)
    if request.method != "POST" or response.status_code != 302:
        return response
    actor = cast(User, request.user)
    list(messages.get_messages(request))  # what the page itself says speaks of the family's page
    if waiting_for(actor, "screening", pk) is None:
        messages.success(request, _("Saved."))
    else:
        messages.success(request, _("Saved. It waits until a second person has confirmed it; your desk shows it."))
    following = next_outcome(actor, clock.today(), after=pk)
    if following is None:
        messages.info(request, _("That was the last outcome that waited."))
        return redirect("desk")
    return redirect("desk-outcome", pk=following)
