"""The page of one hearing: how it stands, moving it, cancelling it, and that it was looked up."""

import datetime
import hashlib
import json
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.errors import Change, Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.readings import noted
from config import clock
from config.words import day_text, list_text
from deadlines.calendars.labels import moment_text, zone_of
from deadlines.forms import Decision, HearingForm, typed_of
from deadlines.hearing_effect import effect_text, standing
from deadlines.hearings import hearing_look, hearing_update
from deadlines.models import Hearing
from deadlines.selectors import access_hearing, of_hearing, rows_of
from deadlines.wording import weekday_text
from families.writing import changes_since

Text = str | Promise
_CHANGED: tuple[str, ...] = ("kind", "at", "zone", "place")


class Both(NamedTuple):
    """A field that was typed here while somebody else saved: what is on file now, and what was typed."""

    label: Text
    now: str
    typed: str


class Past(NamedTuple):
    """Who changed the hearing, when, and which fields of it."""

    change: Change
    fields: str


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def hearing(request: HttpRequest, pk: int) -> HttpResponse:
    """The hearing; what is sent to it is named by `act`: change, cancel, stands (it takes place after all), look."""
    actor = cast(User, request.user)
    if request.method != "POST":
        require(actor, Permission.FAMILY_RECORD_VIEW)
        return _page(request, access_hearing(actor, pk))
    require(actor, Permission.DEADLINE_DATE_CHANGE)
    row = access_hearing(actor, pk)
    act = request.POST.get("act", "")
    return _decided(request, row, act) if act in ("cancel", "stands", "look") else _changed(request, row)


def _changed(request: HttpRequest, row: Hearing) -> HttpResponse:
    """Save another moment, place or kind; or the form again, with what is wrong or what a colleague saved first."""
    form = HearingForm(row, request.POST)
    if not form.is_valid():
        return _page(request, row, status=422, form=form)
    given = form.cleaned_data
    values = {name: given[name] for name in _CHANGED}
    if given["looked"]:
        values["checked_on"] = clock.today()

    def save(common: dict[str, Any]) -> int:
        return hearing_update(values=values, reason=given["why"], **common)

    try:
        return _saved(request, row, given, "change", save)
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(request, row, status=422, form=form)
    except Conflict as conflict:
        again, both = _after(form, row, given["version"])
        return _page(request, row, status=409, form=again, both=both, moved_on=_past(conflict.changes))


def _decided(request: HttpRequest, row: Hearing, act: str) -> HttpResponse:
    """Cancel it, take that back, or note that it was looked up; or the page again, with the reason that was typed."""
    form = Decision(request.POST)
    if not form.is_valid():
        return _page(request, row, status=422, decision=form, act=act)
    given = form.cleaned_data

    def save(common: dict[str, Any]) -> int:
        if act == "look":
            return hearing_look(**common)
        return hearing_update(values={"cancelled": act == "cancel"}, reason=given["reason"], **common)

    try:
        return _saved(request, row, given, act, save)
    except Invalid as refusal:
        form.refuse(refusal)
        return _page(request, row, status=422, decision=form, act=act)
    except Conflict as conflict:
        again = Decision({**request.POST.dict(), "version": str(row.version)})
        return _page(request, row, status=409, decision=again, act=act, moved_on=_past(conflict.changes))


def _saved(
    request: HttpRequest, row: Hearing, given: dict[str, Any], act: str, save: Callable[[dict[str, Any]], int]
) -> HttpResponse:
    """Do it, say what it did to the dates and reminders, and back to the page."""
    actor = cast(User, request.user)
    # The same page sent twice is one write; sent back to and sent with something else it is another.
    typed = json.dumps([act, *sorted(pair for pair in request.POST.items() if pair[0] != "csrfmiddlewaretoken")])
    key = f"{given['key']}:{hashlib.sha256(typed.encode()).hexdigest()[:24]}"
    before = standing(actor, row)
    save({"actor": actor, "hearing_id": row.pk, "version": given["version"], "key": key, "day": clock.today()})
    said = {
        "cancel": _("It is cancelled."),
        "stands": _("It takes place after all."),
        "look": _("Noted: it was looked up today."),
    }.get(act, _("Saved."))
    effect = [] if act == "look" else effect_text(actor, before, standing(actor, row))
    messages.success(request, " ".join([said, *effect]))
    return redirect("hearing", row.pk)


def _after(form: HearingForm, row: Hearing, seen: int) -> tuple[HearingForm, list[Both]]:
    """The form after a colleague saved first, as if it had been made from what is on file now: what was typed here
    where something was, what is on file everywhere else. And the fields in which the two differ."""
    earlier = row.history.filter(version=seen).order_by("-history_id").first()
    was, now = typed_of(earlier or row), typed_of(row)
    data = dict(form.data.items())
    typed = {name: form.cleaned_data[name] for name in ("kind", "due_on", "time", "zone", "place")}
    typed["time"] = f"{typed['time']:%H:%M}"
    # A day, an hour and a zone are one moment: half of mine and half of theirs would be nobody's.
    groups = (HearingForm.WHEN, ("kind",), ("place",))
    both = []
    for names in groups:
        mine = any(typed[name] != was[name] and typed[name] != "" for name in names)
        for name in names:
            if not mine:
                data[name] = _sent(now[name])
            elif typed[name] != now[name]:
                label = form.fields[name].label or name
                both.append(Both(label, _shown(form, name, now[name]), _shown(form, name, typed[name])))
    data |= {"version": str(row.version), "key": str(uuid.uuid4())}
    return HearingForm(row, data), both


def _sent(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _shown(form: HearingForm, name: str, value: Any) -> str:
    """A value as people read it."""
    if isinstance(value, datetime.date):
        return day_text(value)
    choices = dict(getattr(form.fields[name], "choices", ()))
    return str(choices.get(value, value)) or _("not known")


def _past(changes: Any) -> list[Past]:
    labels = {field.name: str(field.verbose_name) for field in Hearing._meta.fields}
    return [Past(change, list_text([labels.get(name, name) for name in change.fields])) for change in changes]


def _page(request: HttpRequest, row: Hearing, *, status: int = 200, **context: Any) -> HttpResponse:
    actor = cast(User, request.user)
    day = clock.today()
    there = row.at.astimezone(zone_of(row.zone))
    context |= {
        "hearing": row,
        "person": row.person,
        "family": row.person.family,
        "on": weekday_text(there.date()),
        "hour": moment_text(row.at, row.zone),
        "clock": date_format(there, "H:i"),
        "dates": rows_of(of_hearing(actor, row), day),
        "past": _past(changes_since(row, version=1)),
        "may_change": allows(actor, Permission.DEADLINE_DATE_CHANGE),
    }
    context.setdefault("form", HearingForm(row))
    context.setdefault("decision", Decision(initial={"version": row.version}))
    context["wrong"] = context["form"].errors or context["decision"].errors
    response = render(request, "dates/hearing.html", context, status=status)
    return noted(request, response, families=[row.person.family_id], persons=[row.person_id])
