"""The form for a screening and the judge's review of it. It only gathers what was typed; the services judge it."""

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _

from accounts.errors import Invalid
from families.models import Person
from screenings.models import JudgeReview, Screening

_YES_NO = [("yes", _("Yes")), ("no", _("No"))]
_UNKNOWN = ("", _("Not known"))
_BOOLEANS = {"yes": True, "no": False}

# In the order in which one hears it on the telephone.
GROUPS = (
    (_("The screening"), ("basis", "kind", "requested_on")),
    (_("Where it stands"), ("status", "interview_on")),
    (_("The result"), ("result", "decided_on", "state_of_mind_weighed")),
    (_("The judge's review"), ("judge_asked", "judge_asked_on", "judge_outcome", "judge_decided_on")),
)


class DayInput(forms.DateInput):
    """The browser's own date field. Text that is no day is shown as text, so that nothing typed is lost."""

    input_type = "date"

    def format_value(self, value: Any) -> str | None:
        """Dates as ISO text; text as it was typed."""
        return value.isoformat() if isinstance(value, datetime.date) else value

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The template's context, with the input's type."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        typed = context["widget"]["value"]
        context["widget"]["type"] = "date" if not typed or is_day(typed) else "text"
        return context


def is_day(text: str) -> bool:
    """Whether the text is a day as date fields send it."""
    try:
        return len(text) == len("2018-06-26") and bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


def _day(label: Any, hint: Any = "") -> forms.CharField:
    return forms.CharField(label=label, help_text=hint, required=False, widget=DayInput, show_hidden_initial=True)


def _choice(label: Any, choices: Any, hint: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        required=False,
        choices=[_UNKNOWN, *choices],
        widget=forms.RadioSelect,
        show_hidden_initial=True,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )


class OutcomeForm(forms.Form):
    """What one hears of a screening: each field may stay as it is. A blank one erases nothing; `erase` does that."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    basis = _choice(_("Which screening"), Screening.Basis.choices)
    kind = _choice(_("Kind of fear"), Screening.Kind.choices)
    requested_on = _day(_("Asked for on"))
    status = _choice(_("Status"), Screening.Status.choices)
    interview_on = _day(_("Interview on"), _("Planned or held."))
    result = _choice(_("Result"), Screening.Result.choices)
    decided_on = _day(_("Decided on"), _("The day on the officer's paper. The judge's days are counted from it."))
    state_of_mind_weighed = _choice(
        _("Does the officer's record show that the state of mind during the separation was weighed?"), _YES_NO
    )
    judge_asked = _choice(
        _("What was answered when a judge's review was offered?"),
        JudgeReview.Asked.choices,
        _("An empty box on the form is “said nothing”, not “refused review”."),
    )
    judge_asked_on = _day(_("Answered on"))
    judge_outcome = _choice(_("What the judge decided"), JudgeReview.Outcome.choices)
    judge_decided_on = _day(_("The judge decided on"))

    erase = forms.MultipleChoiceField(
        label=_("Not known after all"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Needed only to take something off file. It is kept in the history."),
        required=False,
    )

    def __init__(self, person: Person, *args: Any, screening: Screening | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        basis = screening.basis if screening else None
        if screening:
            del self.fields["basis"]
        else:
            other = Screening.Basis.REEVALUATION if person.role == Person.Role.CHILD else Screening.Basis.INDEPENDENT
            self._offer("basis", [choice for choice in Screening.Basis.choices if choice[0] != other])
            self._offer("status", Screening.Status.choices)
            del self.fields["erase"], self.fields["reason"]
        if person.role == Person.Role.CHILD or basis == Screening.Basis.INITIAL:
            del self.fields["state_of_mind_weighed"]
        for name in self._given_before():
            self._offer(name, [choice for choice in self._choices(name) if choice != _UNKNOWN])
        if "erase" in self.fields:
            labels = [(name, self.fields[name].label) for name in self._given_before() if name != "status"]
            self._offer("erase", labels)
        self.initial.setdefault("key", uuid.uuid4().hex)

    def _given_before(self) -> list[str]:
        """The fields that have a value on file."""
        return [name for name in self._facts() if self.initial.get(name) not in (None, "")]

    def _facts(self) -> list[str]:
        return [name for _legend, names in GROUPS for name in names if name in self.fields]

    def _choices(self, name: str) -> list[Any]:
        return list(getattr(self.fields[name], "choices", ()))

    def _offer(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def groups(self) -> Iterator[tuple[Any, list[BoundField]]]:
        """The fields under their headings."""
        for legend, names in GROUPS:
            yield legend, [self[name] for name in names if name in self.fields]

    def values(self) -> dict[str, Any]:
        """What was changed on the page, for the services: blank fields are left out, yes and no are booleans."""
        changed = {
            name: self.data.get(self.add_prefix(name), "") for name in self.changed_data if name in self._facts()
        }
        return {
            name: _BOOLEANS.get(text, text) if name == "state_of_mind_weighed" else text
            for name, text in changed.items()
            if text.strip()
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


def initial_of(values: Mapping[str, Any], version: int) -> dict[str, Any]:
    """What the form shows of a stored screening: its values by the services' names, and the version they belong to."""
    told = {True: "yes", False: "no", None: ""}
    shown = {
        name: value.isoformat() if isinstance(value, datetime.date) else ("" if value is None else value)
        for name, value in values.items()
        if name != "judge_review"
    }
    shown["state_of_mind_weighed"] = told[values.get("state_of_mind_weighed")]
    return {**shown, "version": version}
