"""The pages on which facts are typed, whichever they are: the form, what it would change, the conflict, the way on."""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.errors import Conflict, Invalid
from accounts.models import User
from audit.readings import noted
from config.words import list_text
from families.editing.comparison import conflict_rows, previews
from families.editing.forms import RecordForm
from families.models import Family, Person
from families.proposals.effect import Effect
from families.proposals.models import Proposal
from families.proposals.page import in_order, label_of, plain_cards
from families.proposals.selectors import waiting_for
from settlement import wording

Text = str | Promise


class Task(NamedTuple):
    """What a page is about: whose facts, the form, how to look ahead and how to save. `row` is the key of a row that is
    on file; `rest` names further persons whom the page shows."""

    title: Text
    heading: str
    about: Text
    family: Family
    kind: str
    form: RecordForm
    look_ahead: Callable[[], Effect]
    save: Callable[[], int]
    person: Person | None = None
    row: int | None = None
    take_off: str = ""
    rest: Collection[int] = ()


def answer(request: HttpRequest, task: Task) -> HttpResponse:
    """The page for what was asked, noted with whom it shows."""
    persons = [*([task.person.pk] if task.person else []), *task.rest]
    return noted(request, _page(request, task), families=[task.family.pk], persons=persons)


def _page(request: HttpRequest, task: Task) -> HttpResponse:
    form = task.form
    context: dict[str, Any] = {
        "task": task,
        "form": form,
        "family": task.family,
        "other_law": wording.OTHER_LAW_SHORT,
    }
    context["waiting"] = waiting_card(request, task.kind, task.row)
    if request.method != "POST":
        return render(request, "editing/record.html", context)
    if form.is_valid():
        try:
            if "save" in request.POST:
                return saved(request, task.family, task.kind, task.save())
            context |= told(task.kind, task.look_ahead())
        except Invalid as refusal:
            form.refuse(refusal)
        except Conflict as conflict:
            context |= conflict_rows(form, conflict)
            return render(request, "editing/conflict.html", context, status=409)
    if getattr(request, "htmx", False):
        return render(request, "editing/_preview.html", context)
    return render(request, "editing/record.html", context, status=422 if form.errors else 200)


def waiting_card(request: HttpRequest, kind: str, row: int | None) -> Any:
    """What waits for a second person about this row; None for nothing."""
    actor = cast(User, request.user)
    found = waiting_for(actor, kind, row) if row is not None else None
    return plain_cards([found], actor.pk)[0] if found else None


def told(kind: str, effect: Effect) -> dict[str, Any]:
    """An effect as the pages show it."""
    waits = _labels(kind, effect.waits) or (_("taking it off file") if effect.whole else "")
    return {"previews": previews(effect.persons), "waits": waits}


def saved(request: HttpRequest, family: Family, kind: str, row: int) -> HttpResponse:
    """On to the family, where it is said what was saved and what waits."""
    waiting = waiting_for(cast(User, request.user), kind, row)
    if waiting is None:
        messages.success(request, _("Saved. The answers below are as of now, for everybody in the family."))
    elif waiting.how == Proposal.How.REMOVE:
        messages.success(
            request,
            _(
                "This waits until an attorney or a supervisor who did not type it has confirmed that it is taken off "
                "file. Until then the answers below hold."
            ),
        )
    else:
        messages.success(request, _waits_text(waiting))
    return redirect(reverse("family", args=[family.pk]))


def _waits_text(proposal: Proposal) -> str:
    return _(
        "Saved. This waits until an attorney or a supervisor who did not type it has confirmed it: %(fields)s. "
        "Until then the answers below hold."
    ) % {"fields": _labels(proposal.kind, proposal.values) or proposal.get_kind_display()}


def _labels(kind: str, fields: Collection[str]) -> str:
    """These fields in words, in the order of the forms."""
    return list_text([str(label_of(kind, name)) for name in in_order(kind, fields)])
