"""Writing notes, and tries to reach somebody, down. No answer changes with them; the date of the next talk does."""

import datetime
from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.access import access_family, access_person
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from config import clock
from deadlines.refresh import refresh_family
from families.contacts.models import ContactAttempt, Note
from families.locks import lock_families
from families.writing import add_row, clean_values

CONTACT_FIELDS: Final = (
    "on",
    "channel",
    "way",
    "outcome",
    "answered_by",
    "language",
    "interpreter",
    "said",
    "next_on",
)


def note_add(*, actor: User, family_id: int, text: str, key: str | None, person_id: int | None = None) -> int:
    """A note about the family, or about one person in it; gives its pk.

    Raises `PermissionDenied`, `Http404`, and `Invalid` for an empty text or a person of another family.
    """
    require(actor, Permission.FAMILY_RECORD_CHANGE)

    def write() -> int:
        family = access_family(actor, family_id)
        given = clean_values(Note, {"text": text}, fields=("text",))
        if not given.get("text"):
            raise Invalid({"text": _("Write something.")})
        person = access_person(actor, person_id) if person_id is not None else None
        if person is not None and person.family_id != family.pk:
            raise Invalid({"person": _("Choose one of the list.")})
        note = Note(organization_id=family.organization_id, family=family, person=person, **given)
        note.author, note.written_at = actor, clock.now()
        return int(add_row(note, actor=actor).pk)

    return once(actor=actor, key=key, what=f"note_add {family_id}", write=write)


def contact_add(*, actor: User, person_id: int, values: Mapping[str, Any], key: str | None, day: datetime.date) -> int:
    """A try to reach the person; gives its pk. `values` has any of `CONTACT_FIELDS`: `channel` and `outcome` are
    needed, `on` is the day if it is not given.

    Raises `PermissionDenied`, `Http404`, and `Invalid` with a sentence by field.
    """
    require(actor, Permission.FAMILY_RECORD_CHANGE)

    def write() -> int:
        person = access_person(actor, person_id)
        lock_families(person.organization_id, [person.family_id])
        person = access_person(actor, person_id)
        given = {"on": day, **clean_values(ContactAttempt, values, fields=CONTACT_FIELDS)}
        errors = {name: _("This is needed.") for name in ("channel", "outcome") if name not in given}
        if given["on"] > day:
            errors["on"] = _("This day has not come yet.")
        if given.get("next_on") is not None and given["next_on"] < given["on"]:
            errors["next_on"] = _("This is before the day of the contact itself.")
        if errors:
            raise Invalid(errors)
        row = ContactAttempt(organization_id=person.organization_id, person=person, **given)
        row.author, row.written_at = actor, clock.now()
        pk = int(add_row(row, actor=actor).pk)
        refresh_family(family=person.family, day=day)
        return pk

    return once(actor=actor, key=key, what=f"contact_add {person_id}", write=write)
