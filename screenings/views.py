"""Recording what became of a screening: see what it would change, save it, settle it when someone else saved first."""

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import access_person, access_screening
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from audit.readings import noted
from config import clock
from config.words import list_text
from families.models import Person
from families.proposals.models import Proposal
from families.proposals.page import label_of, plain_cards
from families.proposals.selectors import waiting_for
from screenings.comparison import conflict_rows, previews
from screenings.forms import OutcomeForm, initial_of
from screenings.models import Screening
from screenings.outcome import current_values, review_of
from screenings.selectors import OutcomePreview, outcome_preview
from screenings.services import screening_add, screening_record
from settlement import wording


class Task(NamedTuple):
    """What the page is about: the person, the form, how to look ahead, and how to save."""

    person: Person
    title: str
    form: OutcomeForm
    look_ahead: Callable[[], OutcomePreview]
    save: Callable[[], int]
    screening: Screening | None = None


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the outcome of a screening on file."""
    actor = cast(User, request.user)
    require(actor, Permission.SCREENING_OUTCOME_RECORD)
    screening = access_screening(actor, pk)
    day = clock.today()
    initial = initial_of(current_values(screening, review_of(screening)), screening.version)
    form = OutcomeForm(screening.person, request.POST or None, screening=screening, initial=initial)

    def save() -> int:
        return screening_record(
            actor=actor,
            screening_id=pk,
            version=form.cleaned_data["version"] or 0,
            values=form.values(),
            key=form.write_key(),
            day=day,
            erase=form.erased(),
            reason=form.cleaned_data["reason"],
        )

    return _answer(
        request,
        Task(
            screening.person,
            screening.get_basis_display(),
            form,
            lambda: outcome_preview(actor=actor, values=form.values(), day=day, screening_id=pk, erase=form.erased()),
            save,
            screening,
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a screening on file that is not there yet."""
    actor = cast(User, request.user)
    require(actor, Permission.SCREENING_OUTCOME_RECORD)
    person = access_person(actor, pk)
    day = clock.today()
    form = OutcomeForm(person, request.POST or None)
    return _answer(
        request,
        Task(
            person,
            _("A screening not on file yet"),
            form,
            lambda: outcome_preview(actor=actor, values=form.values(), day=day, person_id=pk),
            lambda: screening_add(actor=actor, person_id=pk, values=form.values(), key=form.write_key(), day=day),
        ),
    )


def _answer(request: HttpRequest, task: Task) -> HttpResponse:
    """The page, noted with whom it shows."""
    return noted(request, _page(request, task), families=[task.person.family_id], persons=[task.person.pk])


def _page(request: HttpRequest, task: Task) -> HttpResponse:
    """The page for what was asked: the form, what it would change, the conflict, or the family once it is saved."""
    form = task.form
    family, other_law = task.person.family, wording.OTHER_LAW_SHORT
    context: dict[str, Any] = {"task": task, "form": form, "family": family, "other_law": other_law}
    actor = cast(User, request.user)
    if task.screening is not None and (found := waiting_for(actor, "screening", task.screening.pk)):
        [context["waiting"]] = plain_cards([found], actor.pk)
    if request.method != "POST":
        return render(request, "screenings/record.html", context)
    if form.is_valid():
        try:
            if "save" in request.POST:
                return _saved(request, task, task.save())
            preview = task.look_ahead()
            context |= {"previews": previews(preview.persons), "waits": _labels(preview.waits)}
        except Invalid as refusal:
            form.refuse(refusal)
        except Conflict as conflict:
            context |= conflict_rows(form, conflict)
            return render(request, "screenings/conflict.html", context, status=409)
    if getattr(request, "htmx", False):
        return render(request, "screenings/_preview.html", context)
    return render(request, "screenings/record.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, task: Task, pk: int) -> HttpResponse:
    waiting = waiting_for(cast(User, request.user), "screening", pk)
    if waiting is None:
        messages.success(request, _("Saved. The answers below are as of now, for everybody in the family."))
    else:
        messages.success(request, _waits_text(waiting))
    return redirect(reverse("family", args=[task.person.family_id]))


def _waits_text(proposal: Proposal) -> str:
    return _(
        "Saved. This waits until an attorney or a supervisor who did not type it has confirmed it: %(fields)s. "
        "Until then the answers below hold."
    ) % {"fields": _labels(frozenset(proposal.values))}


def _labels(fields: frozenset[str]) -> str:
    """These fields of a screening in words, in the order of the form."""
    order = [*OutcomeForm.base_fields, "judge_review"]
    return list_text([str(label_of("screening", name)) for name in sorted(fields, key=order.index)])
