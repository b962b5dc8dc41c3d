"""Who waits for whom: the one home of the locks that a change of facts takes.

A family's row is locked before any of its facts change, so its determinations are made one after another. A change of
the court record moves every family of the organization: it waits for, and then holds up, all other changes there.
"""

from collections.abc import Iterable

from django.db import connection

from families.models import Family

# The first half of the key of PostgreSQL's advisory lock; the second is the organization.
_COURT_RECORD = 1
_INTAKE = 2


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


def lock_intake(organization_id: int) -> None:
    """Let one sheet at a time bring families into the organization, until the transaction ends.

    Two that name the same families in another order would else wait for one another. Whoever waits here has time: this
    transaction's locks may take minutes.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '5min'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s::integer)", [_INTAKE, organization_id])
