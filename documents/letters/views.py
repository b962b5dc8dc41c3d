"""The letters of a family, one letter, and what is done with it."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.models import Act
from audit.readings import Shown, noted
from config import clock
from documents.letters.forms import LetterForm, SendForm
from documents.letters.kinds import BASES, languages
from documents.letters.markup import blocks
from documents.letters.models import Language, Letter, LetterKind
from documents.letters.rendering import NotRenderedError, pdf
from documents.letters.selectors import OPEN, access_letter, earlier_texts, letters_page, staleness
from documents.letters.services import (
    letter_approve,
    letter_change,
    letter_draft,
    letter_renew,
    letter_reopen,
    letter_send,
    letter_withdraw,
)
from families.models import Person
from settlement import guidance

Text = str | Promise


class Choice(NamedTuple):
    """A letter that can be drafted with one click."""

    kind: str
    label: Text
    language: str
    in_language: str


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def letters(request: HttpRequest, pk: int) -> HttpResponse:
    """The letters of a family, and those that fit each person; sent to, it makes a draft."""
    actor = cast(User, request.user)
    errors: list[str] = []
    if request.method == "POST":
        require(actor, Permission.LETTER_DRAFT_WRITE)
    detail, offers, found = letters_page(actor, pk, clock.today())
    if request.method == "POST":
        person = next((one.person for one in offers if str(one.person.pk) == request.POST.get("person")), None)
        try:
            return redirect("letter", _drafted(request, actor, person))
        except Invalid as refusal:
            errors = list(refusal.errors.values())
    context = {
        "family": detail.family,
        "letters": found,
        "offers": [(one.person, _choices(one.fits), _choices(one.others)) for one in offers],
        "may_draft": allows(actor, Permission.LETTER_DRAFT_WRITE),
        "may_templates": allows(actor, Permission.LETTER_TEMPLATE_CHANGE),
        "errors": errors,
        "key": uuid.uuid4().hex,
    }
    response = render(request, "documents/letters.html", context, status=422 if errors else 200)
    return noted(request, response, families=[pk], persons=[person.pk for person in detail.persons])


def _drafted(request: HttpRequest, actor: User, person: Person | None) -> int:
    if person is None:
        raise Invalid({"person": _("Choose a person of this family.")})
    kind, language = request.POST.get("kind", ""), request.POST.get("language", "")
    key = f"{request.POST.get('key', '')[:64]}:{person.pk}:{kind[:30]}:{language[:2]}"
    return letter_draft(actor=actor, person_id=person.pk, kind=kind, language=language, key=key, day=clock.today())


def _choices(kinds: list[str]) -> list[Choice]:
    return [
        Choice(kind, LetterKind(kind).label, language, Language(language).label if len(languages(kind)) > 1 else "")
        for kind in kinds
        for language in languages(kind)
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """One letter as it will be on paper; sent to, it changes the text of a draft."""
    actor = cast(User, request.user)
    if request.method != "POST":
        return _page(request, pk)
    require(actor, Permission.LETTER_DRAFT_WRITE)
    found = access_letter(actor, pk)
    form = LetterForm(request.POST, initial=_initial(found))
    if not form.is_valid():
        return _page(request, pk, 422, form=form)
    try:
        letter_change(actor=actor, letter_id=pk, version=form.seen(), values=form.values(), key=form.write_key())
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(request, pk, 422, form=form)
    except Conflict as conflict:
        again = LetterForm(form.after(conflict), initial=_initial(found))
        return _page(request, pk, 409, form=again, conflict=conflict, theirs=blocks(conflict.current["body"]))
    messages.success(request, _("Saved."))
    return redirect("letter", pk)


def _initial(found: Letter) -> dict[str, Any]:
    return {"title": found.title, "body": found.body, "version": found.version}


@require_POST
@login_required
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """An attorney stands by the letter."""
    require(cast(User, request.user), Permission.LETTER_APPROVAL_GIVE)

    def act(given: dict[str, Any]) -> int:
        return letter_approve(**given, day=clock.today())

    return _done(request, pk, act, _("Approved. The letter may leave the office."))


@require_POST
@login_required
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """What else is done with a letter: `act` is renew, keep, send, reopen or withdraw."""
    require(cast(User, request.user), Permission.LETTER_DRAFT_WRITE)
    day, post = clock.today(), request.POST
    acts: dict[str, tuple[Callable[[dict[str, Any]], int], str]] = {
        "renew": (lambda given: letter_renew(**given, keep_text=False, day=day), _("The text was made anew.")),
        "keep": (lambda given: letter_renew(**given, keep_text=True, day=day), _("The text stands as it is.")),
        "send": (
            lambda given: letter_send(
                **given, values={name: post.get(name, "") for name in ("sent_on", "how")}, day=day
            ),
            _("Saved."),
        ),
        "reopen": (lambda given: letter_reopen(**given), _("The letter is a draft again.")),
        "withdraw": (
            lambda given: letter_withdraw(**given, reason=post.get("reason", "")[:2000]),
            _("Withdrawn. The letter stays on file."),
        ),
    }
    chosen = acts.get(post.get("act", ""))
    if chosen is None:
        return _page(request, pk, 422, errors=[_("Choose what is to be done with the letter.")])
    return _done(request, pk, *chosen)


def _done(request: HttpRequest, pk: int, act: Callable[[dict[str, Any]], int], said: str) -> HttpResponse:
    """Ask the service; back to the letter, or the letter with what is wrong and with what was typed."""
    actor, post = cast(User, request.user), request.POST
    version = post.get("version", "")
    given = {
        "actor": actor,
        "letter_id": pk,
        "version": int(version) if version.isdecimal() and len(version) < 10 else -1,
        "key": post.get("key", "")[:64] or None,
    }
    try:
        act(given)
    except Invalid as refusal:
        send = SendForm(post) if post.get("act") == "send" else None
        return _page(request, pk, 422, errors=list(dict.fromkeys(refusal.errors.values())), send=send)
    except Conflict:
        told = _("Someone else changed this letter while you had it open. Nothing of yours was done: look at it again.")
        return _page(request, pk, 409, errors=[told])
    messages.success(request, said)
    return redirect("letter", pk)


@require_safe
@login_required
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as PDF, with its mark until it is approved."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    found = access_letter(actor, pk)
    try:
        made = pdf(found, office=actor.organization.name)
    except NotRenderedError:
        told = _("The PDF could not be made just now. Print this page instead, or try again.")
        return _page(request, pk, 503, errors=[told])
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{pk}.pdf"'
    response["Cache-Control"] = "no-store"
    return noted(request, response, act=Act.DOWNLOADED, **_whom(found))


def _whom(found: Letter) -> Shown:
    """A letter may name everybody in the family."""
    persons = Person.objects.filter(family_id=found.family_id).values_list("pk", flat=True)
    return Shown(families=[found.family_id], persons=list(persons))


def _page(request: HttpRequest, pk: int, status: int = 200, **context: Any) -> HttpResponse:
    actor, day = cast(User, request.user), clock.today()
    require(actor, Permission.FAMILY_RECORD_VIEW)
    found = access_letter(actor, pk)
    stale = staleness(actor, found, day)[0] if found.state in OPEN else None
    may_draft = allows(actor, Permission.LETTER_DRAFT_WRITE)
    shown = {
        "letter": found,
        "blocks": blocks(found.body),
        "stale": stale,
        "basis": [(one, guidance.basis_text(one.letter)) for one in BASES[found.kind]],
        "earlier": [(state, blocks(state.body)) for state in earlier_texts(found)],
        "may_draft": may_draft,
        "may_approve": allows(actor, Permission.LETTER_APPROVAL_GIVE),
        "form": LetterForm(initial=_initial(found)) if may_draft and found.state == Letter.State.DRAFT else None,
        "send": SendForm(initial={"sent_on": day}),
        "key": uuid.uuid4().hex,
    }
    given = {name: value for name, value in context.items() if value is not None}
    response = render(request, "documents/letter.html", {**shown, **given}, status=status)
    return noted(request, response, **_whom(found))
