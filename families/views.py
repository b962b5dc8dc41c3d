"""The page of one family."""

from typing import cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.permissions import Permission, allows
from audit.readings import noted
from config import clock
from deadlines.selectors import of_family as dates_of_family
from deadlines.selectors import rows_of
from families.page import family_page
from families.proposals.page import plain_cards
from families.selectors import family_detail
from settlement import wording
from settlement.asking.selectors import shortly


@require_safe
@login_required
def family(request: HttpRequest, pk: int) -> HttpResponse:
    """A family: who is in it, each person's answer and why, what to do, what to ask, and what happened."""
    actor = cast(User, request.user)
    day = clock.today()
    detail = family_detail(actor, pk, day)
    waiting = plain_cards(detail.waiting, actor.pk, detail.typists)
    response = render(
        request,
        "families/family.html",
        {
            "page": family_page(detail, day, waiting),
            "dates": rows_of(dates_of_family(actor, detail.family), day),
            "may_date": allows(actor, Permission.DEADLINE_DATE_CHANGE),
            "may_open": allows(actor, Permission.FAMILY_OPENING_CHANGE, detail.family),
            "asking": shortly(pk, detail.record, detail.persons),
            "day": day,
            "other_law": wording.OTHER_LAW,
            "may_change": allows(actor, Permission.FAMILY_RECORD_CHANGE),
            "may_record": allows(actor, Permission.SCREENING_OUTCOME_RECORD),
        },
    )
    return noted(request, response, families=[pk], persons=[person.pk for person in detail.persons])
