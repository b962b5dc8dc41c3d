"""Taking a changed rule of the office to every family: at once where they are few, else chunk by chunk by the sweep.

`OfficeRule.brought_to` says how far a rule has come, so that whoever goes on after a break begins where it ended. Doing
a chunk twice, or in two processes, changes nothing.
"""

import datetime
import time
from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Organization
from deadlines.models import OfficeRule
from deadlines.refresh import refresh_families
from families.locks import lock_families
from families.models import Family

CHUNK: Final = 200
"""Families in one transaction, and the most of an organization that a request itself brings up to date."""
SECONDS: Final = 40.0


def bring(organization: Organization, day: datetime.date) -> bool:
    """Take the changed rules to all families in the caller's transaction if they are few; else leave it to the sweep.
    Says whether it is done."""
    families = Family.objects.filter(organization=organization).order_by("pk")
    keys = list(families.values_list("pk", flat=True)[: CHUNK + 1])
    if len(keys) > CHUNK:
        return False
    _bring_chunk(organization, keys, day)
    OfficeRule.objects.filter(organization=organization).update(brought_to=None)
    return True


def bring_waiting(organization_id: int, day: datetime.date, *, seconds: float = SECONDS) -> int:
    """Go on with the rules that have not come to every family; gives to how many families they were brought now."""
    until, done = time.monotonic() + seconds, 0
    organization = Organization.objects.get(pk=organization_id)
    while time.monotonic() < until:
        with transaction.atomic():
            rows = list(_waiting(organization_id))
            if not rows:
                return done
            at = min(row.brought_to or 0 for row in rows)
            families = Family.objects.filter(organization=organization, pk__gt=at).order_by("pk")
            keys = list(families.values_list("pk", flat=True)[:CHUNK])
            _bring_chunk(organization, keys, day)
            done += len(keys)
            _note({row.pk: row.version for row in rows}, keys[-1] if len(keys) == CHUNK else None)
    return done


def waits(organization_id: int) -> bool:
    """Whether a changed rule is still to come to some families."""
    return bool(_waiting(organization_id).exists())


def _waiting(organization_id: int) -> "QuerySet[OfficeRule]":
    return OfficeRule.objects.filter(organization_id=organization_id, brought_to__isnull=False)


def _bring_chunk(organization: Organization, keys: list[int], day: datetime.date) -> None:
    locked = [family.pk for family in lock_families(organization.pk, keys)]
    if locked:
        refresh_families(organization=organization, family_ids=locked, day=day)


def _note(waiting: dict[int, int], last: int | None) -> None:
    """These rules, as long as nobody has changed them since, have come to the family `last`, or (None) to all."""
    as_seen = Q(pk__in=[])
    for pk, version in waiting.items():
        as_seen |= Q(pk=pk, version=version)
    rows = OfficeRule.objects.filter(as_seen, brought_to__isnull=False)
    if last is None:
        rows.update(brought_to=None)
    else:
        rows.filter(brought_to__lt=last).update(brought_to=last)
