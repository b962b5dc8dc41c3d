"""Noting what a view shows: once the answer is made and before it is sent."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypedDict, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from audit.models import Act
from audit.services import note
from families.models import Person

R = TypeVar("R", bound=HttpResponseBase)


def noted(
    request: HttpRequest,
    response: R,
    *,
    act: Act = Act.READ,
    families: Collection[int] = (),
    persons: Collection[int] = (),
    detail: Mapping[str, Any] | None = None,
) -> R:
    """The response, after who saw whom is in the trace; a redirect shows nothing and is not noted.

    Should the note fail, its error goes out instead of the answer: nobody sees what cannot be noted.
    """
    if not 300 <= response.status_code < 400:
        thing, thing_id = place_of(request)
        note(act=act, families=families, persons=persons, thing=thing, thing_id=thing_id, detail=detail)
    return response


class Shown(TypedDict):
    """Whom an answer shows: the keys of families and persons."""

    families: list[int]
    persons: list[int]


def whom(rows: Iterable[Any]) -> Shown:
    """Whom these rows of an organization's data are about, by the way from each to its family (`family_path`)."""
    shown = Shown(families=[], persons=[])
    for row in rows:
        family = row
        for step in row.family_path.split("__"):
            family = getattr(family, step)
        shown["families"].append(family)
        person = row.pk if isinstance(row, Person) else getattr(row, "person_id", None)
        if person is not None:
            shown["persons"].append(person)
    return shown


def place_of(request: HttpRequest) -> tuple[str, int | None]:
    """The name of the page that was asked for (of the API, its route), and the number in its address."""
    match = request.resolver_match
    if match is None:
        return "", None
    pk = match.kwargs.get("pk")
    return match.view_name if match.url_name else match.route, pk if isinstance(pk, int) and pk < 2**63 else None
