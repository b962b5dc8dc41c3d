"""What is read of notes and contacts: all of a family, and when each person was last reached."""

import datetime
from collections.abc import Collection
from typing import Any, Final, NamedTuple

from django.db.models import Max, Q, QuerySet

from accounts.models import User
from families.contacts.models import ContactAttempt, Note

OLD_AFTER: Final = datetime.timedelta(days=60)
"""When a number or an address nobody was reached by grows old (practice, section 4.2: the paralegal's question)."""


class LastContact(NamedTuple):
    """The last try to reach a person, the last that reached them, and when to try again; None where there is none."""

    person_id: int
    family_id: int
    tried_on: datetime.date | None
    reached_on: datetime.date | None
    next_on: datetime.date | None


def last_contacts(actor: User, family_ids: Collection[int]) -> dict[int, LastContact]:
    """By key of the person: those of these families whom somebody ever tried to reach, as far as the actor sees them.

    One query. `next_on` is the latest day that was set for a further try and is after the last one.
    """
    reached = Q(outcome=ContactAttempt.Outcome.REACHED)
    rows = ContactAttempt.objects.visible_to(actor).filter(person__family_id__in=list(family_ids))
    found = rows.values("person_id", "person__family_id").annotate(
        tried=Max("on"), reached=Max("on", filter=reached), next=Max("next_on")
    )
    return {
        row["person_id"]: LastContact(
            row["person_id"],
            row["person__family_id"],
            row["tried"],
            row["reached"],
            row["next"] if row["next"] and row["next"] > row["tried"] else None,
        )
        for row in found
    }


def contacts_of(actor: User, family_id: int) -> QuerySet[ContactAttempt]:
    """The tries to reach somebody of the family, the newest first."""
    rows: Any = ContactAttempt.objects.visible_to(actor).filter(person__family_id=family_id)
    return rows.select_related("person", "author").order_by("-on", "-pk")  # type: ignore[no-any-return]


def notes_of(actor: User, family_id: int) -> QuerySet[Note]:
    """The notes about the family, the newest first."""
    rows: Any = Note.objects.visible_to(actor).filter(family_id=family_id)
    return rows.select_related("person", "author").order_by("-written_at", "-pk")  # type: ignore[no-any-return]
