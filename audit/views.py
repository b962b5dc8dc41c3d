"""The trace on a page, and as a file: "What of this family did that colleague see or do between two days?" """

import csv
import json
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.permissions import Permission, require
from audit.forms import TrailForm
from audit.models import Act
from audit.readings import noted
from audit.selectors import (
    Row,
    colleagues,
    families_in,
    family_named,
    family_number,
    in_chunks,
    page_of,
    rows_of,
    trail,
    walled_off,
)
from config import clock
from config.text import safe_cell


class _Echo:
    """A file that gives each line back."""

    def write(self, line: str) -> str:
        return line


def _form(request: HttpRequest) -> tuple[User, TrailForm]:
    """Who asks, and for what. Raises `PermissionDenied`, and `Http404` for a family behind a wall."""
    actor = cast(User, request.user)
    require(actor, Permission.AUDIT_TRAIL_VIEW)
    form = TrailForm(colleagues(actor), request.GET)
    if form.is_valid() and form.cleaned_data["family"] in walled_off(actor):
        raise Http404
    return actor, form


@require_safe
@login_required
def trace(request: HttpRequest) -> HttpResponse:
    """Who did what, and who saw whom, the newest first."""
    actor, form = _form(request)
    context: dict[str, Any] = {"form": form, "rows": []}
    status = 422
    if form.is_valid():
        status = 200
        number = form.cleaned_data["page"] or 1
        entries, more = page_of(trail(actor, form.asked()), number)
        query = request.GET.copy()
        query.pop("page", None)
        context |= {
            "rows": rows_of(actor, entries),
            "query": query.urlencode(),
            "older": number + 1 if more else None,
            "newer": number - 1 if number > 1 else None,
            "of_family": family_number(actor, form.cleaned_data["family"]),
        }
    response = render(request, "audit/trace.html", context, status=status)
    return noted(request, response, act=Act.LISTED, families=_shown(context["rows"]))


def _shown(rows: list[Row]) -> list[int]:
    return [key for row in rows for key, _number in row.families]


@require_POST
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """Lead to the trace of the family whose number was typed."""
    actor = cast(User, request.user)
    require(actor, Permission.AUDIT_TRAIL_VIEW)
    key = family_named(actor, request.POST.get("reference", "").strip())
    if key is None:
        messages.warning(request, _("There is no family with this number. Look at the number, and try again."))
        return redirect("trace")
    return redirect(f"{reverse('trace')}?family={key}")


@require_safe
@login_required
def export(request: HttpRequest) -> HttpResponseBase:
    """The same as a file, with moments in UTC, too."""
    actor, form = _form(request)
    if not form.is_valid():
        return redirect("trace")
    rows = trail(actor, form.asked())
    lines = _lines(in_chunks(actor, rows), translation.get_language())
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="trace-{clock.today().isoformat()}.csv"'
    return noted(request, response, act=Act.EXPORTED, families=families_in(actor, rows))


def _lines(rows: Iterator[Row], language: str) -> Iterator[str]:
    """The file line by line, in the language of who asked, whatever the server's thread does between two lines."""
    writer = csv.writer(_Echo())
    header = [
        _("When (UTC)"),
        _("When (at the office)"),
        _("Who"),
        _("Number of the account"),
        _("Role in the database"),
        _("What"),
        _("Of what"),
        _("Number"),
        _("Families"),
        _("Numbers of persons"),
        _("Before"),
        _("After"),
        _("Reason"),
        _("Request"),
    ]
    yield "\ufeff" + str(writer.writerow(header))
    for row in rows:
        with translation.override(language):
            cells = _cells(row)
        yield str(writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in cells]))


def _cells(row: Row) -> list[str | int | None]:
    entry = row.entry
    return [
        entry.at.isoformat(),
        timezone.localtime(entry.at).isoformat(timespec="seconds"),
        row.who,
        entry.actor_id,
        entry.by,
        str(entry.get_act_display()),
        row.thing,
        entry.thing_id,
        "; ".join(number for _key, number in row.families),
        "; ".join(map(str, entry.persons)),
        json.dumps(entry.before, ensure_ascii=False) if entry.before else None,
        json.dumps(entry.after, ensure_ascii=False) if entry.after else None,
        entry.reason,
        entry.request,
    ]
