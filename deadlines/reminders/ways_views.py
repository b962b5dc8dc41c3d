"""How one is reached by reminders: quiet hours, digest, devices; absences and who stands in."""

import uuid
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, allows
from config import clock
from deadlines.reminders import push
from deadlines.reminders.services import absence_add, absence_end, device_add, devices_remove, ways_change
from deadlines.reminders.ways import Absence, PushSubscription, Ways


class _KeyForm(forms.Form):
    """The key that makes two clicks one."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def refuse(self, refusal: Invalid) -> None:
        """Show a service's refusal at its fields."""
        for name, sentence in refusal.errors.items():
            self.add_error(name if name in self.fields else None, sentence)


def _time(label: Any, hint: Any = "") -> forms.TimeField:
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, help_text=hint, widget=widget)


class WaysForm(_KeyForm):
    """Quiet hours and digest."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    quiet_from = _time(
        gettext_lazy("Quiet from"),
        gettext_lazy(
            "In these hours no mail and no message on a device goes out, unless the date would pass meanwhile."
        ),
    )
    quiet_to = _time(gettext_lazy("Quiet until"))
    digest = forms.BooleanField(label=gettext_lazy("One mail for all that falls due together"), required=False)


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return forms.DateField(label=label, required=False, widget=widget)


class AbsenceForm(_KeyForm):
    """Who is away from when to when, and who is told meanwhile."""

    user = forms.ModelChoiceField(label=gettext_lazy("Who is away"), queryset=User.objects.none())
    substitute = forms.ModelChoiceField(
        label=gettext_lazy("Who is told meanwhile"), queryset=User.objects.none(), required=False
    )
    from_on = _day(gettext_lazy("First day away"))
    to_on = _day(gettext_lazy("Last day away"))

    def __init__(self, actor: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        colleagues = User.objects.visible_to(actor).filter(is_active=True).order_by("name", "pk")
        work = colleagues.filter(role__in=["paralegal", "attorney", "supervisor"], is_volunteer=False)
        others = allows(actor, Permission.REMINDER_ABSENCE_CHANGE)
        self.fields["user"].queryset = work if others else colleagues.filter(pk=actor.pk)  # type: ignore[attr-defined]
        self.fields["substitute"].queryset = work  # type: ignore[attr-defined]
        self.fields["user"].initial = actor.pk


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def ways(request: HttpRequest) -> HttpResponse:
    """Quiet hours, digest and devices. That legal dates are told cannot be switched off, and the page says so."""
    actor = cast(User, request.user)
    row = Ways.objects.filter(user=actor).first()
    if request.method != "POST":
        initial = {
            "version": row.version if row else 0,
            "quiet_from": row.quiet_from if row else None,
            "quiet_to": row.quiet_to if row else None,
            "digest": row.digest if row else True,
        }
        return _ways(request, WaysForm(initial=initial), row)
    form = WaysForm(request.POST)
    if form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("version", "quiet_from", "quiet_to", "digest")}
        try:
            ways_change(actor=actor, key=str(form.cleaned_data["key"]), **values)
        except Invalid as refusal:
            form.refuse(refusal)
        except Conflict:
            form.add_error(None, _("This was changed elsewhere meanwhile. Open the page again, and save once more."))
            return _ways(request, form, row, 409)
        else:
            messages.success(request, _("Saved."))
            return redirect("reminder-ways")
    return _ways(request, form, row, 422)


def _ways(request: HttpRequest, form: WaysForm, row: Ways | None, status: int = 200) -> HttpResponse:
    devices = PushSubscription.objects.filter(user=cast(User, request.user)).count()
    context = {"form": form, "row": row, "devices": devices, "push_key": push.public_key()}
    return render(request, "reminders/ways.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def absences(request: HttpRequest) -> HttpResponse:
    """Absences that are or come: one's own, for a supervisor everybody's; enters one."""
    actor = cast(User, request.user)
    if request.method != "POST":
        return _absences(request, AbsenceForm(actor))
    form = AbsenceForm(actor, request.POST)
    if form.is_valid():
        found = form.cleaned_data
        try:
            absence_add(
                actor=actor,
                user_id=found["user"].pk,
                substitute_id=found["substitute"].pk if found["substitute"] else None,
                from_on=found["from_on"],
                to_on=found["to_on"],
                key=str(found["key"]),
            )
        except Invalid as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Entered. The substitute is told of all dates in these days."))
            return redirect("absences")
    return _absences(request, form, 422)


def _absences(request: HttpRequest, form: AbsenceForm, status: int = 200) -> HttpResponse:
    actor = cast(User, request.user)
    rows = Absence.objects.visible_to(actor).filter(to_on__gte=clock.today()).order_by("from_on", "pk")
    if not allows(actor, Permission.REMINDER_ABSENCE_CHANGE):
        rows = rows.filter(user=actor)
    context = {"form": form, "absences": rows.select_related("user", "substitute")[:200], "key": uuid.uuid4().hex}
    return render(request, "reminders/absences.html", context, status=status)


@require_POST
@login_required
def end_absence(request: HttpRequest) -> HttpResponse:
    """Somebody is back."""
    pk = request.POST.get("absence", "")
    if pk.isdecimal() and len(pk) < 19:
        key = request.POST.get("key", "")[:64] or None
        absence_end(actor=cast(User, request.user), absence_id=int(pk), day=clock.today(), key=key)
        messages.success(request, _("The absence is ended."))
    return redirect("absences")


@require_POST
@login_required
def devices(request: HttpRequest) -> HttpResponse:
    """Take this browser for messages, or send none to any device any more."""
    actor = cast(User, request.user)
    if request.POST.get("remove"):
        devices_remove(actor=actor)
        messages.success(request, _("No device of yours is sent messages any more."))
        return redirect("reminder-ways")
    try:
        device_add(
            actor=actor,
            endpoint=request.POST.get("endpoint", ""),
            p256dh=request.POST.get("p256dh", ""),
            auth=request.POST.get("auth", ""),
        )
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.errors.values()))
    else:
        messages.success(request, _("Messages come to this device, too."))
    return redirect("reminder-ways")
