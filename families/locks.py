"""Who waits for whom: the one home of the locks that a change of facts takes.

A family's row is locked before any of its facts change, so its determinations are made one after another. A change of
the court record moves every family of the organization: it waits for, and then holds up, all other changes there.
"""

from collections.abc import Iterable

from django.db import connection

from families.models import Family

_COURT_RECORD = 1  # the first half of the key of PostgreSQL's advisory lock; the second is the organization


def lock_families(organization_id: int, family_ids: Iterable[int]) -> list[Family]:
    """Lock these families of the organization until the transaction ends, in order of their keys; they come back fresh.

    Families of another organization, and ones that are gone, are left out.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, %s::integer)", [_COURT_RECORD, organization_id])
    rows = Family.objects.filter(organization_id=organization_id, pk__in=list(family_ids)).order_by("pk")
    return list(rows.select_for_update(no_key=True))


def lock_court_record(organization_id: int) -> None:
    """Wait until nobody in the organization is changing a fact, and keep others waiting until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::integer)", [_COURT_RECORD, organization_id])
