"""What a client takes home, on one page: their dates, what was said to them and when, what not to sign, whom to call.

No answer of the engine stands on it, nor a result: these are an attorney's to tell (practice, section 4.2 and Q26).
"""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import User
from audit.readings import noted
from config import clock
from families.contacts.models import ContactAttempt
from families.models import Person
from families.onfile import masked
from families.page import short_names
from families.selectors import FamilyDetail, family_detail

Text = str | Promise
TOLD = 6
"""How many of the last talks stand on the page."""

_DATES: Final[Mapping[str, Text]] = {
    "orientation": gettext_lazy("Orientation before the interview, by this day"),
    "judge_review": gettext_lazy("A judge looks at the case again, by this day"),
    "return_request": gettext_lazy("The request to return is sent, by this day"),
    "return_answer": gettext_lazy("The government answers the request to return, by this day"),
    "asylum_filing": gettext_lazy("The asylum application is filed, by this day"),
    "appeal": gettext_lazy("The appeal is filed, by this day"),
}


class Date(NamedTuple):
    """A day to keep: when, whose, and what."""

    on: datetime.date
    name: str
    what: Text


class Member(NamedTuple):
    """Somebody of the family: the A-number only by its last three digits."""

    name: str
    role: str
    number: str


class Paper(NamedTuple):
    """All that the page shows."""

    members: list[Member]
    dates: list[Date]
    told: list[ContactAttempt]


@require_safe
@login_required
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of a family, or (`?person=`) of one person, in English or Spanish (`?language=`)."""
    detail = family_detail(cast(User, request.user), pk, clock.today())
    asked = request.GET.get("person", "")
    persons = [person for person in detail.persons if not asked or str(person.pk) == asked]
    if not persons:
        raise Http404
    day = clock.today()
    language = request.GET.get("language", "")
    if language not in ("en", "es"):
        language = "en" if all("english" in person.language.casefold() for person in persons) else "es"
    with translation.override(language):
        context = {
            "family": detail.family,
            "paper": _paper(detail, persons, day),
            "persons": detail.persons,
            "asked": asked,
            "language": language,
            "day": day,
        }
        response = render(request, "families/paper.html", context)
    return noted(request, response, families=[pk], persons=[person.pk for person in persons])


def _paper(detail: FamilyDetail, persons: Sequence[Person], day: datetime.date) -> Paper:
    names = short_names(detail.persons)
    shown = {person.reference for person in persons}
    keys = {person.pk for person in persons}
    dates = [*_planned(detail.facts["persons"], names, day), *_due(detail.decision["deadlines"], names, day)]
    told = [row for row in detail.attempts if row.person_id in keys and row.said]
    return Paper(
        members=[
            Member(person.full_name or person.reference, person.get_role_display(), masked(person.a_number))
            for person in persons
        ],
        dates=sorted(date for reference, date in dates if reference in shown),
        told=[row for row in told if row.outcome == ContactAttempt.Outcome.REACHED][:TOLD],
    )


def _planned(persons: Sequence[Mapping[str, Any]], names: Mapping[str, str], day: datetime.date) -> Iterator[Any]:
    for person in persons:
        for item in person.get("screenings") or ():
            on = datetime.date.fromisoformat(item["interview_on"]) if item.get("interview_on") else None
            if on is not None and on >= day and item["status"] in ("requested", "scheduled"):
                what = _("Interview with an asylum officer")
                yield person["id"], Date(on, names[person["id"]], what)


def _due(deadlines: Sequence[Mapping[str, Any]], names: Mapping[str, str], day: datetime.date) -> Iterator[Any]:
    """Days ahead that follow from what is in force; what waits for a second person is not said to a client."""
    for line in deadlines:
        on = datetime.date.fromisoformat(line["act_by"])
        if on >= day and not line["missed"] and not line.get("if_confirmed"):
            yield line["person"], Date(on, names[line["person"]], str(_DATES[line["id"]]))
