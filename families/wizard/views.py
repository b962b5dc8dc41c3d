"""A new family: typed on one screen, a draft at every step, and put on file at the end."""

import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Conflict, Invalid
from accounts.models import User
from audit.readings import noted, whom
from config import clock
from config.outage import CSRF_FIELD
from families.proposals.models import Proposal
from families.wizard.drafts import draft_discard, draft_save, own_draft
from families.wizard.duplicates import duplicates
from families.wizard.finishing import draft_finish
from families.wizard.page import wizard_page
from families.wizard.typed import Content, new_content, read, typed_in, with_person, without_person

LAST_STEP = 3
KEEPS_TRYING = "X-Keeps-Trying"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new_family(request: HttpRequest) -> HttpResponse:
    """The colleague's draft, or a new one; saved by every button, and put on file by the last."""
    actor = cast(User, request.user)
    draft = own_draft(actor)
    content = draft.content if draft else new_content()
    version = draft.version if draft else 0
    if request.method != "POST":
        return _page(request, content, version)
    content = _moved(typed_in(content, request.POST), request)
    seen = _number(request.POST.get("version", ""))
    try:
        if "finish" in request.POST:
            return _finished(request, content, seen)
        draft_save(actor=actor, version=seen, content=content, key=_key(request))
    except Conflict as conflict:
        sentence = _(
            "This draft was saved in another window. What you typed here is shown, and replaces it when saved."
        )
        return _page(request, content, conflict.current["version"], {"": sentence}, status=409)
    except Invalid as refusal:
        return _page(request, content, version, refusal.errors, status=422)
    if "leave" in request.POST:
        messages.success(request, _("The draft is saved. You find it again under “New family”."))
        return _sent_on(request, "desk")
    if KEEPS_TRYING in request.headers:
        saved = own_draft(actor)  # sent twice, it was saved once: what is shown is what is there
        if saved is not None:
            return _page(request, saved.content, saved.version, focus=_focus(saved.content, request))
    return redirect("new-family")


def _sent_on(request: HttpRequest, name: str, *keys: int) -> HttpResponse:
    """To another page: the script goes there by itself, so that what is said once is said on that page."""
    if KEEPS_TRYING in request.headers:
        return HttpResponse(status=204, headers={"X-Location": reverse(name, args=keys)})
    return redirect(name, *keys)


def _focus(content: Content, request: HttpRequest) -> str:
    """Where the next thing is typed: at the new person, or at the first when there is more to say of everybody."""
    if "add" in request.POST:
        return str(content["persons"][-1]["ref"])
    return str(content["persons"][0]["ref"]) if "next" in request.POST else ""


def _moved(content: Content, request: HttpRequest) -> Content:
    """What a button does to the draft besides saving it."""
    if "add" in request.POST:
        return with_person(content)
    if "remove" in request.POST:
        return without_person(content, request.POST["remove"])
    if "next" in request.POST:
        return {**content, "step": min(content["step"] + 1, LAST_STEP)}
    return content


def _finished(request: HttpRequest, content: Content, version: int) -> HttpResponse:
    actor = cast(User, request.user)
    family = draft_finish(
        actor=actor,
        content=content,
        version=version,
        other_people="other_people" in request.POST,
        key=_key(request),
        day=clock.today(),
    )
    if Proposal.objects.visible_to(actor).filter(family_id=family, state=Proposal.State.WAITING).exists():
        text = _("The family is on file. What may lower somebody's protection waits for a second person.")
    else:
        text = _("The family is on file.")
    messages.success(request, text)
    return _sent_on(request, "family", family)


def _key(request: HttpRequest) -> str:
    """The key of this write: the same page sent twice is one write, with other values another."""
    sent = sorted((name, values) for name, values in request.POST.lists() if name != CSRF_FIELD)
    return f"{request.POST.get('key', '')[:64]}:{hashlib.sha256(json.dumps(sent).encode()).hexdigest()[:24]}"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _page(
    request: HttpRequest,
    content: Content,
    version: int,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
    focus: str = "",
) -> HttpResponse:
    actor, day = cast(User, request.user), clock.today()
    found = read(content, day)
    others = duplicates(actor, found)
    # What is not filled in yet is no error before somebody says that they are ready.
    unreadable = {name: text for name, text in found.errors.items() if _is_typed(content, name)}
    told = {**unreadable, **others.errors, **(errors or {})}
    page = wizard_page(content, found, version=version, key=uuid.uuid4().hex, errors=told, others=others, day=day)
    response = render(request, "wizard/new.html", {"page": page, "focus": focus}, status=status)
    return noted(request, response, **whom(others.shown))


def _is_typed(content: Content, name: str) -> bool:
    ref, _dash, column = name.removeprefix("p").partition("-")
    return any(person["ref"] == ref and person.get(column, "").strip() for person in content["persons"])


@require_POST
@login_required
def discard(request: HttpRequest) -> HttpResponse:
    """Throw the draft away."""
    draft_discard(actor=cast(User, request.user))
    messages.success(request, _("The draft is thrown away."))
    return redirect("desk")
