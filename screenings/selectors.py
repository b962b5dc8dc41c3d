"""Reading screenings: what an outcome would change, before anybody saves it."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.http import Http404

from accounts.access import access_person, access_screening
from accounts.models import User
from families.proposals.effect import Effect, effect_of
from families.proposals.gate import Change
from screenings.models import Screening
from screenings.outcome import outcome_of


def outcome_preview(
    *,
    actor: User,
    values: Mapping[str, Any],
    day: datetime.date,
    screening_id: int | None = None,
    person_id: int | None = None,
    erase: Collection[str] = (),
) -> Effect:
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
    new = outcome_of(screening, values, day=day, erase=erase, reason="-").changes(screening)
    return effect_of(Change("screening", "change" if screening.pk else "add", screening, new), actor=actor, day=day)
