"""The pages that list families, persons and screenings, and the search box over them."""

import datetime
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.models import User
from accounts.permissions import Permission, allows
from audit.models import Act
from audit.readings import noted
from config.spreadsheets import FORMATS, Sheet, taken_out
from families.assigning import AssignForm
from families.export import families_sheet, people_sheet, screenings_sheet
from families.filters import FAMILIES, KINDS, PEOPLE, SCREENINGS, Filters
from families.list_rows import family_rows, person_rows, screening_rows
from families.listing import Asked, listing, page_of, read, tidied
from families.lists import (
    assignable,
    families_list,
    families_sorted,
    people_list,
    people_sorted,
    screenings_list,
)
from families.search import keep_search

SEARCHED = {FAMILIES.name: FAMILIES, PEOPLE.name: PEOPLE}


@require_safe
@listing
def families(request: HttpRequest) -> HttpResponseBase:
    """The families, filtered and in order, with boxes to assign them."""
    asked = read(request, FAMILIES)
    if tidy := tidied(request, asked):
        return tidy
    rows = families_list(asked.actor, asked.filters, asked.day)
    page = page_of(families_sorted(rows, asked.filters.sort, asked.day), request.GET)
    may_assign = allows(asked.actor, Permission.FAMILY_ASSIGNMENT_CHANGE)
    response = render(
        request,
        "families/list.html",
        {
            **asked.context(),
            "page": page,
            "rows": family_rows(asked.actor, list(page), asked.day),
            "assign_form": AssignForm(assignable(asked.actor)) if may_assign else None,
        },
    )
    return _listed(request, asked, response, [family.pk for family in page])


@require_safe
@listing
def people(request: HttpRequest) -> HttpResponseBase:
    """The persons, filtered and in order."""
    asked = read(request, PEOPLE)
    if tidy := tidied(request, asked):
        return tidy
    page = page_of(people_sorted(people_list(asked.actor, asked.filters, asked.day), asked.filters.sort), request.GET)
    response = render(
        request,
        "people/list.html",
        {
            **asked.context(),
            "page": page,
            "rows": person_rows(list(page), asked.day),
        },
    )
    return _listed(request, asked, response, [one.family_id for one in page], [one.pk for one in page])


@require_safe
@listing
def screenings(request: HttpRequest) -> HttpResponseBase:
    """The screenings whose outcome is awaited, each with the way to record it."""
    asked = read(request, SCREENINGS)
    if tidy := tidied(request, asked):
        return tidy
    page = page_of(screenings_list(asked.actor, asked.filters, asked.day), request.GET)
    rows = screening_rows(page, asked.day)
    response = render(request, "screenings/list.html", {**asked.context(), "page": page, "rows": rows})
    return _listed(request, asked, response, [one.person.family_id for one in page], [one.person_id for one in page])


def _listed(
    request: HttpRequest, asked: Asked, response: HttpResponse, families: Sequence[int], persons: Sequence[int] = ()
) -> HttpResponse:
    """The list, noted with whom it shows; of a search only that there was one."""
    detail = {"searched": True} if asked.filters.text else None
    return noted(request, response, act=Act.LISTED, families=families, persons=persons, detail=detail)


@require_http_methods(["GET", "HEAD", "POST"])
@listing
def search(request: HttpRequest, name: str) -> HttpResponseBase:
    """Keep what was typed in the session, and lead to the list with a key that says nothing.

    Who comes by GET (from signing in again, say) is led to the whole list.
    """
    kind = SEARCHED[name]
    if request.method != "POST":
        return redirect(kind.name)
    asked = read(request, kind)
    text = request.POST.get("text", "").strip()
    return redirect(asked.filters.address(kind.name, search=keep_search(request.session, text) if text else ""))


EXPORTS: Mapping[str, Callable[[User, Filters, datetime.date], Sheet[Any]]] = {
    FAMILIES.name: families_sheet,
    PEOPLE.name: people_sheet,
    SCREENINGS.name: screenings_sheet,
}


@require_safe
@listing
@fresh_sign_in_required
def export(request: HttpRequest, name: str) -> HttpResponseBase:
    """The named list as a file: CSV, or XLSX with `as=xlsx` in the address."""
    asked = read(request, KINDS[name], also={"as": FORMATS.__contains__})
    sheet = EXPORTS[name](asked.actor, asked.filters, asked.day)
    response = taken_out(sheet, request.GET.get("as", "csv"), asked.day)
    families, persons = _taken(name, asked)
    return noted(request, response, act=Act.EXPORTED, families=families, persons=persons)


def _taken(name: str, asked: Asked) -> tuple[set[int], set[int]]:
    """The families and persons that such a file shows; of families it gives the whole, whoever is in them."""
    given = (asked.actor, asked.filters, asked.day)
    if name == FAMILIES.name:
        return set(families_list(*given).values_list("pk", flat=True)), set()
    keys: Mapping[str, Callable[..., Any]] = {
        PEOPLE.name: lambda: people_list(*given).values_list("family_id", "pk"),
        SCREENINGS.name: lambda: screenings_list(*given).values_list("person__family_id", "person_id"),
    }
    shown = set(keys[name]())
    return {family for family, _person in shown}, {person for _family, person in shown}
