"""The forms for a note and for a contact. They only gather what was typed; the services judge it."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.errors import Invalid
from families.contacts.models import ContactAttempt
from families.editing.forms import UNKNOWN, YES_NO, DayInput, choice_field, text_field
from families.models import Person


class _Written(forms.Form):
    """What both have: about whom, and a key by which a double click is one."""

    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    person = choice_field(_("About whom"), [])

    def __init__(self, persons: Sequence[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.persons = [(str(person.pk), person.full_name or person.reference) for person in persons]
        self.initial.setdefault("key", uuid.uuid4().hex)

    def offer(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        """Have a field offer these choices."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(choices)

    def person_id(self) -> int | None:
        """The key of the person that was chosen."""
        chosen = self.cleaned_data.get("person")
        return int(chosen) if chosen else None

    def write_key(self) -> str:
        """The same page sent twice is one write, with other values typed another."""
        typed = json.dumps([self.data.get(name, "") for name in self.fields])
        return f"{self.cleaned_data['key']}:{hashlib.sha256(typed.encode()).hexdigest()[:24]}"

    def refuse(self, refusal: Invalid) -> None:
        """Show the services' refusal at its fields."""
        for name, sentence in refusal.errors.items():
            self.add_error(name if name in self.fields else None, sentence)


class NoteForm(_Written):
    """A note about the family or one of its persons."""

    text = text_field(_("Note"), long=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("person", [("", _("The whole family")), *self.persons])


class ContactForm(_Written):
    """A try to reach somebody, in the order in which it happens."""

    person = choice_field(_("Whom did you try to reach?"), [])
    on = forms.CharField(label=_("On which day?"), required=False, widget=DayInput)
    channel = choice_field(_("How?"), ContactAttempt.Channel.choices)
    way = text_field(_("Number or address used"))
    outcome = choice_field(_("What came of it?"), ContactAttempt.Outcome.choices)
    answered_by = text_field(_("Who answered?"), _("If it was not this person: what was said to whom matters."))
    language = text_field(_("In which language did you speak?"))
    interpreter = choice_field(_("With an interpreter?"), YES_NO)
    said = text_field(
        _("What was told?"), _("In plain words. It is printed on the client's own page, with the day."), long=True
    )
    next_on = forms.CharField(label=_("Try again on"), required=False, widget=DayInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("person", self.persons)
        for name in ("channel", "outcome"):
            self.offer(name, [choice for choice in self.fields[name].choices if choice != UNKNOWN])  # type: ignore[attr-defined]

    def values(self) -> dict[str, Any]:
        """For the service: what is not blank, yes and no as booleans."""
        names = [name for name in self.fields if name not in ("key", "person")]
        typed = {name: self.cleaned_data.get(name, "").replace("\r\n", "\n") for name in names}
        given: dict[str, Any] = {name: text for name, text in typed.items() if text.strip()}
        if "interpreter" in given:
            given["interpreter"] = given["interpreter"] == "yes"
        return given
