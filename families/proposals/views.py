"""The queue of what waits for a second person, and the page on which one of them is decided."""

import uuid
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import Shown, noted
from config import clock
from families.intake.selectors import sheets_to_confirm
from families.proposals.page import card
from families.proposals.selectors import Seen, access_proposal, row_now, seen, to_decide, waiting
from families.proposals.services import proposal_confirm, proposal_decline, proposal_withdraw
from settlement import wording

AT_ONCE = 10


@require_safe
@login_required
def queue(request: HttpRequest) -> HttpResponse:
    """What waits for this person, the most urgent first; `?all=1` shows also what they typed themselves."""
    actor = cast(User, request.user)
    require(actor, Permission.FACT_PROPOSAL_CONFIRM)
    everything = request.GET.get("all") == "1"
    rows = waiting(actor) if everything else to_decide(actor)
    page = Paginator(rows, AT_ONCE).get_page(request.GET.get("page"))
    found = seen(actor, list(page), clock.today())
    cards = [card(one, may_decide=True) for one in found]
    context = {
        "page": page,
        "cards": cards,
        "everything": everything,
        "sheets": sheets_to_confirm(actor),
        "query": "all=1&" if everything else "",
        "other_law": wording.OTHER_LAW_SHORT,
    }
    response = render(request, "proposals/list.html", context)
    return noted(request, response, act=Act.LISTED, **_whom(found))


@require_safe
@login_required
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One change: in force and typed side by side, what confirming means, and what can be done."""
    return _page(request, pk, {})


@require_POST
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Put it in force; who confirms that somebody gives up the process shows once more that it is they."""
    actor = cast(User, request.user)
    require(actor, Permission.FACT_PROPOSAL_CONFIRM)
    put_in_force = _confirmed_again if access_proposal(actor, pk).gives_up else _confirmed
    return put_in_force(request, pk)


def _confirmed(request: HttpRequest, pk: int) -> HttpResponse:
    row_version = _number(request.POST.get("row_version"))
    service = partial(proposal_confirm, note=request.POST.get("note", ""), row_version=row_version)
    return _decided(request, pk, service, _("Confirmed. The answers below are as of now, for everybody in the family."))


_confirmed_again = fresh_sign_in_required(_confirmed)


@require_POST
@login_required
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave in force what is."""
    service = partial(proposal_decline, note=request.POST.get("note", ""))
    said = _("Declined. What was in force still holds, and who typed the change reads your reason.")
    return _decided(request, pk, service, said)


@require_POST
@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one typed oneself."""
    return _decided(request, pk, proposal_withdraw, _("Taken back. What was in force still holds."))


def _decided(request: HttpRequest, pk: int, service: Callable[..., int], said: str) -> HttpResponse:
    """Ask the service; on to the family, or back to the page as it now stands, with what was typed."""
    typed = {"note": request.POST.get("note", "")}
    try:
        service(
            actor=cast(User, request.user),
            proposal_id=pk,
            version=_number(request.POST.get("version")),
            key=request.POST.get("key", "")[:64] or None,
            day=clock.today(),
        )
    except Invalid as refusal:
        return _page(request, pk, {**typed, "errors": list(refusal.errors.values())}, 422)
    except Conflict:
        return _page(request, pk, {**typed, "moved_on": True}, 409)
    messages.success(request, said)
    return redirect("family", access_proposal(cast(User, request.user), pk).family_id)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1  # no version has more


def _page(request: HttpRequest, pk: int, context: dict[str, Any], status: int = 200) -> HttpResponse:
    actor = cast(User, request.user)
    found = access_proposal(actor, pk)
    now = row_now(found)
    [one] = seen(actor, [found], clock.today())
    shown = card(one, may_decide=allows(actor, Permission.FACT_PROPOSAL_CONFIRM), now=now)
    context |= {
        "card": shown,
        "proposal": found,
        "family": found.family,
        "row_version": now.version,
        "moved": found.waits and found.how != "add" and now.version != found.row_version,
        "key": uuid.uuid4().hex,
        "other_law": wording.OTHER_LAW_SHORT,
    }
    response = render(request, "proposals/proposal.html", context, status=status)
    return noted(request, response, **_whom([one]))


def _whom(found: Sequence[Seen]) -> Shown:
    """Whom these proposals show: the persons they are about, and everybody whose answer they would touch."""
    about = {(one.proposal.family_id, one.proposal.person_id) for one in found}
    about |= {(line.person.family_id, line.person.pk) for one in found for line in one.effect}
    return Shown(families=[family for family, _person in sorted(about)], persons=[pk for _family, pk in sorted(about)])
