"""The pages of dates: the proof sheet and what is done with a date, a new one, the catalogue, days without business."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import access_family
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from audit.readings import noted
from config import clock
from deadlines import services
from deadlines.catalogue import CATALOGUE, LAW
from deadlines.closures import closure_add, closure_remove
from deadlines.forms import HEARING, MOVE, OWN, ClosureForm, Decision, NewDate, choices
from deadlines.forms import HOURS as BY_THE_HOUR
from deadlines.hearings import hearing_add
from deadlines.models import Deadline
from deadlines.proof import STALE_AFTER, sheet_of
from deadlines.reminders.selectors import reminders_of
from deadlines.selectors import access_deadline, closures
from deadlines.wording import COUNTING
from families.models import Family, Person
from settlement import guidance


@require_safe
@login_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof sheet of one date."""
    actor = cast(User, request.user)
    require(actor, Permission.FAMILY_RECORD_VIEW)
    return _sheet(request, pk)


def _sheet(request: HttpRequest, pk: int, *, status: int = 200, **context: Any) -> HttpResponse:
    actor = cast(User, request.user)
    deadline = access_deadline(actor, pk)
    context |= {
        "sheet": sheet_of(actor, deadline, clock.today()),
        "reminders": reminders_of(actor, deadline),
        "deadline": deadline,
        "family": deadline.family,
        "key": uuid.uuid4(),
    }
    context.setdefault("form", Decision(initial={"version": deadline.version}))
    response = render(request, "dates/sheet.html", context, status=status)
    persons = [deadline.person_id] if deadline.person_id else []
    return noted(request, response, families=[deadline.family_id], persons=persons)


def _decided(
    request: HttpRequest, pk: int, act: Callable[[User, dict[str, Any], dict[str, Any]], int], said: str, what: str
) -> HttpResponse:
    """Ask the service; back to the sheet as it now stands, with what was typed where it was refused."""
    actor = cast(User, request.user)
    access_deadline(actor, pk)
    form = Decision(request.POST)
    if form.is_valid():
        values = form.cleaned_data
        common = {"actor": actor, "deadline_id": pk, "version": values["version"], "key": str(values["key"])}
        try:
            act(actor, common, values)
        except Invalid as refusal:
            form.refuse(refusal)
        except Conflict:
            return _sheet(request, pk, status=409, moved_on=True, typed=values)
        else:
            messages.success(request, said)
            return redirect("date", pk)
    return _sheet(request, pk, status=422, form=form, what=what)


@require_POST
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person has looked."""
    require(cast(User, request.user), Permission.DEADLINE_DATE_CONFIRM)
    said = _("Confirmed. Two people have looked at this date.")
    return _decided(request, pk, lambda _actor, common, _values: services.deadline_confirm(**common), said, "confirm")


@require_POST
@login_required
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """The last day is another one."""
    require(cast(User, request.user), Permission.DEADLINE_DATE_CHANGE)

    def act(_actor: User, common: dict[str, Any], values: dict[str, Any]) -> int:
        if values["due_on"] is None:
            raise Invalid({"due_on": _("This is needed.")})
        return services.deadline_correct(**common, due_on=values["due_on"], reason=values["reason"])

    said = _("Saved. Until a second person confirms it both days stand, and the reminders follow the earlier one.")
    return _decided(request, pk, act, said, "correct")


@require_POST
@login_required
def done(request: HttpRequest, pk: int) -> HttpResponse:
    """What was due is done."""
    require(cast(User, request.user), Permission.DEADLINE_DATE_END)

    def act(_actor: User, common: dict[str, Any], values: dict[str, Any]) -> int:
        return services.deadline_done(**common, note=values["reason"])

    return _decided(request, pk, act, _("Done. No reminder comes any more."), "done")


@require_POST
@login_required
def not_needed(request: HttpRequest, pk: int) -> HttpResponse:
    """The date is void."""
    require(cast(User, request.user), Permission.DEADLINE_DATE_END)

    def act(_actor: User, common: dict[str, Any], values: dict[str, Any]) -> int:
        return services.deadline_not_needed(**common, reason=values["reason"])

    return _decided(request, pk, act, _("The date is void. No reminder comes any more."), "not-needed")


@require_POST
@login_required
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """The date stands again."""
    require(cast(User, request.user), Permission.DEADLINE_DATE_CHANGE)

    def act(_actor: User, common: dict[str, Any], values: dict[str, Any]) -> int:
        return services.deadline_reopen(**common, reason=values["reason"])

    return _decided(request, pk, act, _("The date stands again, and so do its reminders."), "reopen")


# --- a new date -------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """A date by hand: first what it is (`?what=`), then its fields."""
    actor = cast(User, request.user)
    require(actor, Permission.DEADLINE_DATE_CHANGE)
    family = access_family(actor, pk)
    offered = dict(choices())
    what = request.GET.get("what", "")
    context: dict[str, Any] = {"family": family, "choices": offered.items(), "what": what}
    persons = list(Person.objects.visible_to(actor).filter(family=family).order_by("pk"))
    shown = [person.pk for person in persons]
    if not what:
        return noted(request, render(request, "dates/new.html", context), families=[pk], persons=shown)
    if what not in offered:
        raise Http404
    form = NewDate(what, persons, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _add(actor, family, what, form.cleaned_data)
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The date is in the book. A colleague confirms it if a right depends on it."))
            return redirect("family", pk)
    context |= {"form": form, "title": offered[what]}
    entry = CATALOGUE.get(what)
    if entry is not None and entry.by_hand:
        context |= {"entry": entry, "rule": COUNTING[entry.counting], "basis": guidance.basis_text(entry.basis)}
    response = render(request, "dates/new.html", context, status=422 if form.errors else 200)
    return noted(request, response, families=[pk], persons=shown)


def _add(actor: User, family: Family, what: str, values: dict[str, Any]) -> int:
    common: dict[str, Any] = {"actor": actor, "key": str(values["key"]), "day": clock.today()}
    if what == HEARING:
        hearing = {"kind": values["kind"], "at": values["due_at"], "zone": values["zone"], "place": values["place"]}
        return hearing_add(person_id=values["person"], values=hearing, **common)
    if what == MOVE:
        return services.address_change(person_id=values["person"], moved_on=values["start"], **common)
    if what in (OWN, BY_THE_HOUR):
        return services.deadline_add(family_id=family.pk, values=values, **common)
    return services.deadline_start(family_id=family.pk, kind=what, values=values, **common)


# --- the catalogue, and days without business -----------------------------------------------------------------------


@require_safe
@login_required
def catalogue(request: HttpRequest) -> HttpResponse:
    """Every kind of date that Amparo knows, with its basis, its source and when that was last looked at."""
    day = clock.today()
    entries = [
        {
            "entry": entry,
            "rule": COUNTING[entry.counting],
            "basis": guidance.basis_text(entry.basis),
            "owes": Deadline.Owes(entry.owes).label,
            "weight": Deadline.Weight(entry.weight).label,
            "stale": _is_stale(entry.checked_on, day),
            "others": [(other, guidance.basis_text(other.basis)) for other in entry.others],
        }
        for entry in LAW.values()
    ]
    return render(request, "dates/catalogue.html", {"entries": entries})


def _is_stale(checked_on: datetime.date, day: datetime.date) -> bool:
    return day - checked_on > STALE_AFTER


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def closure_page(request: HttpRequest) -> HttpResponse:
    """Days without business; supervisors enter one here."""
    actor = cast(User, request.user)
    form = ClosureForm(request.POST or None)
    if request.method == "POST":
        require(actor, Permission.DEADLINE_CLOSURE_CHANGE)
        if form.is_valid():
            values = form.cleaned_data
            try:
                closure_add(actor=actor, on=values["on"], why=values["why"], key=str(values["key"]), day=clock.today())
            except Invalid as refusal:
                form.refuse(refusal)
            else:
                messages.success(request, _("Saved. The open dates that this day touches were counted anew."))
                return redirect("closures")
    context = {
        "closures": closures(actor),
        "form": form,
        "may_change": allows(actor, Permission.DEADLINE_CLOSURE_CHANGE),
        "key": uuid.uuid4(),
    }
    return render(request, "dates/closures.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def closure_off(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a day without business off again."""
    actor = cast(User, request.user)
    try:
        closure_remove(
            actor=actor,
            closure_id=pk,
            reason=request.POST.get("reason", "")[:2000].replace("\x00", ""),
            key=request.POST.get("key", "")[:64] or None,
            day=clock.today(),
        )
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.errors.values()))
    else:
        messages.success(request, _("Taken off. The open dates that this day touches were counted anew."))
    return redirect("closures")
