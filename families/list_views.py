"""The pages that list families, persons and deadlines, and the search box over them."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.asking_again import fresh_sign_in_required
from accounts.permissions import Permission, allows
from audit.models import Act
from audit.readings import noted
from families.assigning import AssignForm
from families.export import families_csv, people_csv
from families.filters import DEADLINES, FAMILIES, PEOPLE, SCREENINGS
from families.list_rows import deadline_rows, family_rows, person_rows, screening_rows
from families.listing import Asked, listing, page_of, read, tidied
from families.lists import (
    assignable,
    deadlines_list,
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
            "may_export": allows(asked.actor, Permission.EXPORT_FAMILIES_DOWNLOAD),
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
            "may_export": allows(asked.actor, Permission.EXPORT_FAMILIES_DOWNLOAD),
        },
    )
    return _listed(request, asked, response, [one.family_id for one in page], [one.pk for one in page])


@require_safe
@listing
def deadlines(request: HttpRequest) -> HttpResponseBase:
    """The deadlines, the nearest first."""
    asked = read(request, DEADLINES)
    if tidy := tidied(request, asked):
        return tidy
    page = page_of(deadlines_list(asked.actor, asked.filters, asked.day), request.GET)
    rows = deadline_rows(list(page), asked.day)
    response = render(request, "deadlines/list.html", {**asked.context(), "page": page, "rows": rows})
    return _listed(request, asked, response, [one.family_id for one in page], [one.person_id for one in page])


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


@require_safe
@listing
@fresh_sign_in_required
def families_export(request: HttpRequest) -> HttpResponseBase:
    """The list of families as a file."""
    asked = read(request, FAMILIES)
    response = families_csv(asked.actor, asked.filters, asked.day)
    shown = families_list(asked.actor, asked.filters, asked.day).values_list("pk", flat=True)
    return noted(request, response, act=Act.EXPORTED, families=list(shown))


@require_safe
@listing
@fresh_sign_in_required
def people_export(request: HttpRequest) -> HttpResponseBase:
    """The list of persons as a file."""
    asked = read(request, PEOPLE)
    response = people_csv(asked.actor, asked.filters, asked.day)
    shown = people_list(asked.actor, asked.filters, asked.day).values_list("family_id", "pk")
    families, persons = {family for family, _person in shown}, {person for _family, person in shown}
    return noted(request, response, act=Act.EXPORTED, families=families, persons=persons)
