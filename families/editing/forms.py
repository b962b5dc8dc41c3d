"""The form that every kind of fact has: it only gathers what was typed, and the services judge it."""

import datetime
import hashlib
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.db import models
from django.forms.boundfield import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.errors import Invalid
from families.editing.sheets import Sheet

Text = Any  # text, translated at once or when it is shown
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
UNKNOWN = ("", _("Not known"))
_BOOLEANS = {"yes": True, "no": False}


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


def day_field(label: Text, hint: Text = "") -> forms.CharField:
    """A day, which may stay blank."""
    return forms.CharField(label=label, help_text=hint, required=False, widget=DayInput, show_hidden_initial=True)


def choice_field(label: Text, choices: Any, hint: Text = "") -> forms.ChoiceField:
    """One of these, or not known."""
    return forms.ChoiceField(
        label=label,
        help_text=hint,
        required=False,
        choices=[UNKNOWN, *choices],
        widget=forms.RadioSelect,
        show_hidden_initial=True,
        error_messages={"invalid_choice": _("Choose one of the list.")},
    )


def text_field(label: Text, hint: Text = "", *, long: bool = False) -> forms.CharField:
    """Text, which may stay blank; `long` gives it several lines."""
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        strip=False,  # the services do, and nothing is lost on the way
        widget=forms.Textarea(attrs={"rows": 3}) if long else forms.TextInput(attrs={"autocomplete": "off"}),
        show_hidden_initial=True,
    )


class RecordForm(forms.Form):
    """A row of facts: each field may stay as it is. A blank one erases nothing; `erase` does that, with a reason."""

    fieldsets: ClassVar[Sequence[tuple[Text, Sequence[str]]]] = ()
    booleans: ClassVar[frozenset[str]] = frozenset()
    lasting: ClassVar[frozenset[str]] = frozenset()
    """Fields that cannot be unknown once they are known."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    erase = forms.MultipleChoiceField(
        label=_("Not known after all"), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("Needed only to take something off file. It is kept in the history."),
        required=False,
    )

    def settle(self, *, on_file: bool) -> None:
        """Once the fields are there: what has a value on file is not offered as not known, but among what is erased."""
        for name in self._given_before():
            self.offer(name, [choice for choice in self.choices_of(name) if choice != UNKNOWN])
        if on_file:
            erasable = [name for name in self._given_before() if name not in self.lasting]
            self.offer("erase", [(name, self.fields[name].label) for name in erasable])
        else:
            del self.fields["erase"], self.fields["reason"]
        self.initial.setdefault("key", uuid.uuid4().hex)

    def _given_before(self) -> list[str]:
        return [name for name in self.facts() if self.initial.get(name) not in (None, "")]

    def facts(self) -> list[str]:
        """The names of the fields of the row, in their order."""
        return [name for _legend, names in self.fieldsets for name in names if name in self.fields]

    def choices_of(self, name: str) -> list[Any]:
        """What a field offers; nothing for one without choices."""
        return list(getattr(self.fields[name], "choices", ()))

    def offer(self, name: str, choices: Any) -> None:
        """Have a field offer these choices."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    @property
    def groups(self) -> Iterator[tuple[Text, list[BoundField]]]:
        """The fields under their headings."""
        for legend, names in self.fieldsets:
            there = [self[name] for name in names if name in self.fields]
            if there:
                yield legend, there

    def values(self) -> dict[str, Any]:
        """What was changed on the page, for the services: blank fields are left out, yes and no are booleans."""
        facts = self.facts()
        changed = {name: self.data.get(self.add_prefix(name), "") for name in self.changed_data if name in facts}
        return {
            name: _BOOLEANS.get(text, text) if name in self.booleans else text.replace("\r\n", "\n")
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
    """What the form shows of a stored row: its values by the services' names, and the version they belong to."""
    return {**{name: _shown(value) for name, value in values.items()}, "version": version}


def _shown(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "" if value is None else value


class FactForm(RecordForm):
    """The form of a kind of fact, made from its sheet."""

    def __init__(self, sheet: Sheet, *args: Any, without: Sequence[str] = (), on_file: bool = True, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fieldsets = sheet.groups  # type: ignore[misc]  # of this form alone
        fields = {name: sheet.column(name) for _legend, names in sheet.groups for name in names if name not in without}
        for name, column in fields.items():
            self.fields[name] = _field_of(sheet, name, column)
        self.booleans = frozenset(  # type: ignore[misc]
            name for name, column in fields.items() if isinstance(column, models.BooleanField)
        )
        self.lasting = frozenset(  # type: ignore[misc]
            name for name, column in fields.items() if not (column.null or getattr(column, "blank", False))
        )
        self.settle(on_file=on_file)

    def typed(self) -> dict[str, Any]:
        """All that is in the form, what it came with as well: for a row that is not there yet."""
        return {**{name: str(self.data[name]) for name in self.facts() if self.data.get(name)}, **self.values()}

    def parent_id(self) -> int | None:
        """The key of the parent; nothing but a new parent link has one."""
        return None


def _field_of(sheet: Sheet, name: str, column: Any) -> forms.Field:
    label = sheet.labels.get(name) or capfirst(str(column.verbose_name))
    hint = sheet.hints.get(name, "")
    if isinstance(column, models.DateField):
        return day_field(label, hint)
    if name in sheet.words:
        return choice_field(label, sheet.words[name], hint)
    if isinstance(column, models.BooleanField):
        return choice_field(label, YES_NO, hint)
    if column.choices:
        return choice_field(label, column.choices, hint)
    return text_field(label, hint, long=name in sheet.long)


class LinkForm(FactForm):
    """The form of a parent link that is not on file yet: of its child's family, which adult it is."""

    def __init__(self, sheet: Sheet, adults: Sequence[tuple[int, str]], *args: Any, **kwargs: Any) -> None:
        first: tuple[Text, tuple[str, ...]] = (_("Which parent or guardian"), ("parent",))
        super().__init__(sheet, *args, on_file=False, **kwargs)
        self.fieldsets = (first, *sheet.groups)  # type: ignore[misc]
        self.fields["parent"] = choice_field(_("Parent or guardian"), adults)
        self.offer("parent", [(str(pk), name) for pk, name in adults])

    def values(self) -> dict[str, Any]:
        """As for any form; the parent is not one of the link's values."""
        return {name: value for name, value in super().values().items() if name != "parent"}

    def parent_id(self) -> int | None:
        """The key of the adult that was chosen."""
        chosen = self.cleaned_data.get("parent")
        return int(chosen) if chosen else None


class RemovalForm(RecordForm):
    """Why a row is taken off file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["erase"]
        self.fields["reason"].help_text = _("Say why this never was so. It is kept in the history.")
        self.initial.setdefault("key", uuid.uuid4().hex)
