"""Reading screenings: what an outcome would change, before anybody saves it."""

import copy
import datetime
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model
from django.http import Http404

from accounts.access import access_person, access_screening
from accounts.models import User
from families.models import Person
from screenings.models import JudgeReview, Screening
from screenings.outcome import outcome_of, review_of
from settlement.determine import decided
from settlement.facts import Facts, family_facts, screening_facts

R = TypeVar("R", bound=Model)


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


def outcome_preview(
    *,
    actor: User,
    values: Mapping[str, Any],
    day: datetime.date,
    screening_id: int | None = None,
    person_id: int | None = None,
    erase: Collection[str] = (),
) -> list[PersonPreview]:
    """What recording these values for the screening, or for a new one of the person, would change; nothing is written.

    One entry for each person of the family, in the order of the family. Raises `Http404`, and `Invalid` exactly where
    `screening_record` or `screening_add` would (a reason for erasing is not asked for yet).
    """
    if screening_id is not None:
        stored = access_screening(actor, screening_id)
    elif person_id is not None:
        person = access_person(actor, person_id)
        stored = Screening(organization_id=person.organization_id, person=person)
    else:
        raise Http404
    family = stored.person.family
    outcome = outcome_of(stored, values, day=day, erase=erase, reason="-")
    planned = _with(copy.copy(stored), outcome.screening)
    review = None
    if outcome.reviewed:
        review = _with(copy.copy(review_of(stored) or JudgeReview()), outcome.review)
    facts = family_facts(family, day=day, instead=[(planned, review)])
    before = decided(family.pk, _as_stored(facts, stored))
    after = decided(family.pk, facts)
    persons = Person.objects.visible_to(actor).filter(family=family).order_by("pk")
    return [
        PersonPreview(person, one, other, _new_deadlines(before, after, other["id"]))
        for person, one, other in zip(persons, before["persons"], after["persons"], strict=True)
    ]


def _as_stored(facts: Facts, stored: Screening) -> Facts:
    """The same facts with the screening as it is on file: the engine is asked twice, and the record read once."""
    person = next(person for person in facts["persons"] if person["id"] == stored.person.reference)
    screenings = list(person["screenings"])
    if not stored.pk:
        screenings.pop()  # a new one is the last
    else:
        place = Screening.objects.filter(person_id=stored.person_id, pk__lt=stored.pk).count()
        screenings[place] = screening_facts(stored, review_of(stored))
    others = [{**person, "screenings": screenings} if one is person else one for one in facts["persons"]]
    return {**facts, "persons": others}


def _new_deadlines(before: dict[str, Any], after: dict[str, Any], person: str) -> list[dict[str, Any]]:
    return [line for line in after["deadlines"] if line["person"] == person and line not in before["deadlines"]]


def _with(row: R, values: Mapping[str, Any]) -> R:
    for name, value in values.items():
        setattr(row, name, value)
    return row
