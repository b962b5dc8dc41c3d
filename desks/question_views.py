"""The one question that would settle whether somebody is covered, for the undetermined of one's own families.

It takes a moment to work out, so the desk comes without it and fetches it; without scripts this is a page of its own.
"""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import Permission, require
from audit.models import Act
from audit.readings import noted, whom
from config import clock
from desks.attorney import AT_ONCE, undetermined
from families.filters import Filters
from families.list_rows import person_rows
from settlement.asking.selectors import settling_question

PAGE_LENGTH = 10
"""How many families are worked out for one page at most."""


@require_safe
@login_required
def questions(request: HttpRequest) -> HttpResponse:
    """Whom to ask what first; as a part of the desk the first few."""
    actor, day = cast(User, request.user), clock.today()
    require(actor, Permission.FAMILY_RECORD_VIEW)
    mine = Filters(**{str(actor.place): str(actor.pk)}) if actor.place else Filters()
    part = request.headers.get("HX-Request") == "true"
    page = Paginator(undetermined(actor, mine, day), AT_ONCE if part else PAGE_LENGTH)
    shown = page.get_page(None if part else request.GET.get("page"))
    found = settling_question(actor, [person.pk for person in shown], day)
    rows = [(row, found.get(row.person.pk)) for row in person_rows(list(shown), day)]
    template = "desks/asks.html" if part else "desks/questions.html"
    response = render(request, template, {"asks": rows, "page": shown, "day": day})
    patch_vary_headers(response, ["HX-Request"])
    return noted(request, response, act=Act.LISTED, **whom(list(shown)))
