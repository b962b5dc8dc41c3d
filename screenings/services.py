"""Recording screenings and their outcomes. Each service is one transaction: the change, its history, the answers.

What may lower somebody's protection, such as a negative result, waits for a second person (`families.proposals`).
"""

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from accounts.access import access_person, access_screening, organization_of
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from families.locks import lock_families
from families.proposals.gate import Change, save_change
from families.writing import check_version, require_reason
from screenings.models import Screening
from screenings.outcome import current_values, outcome_of, review_of
from settlement.determine import redetermine


def screening_add(
    *, actor: User, person_id: int, values: Mapping[str, Any], key: str | None, day: datetime.date
) -> int:
    """A new screening of the person; gives its pk. `values` as in `screenings.outcome`, `basis` and `status` needed.

    Raises `PermissionDenied`, `Http404`, and `Invalid` with a sentence by field.
    """
    require(actor, Permission.SCREENING_OUTCOME_RECORD)

    def write() -> int:
        person = access_person(actor, person_id)
        lock_families(person.organization_id, [person.family_id])
        screening = Screening(organization_id=person.organization_id, person=person)
        new = outcome_of(screening, values, day=day).changes(screening)
        pk = save_change(Change("screening", "add", screening, new), actor=actor, day=day)
        redetermine(organization=organization_of(actor), family_ids=[person.family_id], day=day)
        return pk

    return once(actor=actor, key=key, what=f"screening_add {person_id}", write=write)


def screening_record(
    *,
    actor: User,
    screening_id: int,
    version: int,
    values: Mapping[str, Any],
    key: str | None,
    day: datetime.date,
    erase: Collection[str] = (),
    reason: str = "",
) -> int:
    """What became of a screening, and of the judge's review of it; gives its pk.

    `version` is the one the caller saw. Fields that are not in `values` keep what they have; those named in `erase`
    are unknown from now on, for the reason given. Saving what is already so changes nothing; what waits leaves row and
    version as they are. Raises
    `PermissionDenied`, `Http404`, `Invalid` with a sentence by field, and `Conflict` when someone else saved first.
    """
    require(actor, Permission.SCREENING_OUTCOME_RECORD)

    def write() -> int:
        found = access_screening(actor, screening_id)
        lock_families(found.organization_id, [found.person.family_id])
        screening = access_screening(actor, screening_id)
        review = review_of(screening)
        check_version(screening, version, current=current_values(screening, review), theirs=values)
        new = outcome_of(screening, values, day=day, erase=erase, reason=reason).changes(screening)
        save_change(Change("screening", "change", screening, new, reason), actor=actor, day=day)
        redetermine(organization=organization_of(actor), family_ids=[screening.person.family_id], day=day)
        return screening.pk

    return once(actor=actor, key=key, what=f"screening_record {screening_id}", write=write)


def screening_remove(
    *, actor: User, screening_id: int, version: int, reason: str, key: str | None, day: datetime.date
) -> int:
    """Take a screening out of the record, with the judge's review of it, because it never was; their history stays.

    Gives the person's pk. Raises as `screening_record` does; without a reason `Invalid`.
    """
    require(actor, Permission.SCREENING_OUTCOME_RECORD)

    def write() -> int:
        found = access_screening(actor, screening_id)
        lock_families(found.organization_id, [found.person.family_id])
        screening = access_screening(actor, screening_id)
        check_version(screening, version, current=current_values(screening, review_of(screening)), theirs={})
        require_reason(reason)
        save_change(Change("screening", "remove", screening, {}, reason), actor=actor, day=day)
        redetermine(organization=organization_of(actor), family_ids=[screening.person.family_id], day=day)
        return screening.person_id

    return once(actor=actor, key=key, what=f"screening_remove {screening_id}", write=write)
