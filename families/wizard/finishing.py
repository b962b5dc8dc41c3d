"""A draft becomes a family on file: through the services of every other page, in one transaction with one receipt."""

import datetime
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from families.intake.rows import ATTRIBUTES, TEXTS, Groups
from families.models import Person
from families.services import fact_add, family_create
from families.wizard.duplicates import duplicates
from families.wizard.models import IntakeDraft
from families.wizard.typed import Content, Read, read
from screenings.services import screening_add

_RENAMED: Final = {
    "custody": {"from": "began_on", "to": "ended_on"},
    "departure": {"on": "departed_on"},
}
_KINDS: Final = (
    ("custody", "custody"),
    ("departures", "departure"),
    ("exclusions", "exclusion"),
    ("elections", "election"),
)


def draft_finish(
    *, actor: User, content: Content, version: int, other_people: bool, key: str | None, day: datetime.date
) -> int:
    """Put the family on file, and remove the draft; gives the family's key.

    `version` is that of the draft which the page showed; `other_people`: somebody looked at the people on file who may
    be the same, and says that they are not. What may lower somebody's protection waits for a second person, as from
    any form. Raises `PermissionDenied`, `Conflict` when the draft was saved in another window since, and `Invalid` with
    sentences by field of the page; then nothing is on file, and the draft is as it was.
    """
    require(actor, Permission.FAMILY_RECORD_CREATE)

    def write() -> int:
        drafts = IntakeDraft.objects.visible_to(actor).filter(user=actor)
        draft = drafts.select_for_update().first()
        if draft is not None and draft.version != version:
            raise Conflict(current={"version": draft.version, **draft.content}, theirs=content, changes=())
        found = read(content, day)
        others = duplicates(actor, found)
        errors = found.errors | others.errors
        if others.similar and not other_people:
            errors["other_people"] = _("Look at the people on file who may be the same, and say that they are not.")
        if not content["reference"].strip():
            errors["reference"] = _("This is needed.")
        if errors:
            raise Invalid(errors)
        family = _family(actor, content, found, day)
        keys = {person.reference: person.pk for person in Person.objects.filter(family_id=family)}
        for ref, groups in found.groups.items():
            _facts(actor, keys, ref, groups, day)
        drafts.delete()
        return family

    return once(actor=actor, key=key, what="draft_finish", write=write)


def _family(actor: User, content: Content, found: Read, day: datetime.date) -> int:
    notes = {person["ref"]: person.get("contact_note", "") for person in content["persons"]}
    persons = [_person(ref, groups, notes[ref]) for ref, groups in found.groups.items()]
    try:
        return family_create(actor=actor, reference=content["reference"], persons=persons, key=None, day=day)
    except Invalid as refusal:
        refs = [person["ref"] for person in content["persons"]]
        raise Invalid({_page_name(name, refs): text for name, text in refusal.errors.items()}) from None


def _page_name(name: str, refs: list[str]) -> str:
    """`persons[1].a_number` as the field of the page; what has no field there stands for all."""
    if not name.startswith("persons["):
        return name if name == "reference" else ""
    place, field = name.removeprefix("persons[").split("].")
    return f"p{refs[int(place)]}-{field}"


def _person(ref: str, groups: Groups, contact_note: str) -> dict[str, Any]:
    entry = groups["entry"] or {}
    values = {name: groups[name] for name in (*ATTRIBUTES, *TEXTS)}
    values |= {"reference": ref, "contact_note": contact_note}
    values |= {"entry_on": entry.get("on"), "entry_place": entry.get("place")}
    for name in ("custody", "departures"):
        values[f"{name}_known"] = True if groups[name] == [] else None
    return values


def _facts(actor: User, keys: Mapping[str, int], ref: str, groups: Groups, day: datetime.date) -> None:
    person = keys[ref]

    def add(kind: str, item: Mapping[str, Any], parent: int | None = None) -> None:
        values = {_RENAMED.get(kind, {}).get(name, name): value for name, value in item.items()}
        fact_add(actor=actor, kind=kind, person_id=person, values=values, key=None, day=day, parent_id=parent)

    for group, kind in _KINDS:
        for item in groups[group] or ():
            _said_of(ref, partial(add, kind, item))
    for link in groups["parents"] or ():
        item = {name: value for name, value in link.items() if name != "parent"}
        _said_of(ref, partial(add, "parent_link", item, keys[link["parent"]]))
    if groups["court_case"]:
        _said_of(ref, partial(add, "court_case", groups["court_case"]))
    for screening in [*groups["initial"], *groups["second"]]:
        values = {name: value for name, value in screening.items() if name != "judge_review"}
        values |= {f"judge_{name}": value for name, value in screening.get("judge_review", {}).items()}
        _said_of(ref, partial(screening_add, actor=actor, person_id=person, values=values, key=None, day=day))


def _said_of(ref: str, write: Callable[[], object]) -> None:
    """Do it; a refusal is said of the person whom it is about."""
    try:
        write()
    except Invalid as refusal:
        raise Invalid({f"p{ref}": " ".join(refusal.errors.values())}) from None
