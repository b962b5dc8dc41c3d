"""The form for one paper of a person. It only gathers what was typed; the services judge it."""

import datetime
import hashlib
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import Conflict, Invalid
from documents.models import Paper
from documents.services import FIELDS, OF_NOTICES
from families.editing.forms import DayInput, is_day


class VersionedForm(forms.Form):
    """What two people may have open at once: only what was changed on the page is sent to the services, with the
    version that was seen, so that what a colleague saved meanwhile stays. `facts` names the fields that are kept."""

    facts: tuple[str, ...] = ()

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("key", uuid.uuid4().hex)
        self.initial.setdefault("version", 0)

    def seen(self) -> int:
        """The version that the page was made from; 0 for none."""
        return int(self.cleaned_data.get("version") or 0)

    def values(self) -> dict[str, Any]:
        """What was changed on the page and is not blank."""
        return {
            name: typed.replace("\r\n", "\n")
            for name in self.changed_data
            if name in self.facts and (typed := self.data.get(self.add_prefix(name), "")).strip()
        }

    def erased(self) -> list[str]:
        """The fields that are to be unknown from now on."""
        return list(self.cleaned_data.get("erase", []))

    def write_key(self) -> str:
        """The key of this write: the same page sent twice is one write, the same page with other values another."""
        typed = json.dumps([self.data.get("version"), self.values(), self.erased()], sort_keys=True)
        return f"{self.cleaned_data['key']}:{hashlib.sha256(typed.encode()).hexdigest()[:24]}"

    def refuse(self, refusal: Invalid) -> None:
        """Show the services' refusal at its fields, with what was typed where the browser cannot show that any more."""
        for name, sentence in refusal.errors.items():
            typed = str(self.data.get(self.add_prefix(name), ""))
            if name in self.fields and isinstance(self.fields[name].widget, DayInput) and typed and not is_day(typed):
                sentence = f"“{typed}”: {sentence}"
            self.add_error(name if name in self.fields else None, sentence)

    def after(self, conflict: Conflict) -> dict[str, Any]:
        """What to fill the form with after a colleague saved first: what was typed here where something was, and what
        is on file now everywhere else; as if it had been made from what is on file now."""
        data, mine = {name: self.data.get(name, "") for name in self.data}, self.values()
        for name in self.facts:
            now = text_of(conflict.current.get(name))
            data[f"initial-{name}"] = now
            if name not in mine:
                data[name] = now
        data["version"] = str(conflict.current["version"])
        return data


def text_of(value: Any) -> str:
    """A stored value as a form sends it."""
    return value.isoformat() if isinstance(value, datetime.date) else ("" if value is None else str(value))


def _day(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=False, widget=DayInput, show_hidden_initial=True)


class PaperForm(VersionedForm):
    """Where one kind of paper stands."""

    facts = FIELDS

    kind = forms.CharField(widget=forms.HiddenInput, required=False, max_length=30)
    state = forms.ChoiceField(
        label=_("Where it stands"),
        required=False,
        choices=Paper.State.choices,
        widget=forms.RadioSelect,
        show_hidden_initial=True,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )
    dated_on = _day(_("Day on the paper"))
    asked_on = _day(_("Asked for on"))
    served_on = _day(_("Served on the person on"), _("A notice that was served is not yet one that the court has."))
    filed_on = _day(_("Filed with the court on"), _("As the government says, or as a stamp shows."))
    seen_in_court_on = _day(
        _("Seen in the court's system on"),
        _("The day on which somebody of the office looked and found the case there."),
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Where it lies, who was asked, what is wrong with it."),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        show_hidden_initial=True,
    )
    erase = forms.MultipleChoiceField(
        label=_("Not known after all"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Needed only to take something off file. It is kept in the history."),
        required=False,
        max_length=2000,
    )

    def __init__(self, kind: str, paper: Paper | None, data: Mapping[str, Any] | None = None) -> None:
        """`paper` is what is on file of this kind, if anything."""
        stored = {name: text_of(getattr(paper, name)) for name in FIELDS} if paper else {}
        super().__init__(data, initial={**stored, "kind": kind, "version": paper.version if paper else 0})
        if kind != Paper.Kind.I_862:
            for name in OF_NOTICES:
                del self.fields[name]
        given = [(name, self.fields[name].label) for name in FIELDS[1:] if stored.get(name) and name in self.fields]
        if given:
            field = self.fields["erase"]
            if isinstance(field, forms.ChoiceField):
                field.choices = given
        else:
            del self.fields["erase"], self.fields["reason"]
