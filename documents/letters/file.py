"""A family as letters read it: its persons, the facts in force on a day, and the decision."""

import datetime
from typing import NamedTuple

from accounts.access import access_family
from accounts.models import User
from accounts.permissions import Permission, require
from families.models import Family, Person
from settlement.determine import decided_record
from settlement.facts import family_record
from settlement.waiting import Decision, Facts, Record


class FamilyFile(NamedTuple):
    """A family, its persons in their order, its record on a day (facts and keys of rows), and the decision."""

    family: Family
    persons: list[Person]
    record: Record
    decision: Decision

    @property
    def facts(self) -> Facts:
        """The facts in force."""
        return self.record.facts


def family_file(actor: User, family_id: int, day: datetime.date) -> FamilyFile:
    """The family for a letter. Raises `Http404`, and `PermissionDenied` without an office."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    family = access_family(actor, family_id)
    record = family_record(family, day=day)
    return FamilyFile(family, list(family.persons.order_by("pk")), record, decided_record(family.pk, record))
