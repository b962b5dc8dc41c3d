"""The texts from which letters are made, and the list of the fields that may stand in them."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from documents.letters.examples import example_values
from documents.letters.fields import FIELDS, known
from documents.letters.forms import TemplateForm
from documents.letters.markup import blocks, filled
from documents.letters.models import Language, LetterKind
from documents.letters.selectors import Source, source_of, templates_page
from documents.letters.services import template_change, template_reset


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def templates(request: HttpRequest) -> HttpResponse:
    """All texts; with `?kind=&language=` one of them to change, which is sent to the same address."""
    actor = cast(User, request.user)
    require(actor, Permission.LETTER_TEMPLATE_CHANGE)
    asked = request.POST if request.method == "POST" else request.GET
    kind, language = asked.get("kind", ""), asked.get("language", "")
    if not kind:
        rows = [(LetterKind(one).label, Language(lang), one, source) for one, lang, source in templates_page(actor)]
        return render(request, "documents/templates.html", {"rows": rows})
    source = source_of(actor, kind, language)
    if source is None:
        raise Http404
    if request.method == "POST":
        return _sent(request, actor, kind, language, source)
    return _page(request, kind, language, source, TemplateForm(kind, initial=_initial(source)))


def _initial(source: Source) -> dict[str, Any]:
    return {"title": source.title, "body": source.body, "version": source.row.version if source.row else 0}


def _sent(request: HttpRequest, actor: User, kind: str, language: str, source: Source) -> HttpResponse:
    """Look at it, save it, or go back to the text that comes with Amparo."""
    form = TemplateForm(kind, request.POST, initial=_initial(source))
    valid = form.is_valid()
    of: dict[str, Any] = {"actor": actor, "kind": kind, "language": language}
    try:
        if "reset" in request.POST:
            template_reset(**of, version=form.seen(), key=f"reset:{request.POST.get('key', '')[:64]}")
            messages.success(request, _("The text that comes with Amparo is in use again."))
            return redirect("letter-templates")
        if valid and "save" in request.POST:
            template_change(
                **of, version=form.seen(), title=form.text("title"), body=form.text("body"), key=form.write_key()
            )
            messages.success(request, _("Saved. Letters are made from this text from now on."))
            return redirect("letter-templates")
    except Invalid as refusal:
        form.refuse(refusal)
    except Conflict as conflict:
        again = TemplateForm(kind, form.after(conflict), initial=_initial(source))
        theirs = blocks(str(conflict.current["body"]))
        return _page(request, kind, language, source, again, 409, conflict=conflict, theirs=theirs)
    return _page(request, kind, language, source, form, 422 if form.errors else 200)


def _page(
    request: HttpRequest, kind: str, language: str, source: Source, form: TemplateForm, status: int = 200, **more: Any
) -> HttpResponse:
    actor = cast(User, request.user)
    values = example_values(language=language, actor=actor)
    title, body = (form.text("title"), form.text("body")) if form.is_bound else (source.title, source.body)
    context = {
        "form": form,
        "kind": kind,
        "label": LetterKind(kind).label,
        "language": language,
        "language_name": Language(language).label,
        "own": source.version > 0,
        "title": filled(title, values),
        "blocks": blocks(filled(body, values)),
        "fields": [(name, FIELDS[name]) for name in known(kind)],
        **more,
    }
    fragment = getattr(request, "htmx", False) and "save" not in request.POST
    page = "documents/_sheet.html" if fragment else "documents/template.html"
    return render(request, page, context, status=200 if fragment else status)


@require_safe
@login_required
def fields(request: HttpRequest) -> HttpResponse:
    """Every field, what it is filled with, and an example from a made-up family."""
    actor = cast(User, request.user)
    require(actor, Permission.LETTER_TEMPLATE_CHANGE)
    values = example_values(language="es" if get_language() == "es" else "en", actor=actor)
    rows = [(name, field, values[name]) for name, field in FIELDS.items()]
    return render(request, "documents/fields.html", {"rows": rows})
