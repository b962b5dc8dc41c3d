"""Recording screenings and their outcomes. Each service is one transaction: the change, its history, the answers."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any

from accounts.access import access_person, access_screening, organization_of
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from families.locks import lock_families
from families.writing import add_row, change_row, check_version, remove_row, touch_row
from screenings.models import JudgeReview, Screening
from screenings.outcome import Outcome, current_values, outcome_of, review_of
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
        outcome = outcome_of(screening, values, day=day)
        for name, value in outcome.screening.items():
            setattr(screening, name, value)
        add_row(screening, actor=actor)
        _save_review(screening, None, outcome, actor, "")
        redetermine(organization=organization_of(actor), family_ids=[person.family_id], day=day)
        return screening.pk

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
    are unknown from now on, for the reason given. Saving what is already so changes nothing. Raises
    `PermissionDenied`, `Http404`, `Invalid` with a sentence by field, and `Conflict` when someone else saved first.
    """
    require(actor, Permission.SCREENING_OUTCOME_RECORD)

    def write() -> int:
        found = access_screening(actor, screening_id)
        lock_families(found.organization_id, [found.person.family_id])
        screening = access_screening(actor, screening_id)
        review = review_of(screening)
        check_version(screening, version, current=current_values(screening, review), theirs=values)
        outcome = outcome_of(screening, values, day=day, erase=erase, reason=reason)
        of_review = _save_review(screening, review, outcome, actor, reason)
        if not change_row(screening, outcome.screening, actor=actor, reason=reason) and of_review:
            touch_row(screening, actor=actor, reason=reason)
        redetermine(organization=organization_of(actor), family_ids=[screening.person.family_id], day=day)
        return screening.pk

    return once(actor=actor, key=key, what=f"screening_record {screening_id}", write=write)


def _save_review(screening: Screening, review: JudgeReview | None, outcome: Outcome, actor: User, reason: str) -> bool:
    """Add, change or remove the judge's review; gives whether anything of it changed."""
    if not outcome.reviewed:
        if review is not None:
            remove_row(review, actor=actor, reason=reason)
        return review is not None
    if review is None:
        new = JudgeReview(organization_id=screening.organization_id, screening=screening, **outcome.review)
        add_row(new, actor=actor, reason=reason)
        return True
    return bool(change_row(review, outcome.review, actor=actor, reason=reason))
