"""Giving somebody's families, with their dates, to somebody else: chosen, looked at in numbers, then done at once."""

import datetime
import uuid
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from audit.models import Act
from audit.readings import noted
from config import clock
from deadlines.lists import Seen
from families.assigning import PLACES, AssignForm, Place
from families.filters import NOBODY, Kind, Office
from families.listing import listing, read
from families.lists import assignable, chosen_families, office_of
from families.models import Family
from families.services import family_assign

_WHOSE = Kind("board", PLACES, (), {"": ""})
"""Whose families are to be chosen from."""
_LONGEST_KEY = 18  # digits that PostgreSQL's bigint always holds


class Moved(NamedTuple):
    """A family with how many open dates it has, how many of these are overdue, and how many run by the hour."""

    family: Family
    dates: int
    overdue: int
    hours: int


class Load(NamedTuple):
    """How many families and open dates somebody has, and would have. `name` is theirs."""

    name: str
    families: int
    families_after: int
    dates: int
    dates_after: int


class Preview(NamedTuple):
    """What a move would do."""

    families: list[Moved]
    dates: int
    overdue: int
    hours: int
    loads: list[Load]


def _moved(actor: User, families: Sequence[Family], day: datetime.date, moment: datetime.datetime) -> list[Moved]:
    """The families with their numbers, in one query."""
    seen = Seen(actor, day, moment)
    here = Family.objects.visible_to(actor).filter(pk__in=[family.pk for family in families])
    counted = {
        pk: (dates, overdue, hours)
        for pk, dates, overdue, hours in here.annotate(
            n=Count("dates", filter=_open(Q())),
            overdue=Count("dates", filter=_open(seen.due("missed"))),
            hours=Count("dates", filter=_open(seen.amiss("hours"))),
        ).values_list("pk", "n", "overdue", "hours")
    }
    return [Moved(family, *counted[family.pk]) for family in families]


def _open(condition: Q) -> Q:
    """The condition of a date as one of a family's open dates."""
    return Q(dates__state="open") & _prefixed(condition)


def _prefixed(condition: Q) -> Q:
    found = Q(_connector=condition.connector, _negated=condition.negated)
    for child in condition.children:
        if isinstance(child, Q):
            found.children.append(_prefixed(child))
        else:
            name, value = cast("tuple[str, Any]", child)
            found.children.append((f"dates__{name}", value))
    return found


def move_preview(
    actor: User, families: Sequence[Family], given: dict[Place, int | None], names: dict[int, str]
) -> Preview:
    """What moves if these families get these people (None: nobody), with the loads of everybody who gives or gets."""
    rows = _moved(actor, families, clock.today(), clock.moment())
    loads = [load for place, new in given.items() for load in _loads(actor, rows, place, new, names)]
    total = Moved(rows[0].family, *(sum(column) for column in zip(*(row[1:] for row in rows), strict=True)))
    return Preview(rows, total.dates, total.overdue, total.hours, loads)


def _loads(actor: User, rows: Sequence[Moved], place: Place, new: int | None, names: dict[int, str]) -> list[Load]:
    owners = {row.family.pk: getattr(row.family, f"{place}_id") for row in rows}
    people = {new, *owners.values()} - {None}
    have = {
        person: (families, dates)
        for person, families, dates in Family.objects.visible_to(actor)
        .filter(**{f"{place}__in": people})
        .order_by()
        .values_list(place)
        .annotate(n=Count("pk", distinct=True), d=Count("dates", filter=Q(dates__state="open")))
    }
    found = []
    for person in sorted(people, key=lambda one: (one != new, names.get(one, ""))):
        families, dates = have.get(person, (0, 0))
        leave = [row for row in rows if owners[row.family.pk] == person and new != person]
        come = [row for row in rows if new == person and owners[row.family.pk] != person]
        found.append(
            Load(
                names.get(person, ""),
                families,
                families + len(come) - len(leave),
                dates,
                dates + sum(row.dates for row in come) - sum(row.dates for row in leave),
            )
        )
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@listing
def move(request: HttpRequest) -> HttpResponseBase:
    """GET: the families of one person, or of nobody, to choose from. POST: what would move; with `confirm` move it."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_ASSIGNMENT_CHANGE)
    if request.method != "POST":
        filters, form = read(request, _WHOSE).filters, AssignForm(assignable(actor))
        rows = Family.objects.visible_to(actor).select_related("attorney", "paralegal").order_by("reference", "pk")
        for place in PLACES:
            if value := getattr(filters, place):
                rows = rows.filter(**{place: None if value == NOBODY else int(value)})
        if not (filters.attorney or filters.paralegal):
            return redirect("board")
        families = _moved(actor, list(rows), clock.today(), clock.moment())
        shown = render(request, "board/choose.html", {"families": families, "form": form})
        return noted(request, shown, act=Act.LISTED, families=[one.family.pk for one in families])
    return _asked(request, actor, office_of(actor))


def _asked(request: HttpRequest, actor: User, office: Office) -> HttpResponse:
    families = chosen_families(actor, _keys(request.POST.getlist("family")))
    if not families:
        messages.warning(request, _("No family was ticked. Nothing was changed."))
        return redirect("board")
    coming = "choose" in request.POST  # from the list of dates: nobody was asked yet who gets them
    form = AssignForm(assignable(actor), None if coming else request.POST)
    if not form.is_valid():
        rows = _moved(actor, families, clock.today(), clock.moment())
        shown = render(request, "board/choose.html", {"families": rows, "form": form}, status=200 if coming else 422)
        return noted(request, shown, act=Act.LISTED, families=[family.pk for family in families])
    given: dict[Place, int | None] = {
        place: None if form.cleaned_data[place] == NOBODY else int(form.cleaned_data[place])
        for place in PLACES
        if form.cleaned_data[place]
    }
    if "confirm" in request.POST and (done := _move(request, actor, families, given)):
        return done
    names = {int(key): str(name) for key, name in [*office.attorneys, *office.paralegals]}
    context = {
        "preview": move_preview(actor, families, given, names),
        "chosen": form.cleaned_data,
        "key": uuid.uuid4().hex,
    }
    shown = render(request, "board/preview.html", context)
    return noted(request, shown, act=Act.LISTED, families=[family.pk for family in families])


def _move(
    request: HttpRequest, actor: User, families: Sequence[Family], given: dict[Place, int | None]
) -> HttpResponse | None:
    """Move them; None when somebody else assigned some of them meanwhile, which is to be looked at first."""
    try:
        done = family_assign(
            actor=actor,
            family_ids=[family.pk for family in families],
            key=request.POST.get("key") or None,
            attorney_id=given.get("attorney"),
            paralegal_id=given.get("paralegal"),
            unassign=[place for place, new in given.items() if new is None],
            versions=_versions(request.POST.getlist("seen")),
        )
    except Conflict:
        messages.warning(
            request,
            _("Nothing was moved yet: somebody else has assigned some of these families meanwhile. Look again."),
        )
        return None
    except Invalid as invalid:
        for sentence in invalid.errors.values():
            messages.warning(request, sentence)
        return redirect("board")
    messages.success(
        request, ngettext("%(done)d family was moved.", "%(done)d families were moved.", done) % {"done": done}
    )
    return redirect("board")


def _keys(values: Collection[str]) -> list[int]:
    """The keys of the ticked families; what is no key is no family (404)."""
    if not all(_is_key(value) for value in values):
        raise Http404
    return sorted({int(value) for value in values})


def _versions(values: Collection[str]) -> dict[int, int]:
    """By the key of a family, the version that the page showed: `7:3`. What is not of this form was not seen."""
    pairs = [value.partition(":")[::2] for value in values]
    return {int(pk): int(version) for pk, version in pairs if _is_key(pk) and _is_key(version)}


def _is_key(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= _LONGEST_KEY
