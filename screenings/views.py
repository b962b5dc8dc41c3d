"""Recording what became of a screening: the form, what it would change before it is saved, and conflicts."""

from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import access_person, access_screening
from accounts.models import User
from accounts.permissions import Permission, require
from config import clock
from families.editing.answering import Task, answer
from families.editing.forms import initial_of
from families.editing.removing import Removal, removal
from screenings.forms import OutcomeForm
from screenings.outcome import current_values, review_of
from screenings.selectors import outcome_preview
from screenings.services import screening_add, screening_record, screening_remove


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the outcome of a screening on file, or (`?off`) take it off file."""
    actor = cast(User, request.user)
    require(actor, Permission.SCREENING_OUTCOME_RECORD)
    screening = access_screening(actor, pk)
    if "off" in request.GET:
        remove = partial(screening_remove, actor=actor, screening_id=pk, day=clock.today())
        return removal(request, Removal(screening.get_basis_display(), "screening", screening, remove))
    person = screening.person
    initial = initial_of(current_values(screening, review_of(screening)), screening.version)
    form = OutcomeForm(person, request.POST or None, screening=screening, initial=initial)
    common: dict[str, Any] = {"actor": actor, "screening_id": pk, "day": clock.today()}

    def save() -> int:
        return screening_record(
            version=form.cleaned_data["version"] or 0,
            values=form.values(),
            key=form.write_key(),
            erase=form.erased(),
            reason=form.cleaned_data["reason"],
            **common,
        )

    return answer(
        request,
        Task(
            title=_("Record an outcome"),
            heading=person.full_name,
            about=screening.get_basis_display(),
            family=person.family,
            kind="screening",
            form=form,
            look_ahead=lambda: outcome_preview(values=form.values(), erase=form.erased(), **common),
            save=save,
            person=person,
            row=pk,
            take_off="?off",
        ),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a screening on file that is not there yet."""
    actor = cast(User, request.user)
    require(actor, Permission.SCREENING_OUTCOME_RECORD)
    person = access_person(actor, pk)
    form = OutcomeForm(person, request.POST or None)
    common: dict[str, Any] = {"actor": actor, "person_id": pk, "day": clock.today()}
    return answer(
        request,
        Task(
            title=_("Record an outcome"),
            heading=person.full_name,
            about=_("A screening not on file yet"),
            family=person.family,
            kind="screening",
            form=form,
            look_ahead=lambda: outcome_preview(values=form.values(), **common),
            save=lambda: screening_add(values=form.values(), key=form.write_key(), **common),
            person=person,
        ),
    )
