"""What a change would mean for each member of a family: two decisions, person by person."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from families.models import Person
from families.proposals.gate import Change, sort_change
from settlement.determine import decided_record
from settlement.facts import family_record, typed_patch
from settlement.waiting import Decision, FactsRefusedError, confirmed


@dataclass(frozen=True)
class PersonPreview:
    """One member of the family: the engine's answer for them (rules, section 9) as it is, and as it would be.

    `new_deadlines` has the deadlines of theirs that there would be and are not yet.
    """

    person: Person
    before: dict[str, Any]
    after: dict[str, Any]
    new_deadlines: list[dict[str, Any]]

    @property
    def changes(self) -> bool:
        """Whether anything of the answer would be different."""
        return self.before != self.after


def compared(persons: Sequence[Person], before: Decision, after: Decision) -> list[PersonPreview]:
    """One entry for each person, in their order."""
    known = [line for line in before["deadlines"] if "if_confirmed" not in line]
    new = [line for line in after["deadlines"] if line not in known and "if_confirmed" not in line]
    return [
        PersonPreview(person, one, other, [line for line in new if line["person"] == other["id"]])
        for person, one, other in zip(persons, before["persons"], after["persons"], strict=True)
    ]


class Effect(NamedTuple):
    """What a change would mean for each member of the family once all of it is in force, in the order of the family.

    `waits` names the fields that a second person must confirm before; with `whole` all of the change waits.
    """

    persons: list[PersonPreview]
    waits: frozenset[str]
    whole: bool = False


def effect_of(change: Change, *, actor: User, day: datetime.date) -> Effect:
    """What saving this change would mean; nothing is written. Raises `Invalid` where the facts cannot be so."""
    family = change.person.family
    record = family_record(family, day=day)
    decide = partial(decided_record, family.pk)
    persons = list(Person.objects.visible_to(actor).filter(family=family).order_by("pk"))
    try:
        then = decide(confirmed(record, change.patch(change.new)))
        found = sort_change(change, record)
    except FactsRefusedError:
        raise impossible() from None
    return Effect(compared(persons, decide(record), then), found.waits, found.whole)


def effect_of_person(person: Person, facts: dict[str, Any], *, actor: User, day: datetime.date) -> Effect:
    """What a new person of the family (not saved) would mean, of whom these facts are typed. They themselves are
    compared with how they would stand if nothing were known of them."""
    record = family_record(person.family, day=day)
    decide = partial(decided_record, person.family_id)
    nobody = {"id": person.reference, "role": person.role}
    joined = record._replace(facts={**record.facts, "persons": [*record.facts["persons"], nobody]})
    patch = typed_patch(kind="person", how="change", person=person.reference, key=0, values=facts)
    try:
        now, blank, then = decide(record), decide(joined), decide(confirmed(joined, patch))
        found = sort_change(Change("person", "change", person, facts), joined)
    except FactsRefusedError:
        raise impossible() from None
    before = {**now, "persons": [*now["persons"], blank["persons"][-1]]}
    members = Person.objects.visible_to(actor).filter(family=person.family_id).order_by("pk")
    return Effect(compared([*members, person], before, then), found.waits, found.whole)


def impossible() -> Invalid:
    """That the facts cannot be true together, as the engine reads them."""
    return Invalid({"": _("These facts cannot be true together. Look at the days and at the role once more.")})
