"""Reading screenings: what an outcome would change, before anybody saves it."""

import datetime
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.http import Http404

from accounts.access import access_person, access_screening
from accounts.models import User
from families.models import Person
from families.proposals.effect import PersonPreview, compared
from families.proposals.gate import Change, sort_change
from screenings.models import Screening
from screenings.outcome import outcome_of
from settlement.determine import decided_record
from settlement.facts import family_record
from settlement.waiting import confirmed


class OutcomePreview(NamedTuple):
    """What recording would change for each member of the family once all of it is in force, in the order of the family.

    `waits` names the fields that a second person must confirm before.
    """

    persons: list[PersonPreview]
    waits: frozenset[str]


def outcome_preview(
    *,
    actor: User,
    values: Mapping[str, Any],
    day: datetime.date,
    screening_id: int | None = None,
    person_id: int | None = None,
    erase: Collection[str] = (),
) -> OutcomePreview:
    """What recording these values for the screening, or for a new one of the person, would change; nothing is written.

    Raises `Http404`, and `Invalid` exactly where `screening_record` or `screening_add` would (a reason for erasing is
    not asked for yet).
    """
    if screening_id is not None:
        screening = access_screening(actor, screening_id)
    elif person_id is not None:
        person = access_person(actor, person_id)
        screening = Screening(organization_id=person.organization_id, person=person)
    else:
        raise Http404
    family = screening.person.family
    new = outcome_of(screening, values, day=day, erase=erase, reason="-").changes(screening)
    change = Change("screening", "change" if screening.pk else "add", screening, new)
    record = family_record(family, day=day)
    decide = partial(decided_record, family.pk)
    persons = list(Person.objects.visible_to(actor).filter(family=family).order_by("pk"))
    then = confirmed(record, change.patch(new))
    return OutcomePreview(compared(persons, decide(record), decide(then)), sort_change(change, record).waits)
