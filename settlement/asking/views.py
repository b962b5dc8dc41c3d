"""What to ask about one person, with a script for the telephone; and what one other fact would change for everybody."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from audit.readings import noted
from config import clock
from settlement import wording
from settlement.asking.page import asking_page, what_if_page
from settlement.asking.selectors import asked_about


@require_safe
@login_required
def questions(request: HttpRequest, pk: int) -> HttpResponse:
    """The questions to put to the client, what each answer would mean, and how to ask them on the telephone."""
    asked = asked_about(cast(User, request.user), pk, clock.today())
    context = {
        "page": asking_page(asked),
        "person": asked.person,
        "family": asked.person.family,
        "other_law": wording.OTHER_LAW,
    }
    response = render(request, "asking/questions.html", context)
    return noted(request, response, families=[asked.person.family_id], persons=[one.pk for one in asked.persons])


@require_safe
@login_required
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """What one fact, if it were so, would change for everybody in the family. Nothing is saved."""
    asked = asked_about(cast(User, request.user), pk, clock.today())
    context = {
        "what_if": what_if_page(asked, request.GET.get("if", "")),
        "person": asked.person,
        "family": asked.person.family,
        "other_law": wording.OTHER_LAW_SHORT,
    }
    template = "asking/_effect.html" if getattr(request, "htmx", False) else "asking/what_if.html"
    response = render(request, template, context)
    return noted(request, response, families=[asked.person.family_id], persons=[one.pk for one in asked.persons])
