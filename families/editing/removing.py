"""The page on which a row is taken off file: what it says, what taking it off would mean, and why it never was so."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise

from accounts.errors import Conflict, Invalid
from accounts.models import User
from audit.readings import noted
from config import clock
from families.editing.answering import saved, told, waiting_card
from families.editing.forms import RemovalForm
from families.editing.selectors import removal_preview
from families.proposals.page import lines_of_row
from families.proposals.rows import owner_of
from settlement import wording

Text = str | Promise


class Removal(NamedTuple):
    """A row that may be taken off file: what it is, its kind of fact, and the service, which is given `version`,
    `reason` and `key`. `rest` names further persons whom the page shows."""

    title: Text
    kind: str
    row: Any
    remove: Callable[..., int]
    rest: Collection[int] = ()


def removal(request: HttpRequest, asked: Removal) -> HttpResponse:
    """The page, and the act: an act of its own, with a reason."""
    kind, row = asked.kind, asked.row
    person = owner_of(kind, row)
    form = RemovalForm(request.POST or None, initial={"version": row.version})
    status, moved_on = 200, False
    if request.method == "POST" and form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("version", "reason", "key")}
        try:
            asked.remove(version=given["version"] or 0, reason=given["reason"], key=given["key"] or None)
            return saved(request, person.family, kind, row.pk)
        except Invalid as refusal:
            form.refuse(refusal)
            status = 422
        except Conflict:
            form = RemovalForm(initial={"version": row.version, "reason": given["reason"]})
            moved_on, status = True, 409
    effect = removal_preview(actor=cast(User, request.user), kind=kind, row=row, day=clock.today())
    context: dict[str, Any] = {
        "form": form,
        "moved_on": moved_on,
        "person": person,
        "family": person.family,
        "title": asked.title,
        "lines": lines_of_row(kind, row),
        "waiting": waiting_card(request, kind, row.pk),
        "other_law": wording.OTHER_LAW_SHORT,
        **told(kind, effect),
    }
    response = render(request, "editing/remove.html", context, status=status)
    return noted(request, response, families=[person.family_id], persons=[person.pk, *asked.rest])
