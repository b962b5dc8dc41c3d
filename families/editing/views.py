"""Pages on which the facts of a person are put on file, changed, and taken off."""

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import access_family, access_person
from accounts.models import User
from accounts.permissions import Permission, require
from audit.readings import noted
from config import clock
from families.editing import selectors
from families.editing.answering import Task, answer
from families.editing.forms import FactForm, LinkForm, initial_of
from families.editing.removing import Removal, removal
from families.editing.sheets import NEW_PERSON, PERSON, SHEETS, Sheet
from families.models import Person
from families.proposals.rows import owner_of, values_of
from families.services import fact_add, fact_remove, fact_update, person_add, person_update
from families.tables import FACTS

_VERBS = ("GET", "HEAD", "POST")


@require_http_methods(_VERBS)
@login_required
def person_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Who a person is, what is known of them, and how to reach them."""
    actor = _may_change(request)
    person = selectors.access_fact(actor, "person", pk)
    service = partial(person_update, person_id=pk)
    without = selectors.lists_with_rows(person)
    return answer(request, _change(request, PERSON, person, service, without=without))


@require_http_methods(_VERBS)
@login_required
def person_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A further person of the family."""
    actor = _may_change(request)
    family = access_family(actor, pk)
    form = FactForm(
        NEW_PERSON, request.POST or None, on_file=False, initial={"reference": selectors.next_number(family)}
    )
    common: dict[str, Any] = {"actor": actor, "family_id": pk, "day": clock.today()}
    return answer(
        request,
        Task(
            title=NEW_PERSON.title,
            heading=_("Family %(reference)s") % {"reference": family.reference},
            about=NEW_PERSON.title,
            family=family,
            kind="person",
            form=form,
            look_ahead=lambda: selectors.person_preview(values=form.typed(), **common),
            save=lambda: person_add(values=form.typed(), key=form.write_key(), **common),
        ),
    )


@require_http_methods(_VERBS)
@login_required
def fact_new(request: HttpRequest, pk: int) -> HttpResponse:
    """A fact not on file yet; `?kind=` says of which kind, and without it the page offers those that there are."""
    actor = _may_change(request)
    person = access_person(actor, pk)
    sheet = SHEETS.get(request.GET.get("kind", ""))
    if sheet is None or person.role not in sheet.whose:
        kinds = [one for one in SHEETS.values() if person.role in one.whose]
        response = render(request, "editing/kinds.html", {"person": person, "family": person.family, "kinds": kinds})
        return noted(request, response, families=[person.family_id], persons=[pk])
    return answer(request, _addition(request, sheet, person))


def _addition(request: HttpRequest, sheet: Sheet, person: Person) -> Task:
    actor = cast(User, request.user)
    adults = selectors.adults_of(actor, person) if sheet.kind == "parent_link" else []
    posted = request.POST or None
    form = LinkForm(sheet, adults, posted) if sheet.kind == "parent_link" else FactForm(sheet, posted, on_file=False)
    common: dict[str, Any] = {"actor": actor, "kind": sheet.kind, "day": clock.today()}

    def save() -> int:
        return fact_add(
            person_id=person.pk, values=form.values(), key=form.write_key(), parent_id=form.parent_id(), **common
        )

    return Task(
        title=_("Put on file: %(what)s") % {"what": sheet.title},
        heading=person.full_name,
        about=sheet.title,
        family=person.family,
        kind=sheet.kind,
        form=form,
        look_ahead=lambda: selectors.addition_preview(
            person=person, values=form.values(), parent_id=form.parent_id(), **common
        ),
        save=save,
        person=person,
        rest=[pk for pk, _name in adults],
    )


@require_http_methods(_VERBS)
@login_required
def fact(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """A fact on file: change it, or (`?off`) take it off file."""
    actor = _may_change(request)
    row = selectors.access_fact(actor, kind, pk)
    if "off" in request.GET:
        return _removal(request, kind, row)
    return answer(request, _change(request, SHEETS[kind], row, partial(fact_update, kind=kind, pk=pk)))


def _change(request: HttpRequest, sheet: Sheet, row: Any, service: Any, *, without: Sequence[str] = ()) -> Task:
    actor, day = cast(User, request.user), clock.today()
    person = owner_of(sheet.kind, row)
    initial = initial_of(values_of(sheet.kind, row), row.version)
    form = FactForm(sheet, request.POST or None, initial=initial, without=without)

    def save() -> int:
        found: int = service(
            actor=actor,
            version=form.cleaned_data["version"] or 0,
            values=form.values(),
            key=form.write_key(),
            day=day,
            erase=form.erased(),
            reason=form.cleaned_data["reason"],
        )
        return found

    other = getattr(row, "parent", None)
    return Task(
        title=_("Change: %(what)s") % {"what": sheet.title},
        heading=person.full_name,
        about=_("%(what)s: %(name)s") % {"what": sheet.title, "name": other.full_name} if other else sheet.title,
        family=person.family,
        kind=sheet.kind,
        form=form,
        look_ahead=lambda: selectors.change_preview(
            actor=actor, kind=sheet.kind, row=row, values=form.values(), day=day, erase=form.erased()
        ),
        save=save,
        person=person,
        row=row.pk,
        take_off="?off" if sheet.kind in FACTS else "",
        rest=[other.pk] if other else (),
    )


def _removal(request: HttpRequest, kind: str, row: Any) -> HttpResponse:
    """What is on file, what taking it off would mean, and why: an act of its own."""
    remove = partial(fact_remove, actor=cast(User, request.user), kind=kind, pk=row.pk, day=clock.today())
    rest = [row.parent_id] if kind == "parent_link" else []
    return removal(request, Removal(SHEETS[kind].title, kind, row, remove, rest))


def _may_change(request: HttpRequest) -> User:
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_CHANGE)
    return actor
