"""The page of one person's papers, and the form for one of them."""

from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Change, Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, allows
from audit.readings import noted
from config import clock
from config.words import day_text, list_text
from documents.forms import PaperForm, text_of
from documents.models import Paper
from documents.selectors import Row, Shelf, papers_page
from documents.services import FIELDS, paper_record


class Now(NamedTuple):
    """A field that somebody else saved meanwhile and that was typed here as well: what is on file now."""

    label: str | Promise
    text: str


class Saved(NamedTuple):
    """Who saved in the meantime, when, and which fields."""

    change: Change
    fields: str


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def papers(request: HttpRequest, pk: int) -> HttpResponse:
    """All papers of a person; with `?kind=` the form for one of them, which is sent to the same address."""
    actor = cast(User, request.user)
    shelf, rows = papers_page(actor, pk)
    kind = (request.POST if request.method == "POST" else request.GET).get("kind", "")
    row = next((row for row in rows if row.kind == kind), None)
    if kind and row is None:
        raise Http404
    if row is None:
        return _page(request, shelf, rows)
    form = PaperForm(kind, row.paper, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _saved(request, shelf, rows, row, form)
    return _page(request, shelf, rows, status=422 if form.errors else 200, row=row, form=form)


def _saved(request: HttpRequest, shelf: Shelf, rows: list[Row], row: Row, form: PaperForm) -> HttpResponse:
    """Save it, and back to the list; or the form again, with what is wrong or with what a colleague saved first."""
    try:
        paper_record(
            actor=cast(User, request.user),
            person_id=shelf.person.pk,
            kind=row.kind,
            version=form.seen(),
            values=form.values(),
            key=form.write_key(),
            day=clock.today(),
            erase=form.erased(),
            reason=form.cleaned_data.get("reason", ""),
        )
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(request, shelf, rows, status=422, row=row, form=form)
    except Conflict as conflict:
        again = PaperForm(row.kind, row.paper, form.after(conflict))
        extra = {"now": _now(form, conflict), "saved": _who(form, conflict)}
        return _page(request, shelf, rows, status=409, row=row, form=again, conflict=extra)
    messages.success(request, _("Saved."))
    return redirect(reverse("papers", args=[shelf.person.pk]))


def _now(form: PaperForm, conflict: Conflict) -> list[Now]:
    found = []
    for name, typed in form.values().items():
        value = conflict.current.get(name)
        if text_of(value) != typed:
            found.append(Now(form.fields[name].label or name, _shown(name, value)))
    return found


def _shown(name: str, value: Any) -> str:
    if not value:
        return _("not known")
    return str(Paper.State(value).label) if name == "state" else value if name == "note" else day_text(value)


def _who(form: PaperForm, conflict: Conflict) -> list[Saved]:
    labels = {name: str(field.label) for name, field in form.fields.items()}
    return [
        Saved(change, list_text([labels.get(name, name) for name in change.fields if name in FIELDS]))
        for change in conflict.changes
    ]


def _page(request: HttpRequest, shelf: Shelf, rows: list[Row], *, status: int = 200, **context: Any) -> HttpResponse:
    missing = set(shelf.missing)
    context |= {
        "person": shelf.person,
        "missing": [one for one in rows if one.kind in missing],
        "there": [one for one in rows if one.paper and one.kind not in missing],
        "others": [one for one in rows if not one.paper and one.kind not in missing],
        "may_change": allows(cast(User, request.user), Permission.FAMILY_RECORD_CHANGE),
    }
    response = render(request, "documents/papers.html", context, status=status)
    return noted(request, response, families=[shelf.person.family_id], persons=[shelf.person.pk])
