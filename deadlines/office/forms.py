"""The forms of the office's rules. They gather what was typed; the services judge it."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from deadlines.forms import Typed
from deadlines.models import LONGEST, SHORTEST, Deadline, OfficeRule
from deadlines.office.services import TITLE

_NEEDED: Final = {"required": _("This is needed.")}


def _choice(label: Any, choices: Any, **options: Any) -> forms.ChoiceField:
    messages = {**_NEEDED, "invalid_choice": _("Choose one of the list.")}
    return forms.ChoiceField(label=label, choices=choices, error_messages=messages, **options)


def _length(hint: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    outside = _("At most 365 days before, and at most 1,095 days after.")
    messages = {**_NEEDED, "invalid": _("Write a number of days."), "min_value": outside, "max_value": outside}
    return forms.IntegerField(
        label=_("Number of days"),
        help_text=hint,
        min_value=SHORTEST,
        max_value=LONGEST,
        widget=widget,
        error_messages=messages,
    )


class KnownRule(Typed):
    """What an office may change of a rule that Amparo knows."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    is_on = forms.BooleanField(label=_("Switched on"), required=False)
    length = _length(_("How long after what sets it off."))
    weight = _choice(_("What is at stake"), Deadline.Weight.choices)


class OwnRule(Typed):
    """A rule of the office's own making."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    title = forms.CharField(
        label=_("What is due"),
        help_text=_("Without names: it stands in lists, and on the proof sheet of every family."),
        max_length=TITLE,
        error_messages={"required": _("Say what is due.")},
    )
    set_off = _choice(_("What sets it off"), OfficeRule.SetOff.choices)
    length = _length(_("A minus before the number: so many days before, such as -3."))
    counting = _choice(_("How the days are counted"), OfficeRule.Counting.choices)
    weight = _choice(_("What is at stake"), Deadline.Weight.choices, initial=Deadline.Weight.ROUTINE)
    owes = _choice(_("Who owes it"), Deadline.Owes.choices)
    if_missed = forms.CharField(
        label=_("What to do if it is missed"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_on = forms.BooleanField(label=_("Switched on"), required=False, initial=True)
