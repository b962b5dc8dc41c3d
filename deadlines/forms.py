"""The forms of dates. They only gather what was typed, and say what cannot be read; the services judge it."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any, Final, cast
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Invalid
from config.text import is_clean
from deadlines.calendars.labels import zone_of
from deadlines.catalogue import BY_HAND
from deadlines.counting import frcp_hours, plain_hours
from deadlines.models import Deadline, Hearing
from deadlines.typed import ZONES, instant, read_typed_day, read_typed_time
from families.editing.forms import DayInput
from families.models import Person

OWN: Final = "own"
HOURS: Final = "hours"
HEARING: Final = "hearing"
MOVE: Final = "move"
_MOST_HOURS: Final = 24 * 60


class Day(forms.CharField):
    """A day, year first or with the month as a word; what can be read in two ways is asked about."""

    widget = DayInput

    def clean(self, value: Any) -> Any:
        """The day as a date, None for a blank one."""
        text = super().clean(value)
        try:
            return read_typed_day(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


class Time(forms.CharField):
    """A time of day on 24 hours."""

    def clean(self, value: Any) -> Any:
        """The time, None for a blank one."""
        text = super().clean(value)
        try:
            return read_typed_time(text) if text else None
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None


_DAY_HINT = gettext_lazy("As 2018-03-02 or March 2, 2018.")
_TIME_HINT = gettext_lazy("On 24 hours, as 14:30, on the clock of the place.")


def _text(label: Any, *, required: bool = True, hint: Any = "", rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=required,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": gettext_lazy("This is needed.")},
    )


class Typed(forms.Form):
    """What all have in common: the key that makes two clicks one, and texts without what cannot be kept."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    def clean(self) -> dict[str, Any]:
        """The values; a text with characters that cannot be kept is refused."""
        values = super().clean() or {}
        for name, value in values.items():
            if isinstance(value, str) and not is_clean(value):
                self.add_error(name, _("This text has characters that cannot be kept."))
        return values

    def refuse(self, refusal: Invalid) -> None:
        """Say what a service said, beside its field."""
        for name, sentence in refusal.errors.items():
            self.add_error(name if name in self.fields else None, sentence)


class NewDate(Typed):
    """A date of the family: `what` says which fields it has, and `values` what the services take."""

    person = forms.TypedChoiceField(coerce=int, required=False, empty_value=None)
    title = forms.CharField(max_length=200)
    kind = forms.ChoiceField(choices=Hearing.Kind.choices)
    start = Day()
    due_on = Day()
    time = Time()
    hours = forms.IntegerField(min_value=1, max_value=_MOST_HOURS)
    rolls = forms.BooleanField(required=False)
    zone = forms.ChoiceField(choices=[(zone, zone.replace("_", " ")) for zone in ZONES])
    place = forms.CharField(max_length=500, required=False)
    weight = forms.ChoiceField(choices=Deadline.Weight.choices, initial=Deadline.Weight.RIGHT_LOST)
    owes = forms.ChoiceField(choices=Deadline.Owes.choices, initial=Deadline.Owes.OFFICE)
    reason = _text("", required=False)

    FIELDS: Final = {
        OWN: ("title", "person", "due_on", "weight", "owes", "reason"),
        HOURS: ("title", "person", "start", "time", "zone", "hours", "rolls", "owes", "reason"),
        HEARING: ("person", "kind", "due_on", "time", "zone", "place"),
        MOVE: ("person", "start"),
    }

    def __init__(self, what: str, persons: Sequence[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.what = what
        names = self.FIELDS.get(what, ("person", "start", "reason"))
        for name in [name for name in self.fields if name not in ("key", *names)]:
            del self.fields[name]
        self.order_fields(names)
        self._label()
        people = [(str(person.pk), person.full_name) for person in persons]
        needs_person = what in (HEARING, MOVE)
        field = cast(forms.TypedChoiceField, self.fields["person"])
        field.choices = people if needs_person else [("", _("the whole family")), *people]
        field.required = needs_person

    def _label(self) -> None:
        labels = {
            "person": _("Who it is about"), "title": _("What is due"), "kind": _("What it is"),
            "start": _("Day 0: the day that sets it off"), "due_on": _("Last day"), "time": _("Time"),
            "hours": _("Hours from then"), "rolls": _("A day without business moves the end to the next business day"),
            "zone": _("Time zone of the place"), "place": _("Place"), "weight": _("What is at stake"),
            "owes": _("Who owes it"), "reason": _("On which paper or rule it stands"),
        }  # fmt: skip
        if self.what == HEARING:
            labels["due_on"] = _("Day")
        if self.what == MOVE:
            labels["start"] = _("Moved on")
        for name, field in self.fields.items():
            field.label = labels.get(name, "")
            if isinstance(field, Day):
                field.help_text = _DAY_HINT
            elif isinstance(field, Time):
                field.help_text = _TIME_HINT
            field.error_messages["required"] = _("This is needed.")

    def clean(self) -> dict[str, Any]:
        """The values, with `due_at` where there is a moment."""
        values = super().clean()
        day, time, zone = values.get("due_on") or values.get("start"), values.get("time"), values.get("zone")
        if day and time and zone:
            try:
                values["due_at"] = self._moment(instant(day, time, zone), values)
            except ValueError as error:
                self.add_error("time", str(error))
        return values

    def _moment(self, start: datetime.datetime, values: dict[str, Any]) -> datetime.datetime:
        if self.what != HOURS or not values.get("hours"):
            return start
        local = start.astimezone(ZoneInfo(values["zone"]))
        count = frcp_hours if values.get("rolls") else plain_hours
        end = count(local, values["hours"])
        values["due_on"], values["weight"] = end.date(), Deadline.Weight.HOURS
        return end.astimezone(datetime.UTC)


class Decision(Typed):
    """What is done with a date: the version that was seen, a reason, and for a correction the day."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = _text(gettext_lazy("Reason"), required=False)
    due_on = Day(required=False, label=gettext_lazy("The last day is"), help_text=_DAY_HINT)


class HearingForm(Typed):
    """When and where a hearing is, as on a notice. What is left empty stays as it is on file."""

    WHEN: Final = ("due_on", "time", "zone")

    version = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=Hearing.Kind.choices)
    due_on = Day(label=gettext_lazy("Day"), help_text=_DAY_HINT)
    time = Time(label=gettext_lazy("Time"), help_text=_TIME_HINT)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone of the place"))
    place = forms.CharField(
        label=gettext_lazy("Place"),
        help_text=gettext_lazy("Left empty, it stays as it is on file."),
        max_length=500,
        required=False,
    )
    looked = forms.BooleanField(label=gettext_lazy("I looked it up in the court’s system today"), required=False)
    why = _text(gettext_lazy("Why it is changed"), hint=gettext_lazy("By which notice, or who said so."))

    def __init__(self, hearing: Hearing, data: Any = None) -> None:
        super().__init__(data, initial=typed_of(hearing))
        zones = [*ZONES, *([hearing.zone] if hearing.zone not in ZONES else [])]
        cast(forms.ChoiceField, self.fields["zone"]).choices = [(zone, zone.replace("_", " ")) for zone in zones]
        for field in self.fields.values():
            field.error_messages["required"] = _("This is needed.")

    def clean(self) -> dict[str, Any]:
        """The values, with `at`, the instant."""
        values = super().clean()
        day, time, zone = (values.get(name) for name in self.WHEN)
        if day and time and zone:
            try:
                values["at"] = instant(day, time, zone)
            except ValueError as error:
                self.add_error("time", str(error))
        return values


def typed_of(hearing: Any) -> dict[str, Any]:
    """What the form shows of a hearing, or of an earlier state of it; day and time on the clock of its place."""
    there = hearing.at.astimezone(zone_of(hearing.zone))
    return {
        "version": hearing.version,
        "kind": hearing.kind,
        "due_on": there.date(),
        "time": f"{there:%H:%M}",
        "zone": hearing.zone,
        "place": hearing.place,
    }


class ClosureForm(Typed):
    """A day without business."""

    on = Day(label=gettext_lazy("Day"), help_text=_DAY_HINT)
    why = _text(gettext_lazy("By which order"))


def choices() -> list[tuple[str, Any]]:
    """What can be put in the book by hand: (what, in words)."""
    own = [
        (OWN, gettext_lazy("a date of your own")),
        (HEARING, gettext_lazy("a hearing or an appointment")),
        (HOURS, gettext_lazy("something that runs by the hour")),
        (MOVE, gettext_lazy("somebody moved: change of address")),
    ]
    moved = ("address_uscis", "address_court")
    return own + [(entry.id, entry.title) for entry in BY_HAND if entry.id not in moved]
