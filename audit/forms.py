"""What may be asked of the trace."""

import datetime
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit.models import Act
from audit.selectors import Asked

MOST_PAGES = 2_000


class TrailForm(forms.Form):
    """Who, what, about which family, between which days (both of them included, in the office's time)."""

    who = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    act = forms.ChoiceField(label=_("What"), required=False, choices=[("", _("everything")), *Act.choices])
    first = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )
    last = forms.DateField(
        label=_("Through"), required=False, widget=forms.DateInput(attrs={"type": "date"}), input_formats=["%Y-%m-%d"]
    )
    family = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1, widget=forms.HiddenInput)
    page = forms.IntegerField(required=False, min_value=1, max_value=MOST_PAGES, widget=forms.HiddenInput)

    def __init__(self, people: Sequence[tuple[int, str]], data: Mapping[str, Any]) -> None:
        """`people` may be asked for by name."""
        super().__init__(data)
        self.fields["who"].choices = [("", _("everybody")), *people]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The days in their order."""
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        return cleaned

    def asked(self) -> Asked:
        """What is asked for. The form must be valid."""
        given = self.cleaned_data
        last = given["last"]
        return Asked(
            who=given["who"],
            act=given["act"],
            family=given["family"],
            since=_begin(given["first"]) if given["first"] else None,
            until=_begin(last + datetime.timedelta(days=1)) if last and last < datetime.date.max else None,
        )


def _begin(day: datetime.date) -> datetime.datetime:
    """When the day begins at the office."""
    return datetime.datetime.combine(day, datetime.time(), ZoneInfo(settings.TIME_ZONE))
