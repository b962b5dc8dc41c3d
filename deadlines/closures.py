"""Days without business that no calendar knows: a supervisor enters them, and the open dates they touch are counted
anew."""

import datetime
from typing import Final

from django.utils.translation import gettext as _

from accounts.access import access, organization_of
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from deadlines.models import Closure, Deadline
from deadlines.services import recount
from families.locks import lock_court_record
from families.writing import add_row, clean_values, remove_row, require_reason
from settlement.determine import redetermine

NEAR: Final = datetime.timedelta(days=12)
"""No run of weekends, holidays and closings is longer: only dates as near as this can be moved by a day."""


def closure_add(*, actor: User, on: datetime.date, why: str, key: str | None, day: datetime.date) -> int:
    """A day without business, by an order or for the weather; gives its pk. Raises `PermissionDenied`, `Invalid`."""
    require(actor, Permission.DEADLINE_CLOSURE_CHANGE)

    def write() -> int:
        given = clean_values(Closure, {"on": on, "why": why}, fields=("on", "why"))
        missing = [name for name in ("on", "why") if name not in given]
        if missing:
            raise Invalid(dict.fromkeys(missing, _("This is needed.")))
        lock_court_record(actor.organization_id)
        row = add_row(Closure(organization=organization_of(actor), **given), actor=actor, reason=why)
        _count_anew(actor, on, day)
        return row.pk

    return once(actor=actor, key=key, what="closure_add", write=write)


def closure_remove(*, actor: User, closure_id: int, reason: str, key: str | None, day: datetime.date) -> int:
    """The day was one of business after all; gives its pk. Raises `PermissionDenied`, `Http404`, `Invalid`."""
    require(actor, Permission.DEADLINE_CLOSURE_CHANGE)

    def write() -> int:
        row = access(Closure.objects.all(), actor, closure_id)
        require_reason(reason)
        on = row.on
        lock_court_record(actor.organization_id)
        remove_row(row, actor=actor, reason=reason)
        _count_anew(actor, on, day)
        return closure_id

    return once(actor=actor, key=key, what=f"closure_remove {closure_id}", write=write)


def _count_anew(actor: User, on: datetime.date, day: datetime.date) -> None:
    """The open dates near the day: of the record by their rules, of the catalogue by the day that was typed."""
    touched = Deadline.objects.open().filter(organization_id=actor.organization_id)
    touched = touched.filter(due_on__range=(on - NEAR, on + NEAR)) | touched.filter(
        safe_on__range=(on - NEAR, on + NEAR)
    )
    families = set(touched.exclude(source=Deadline.Source.HAND).values_list("family_id", flat=True))
    redetermine(organization=organization_of(actor), family_ids=families, day=day, rebuild=True)
    recount(touched.filter(source=Deadline.Source.HAND, trigger_on__isnull=False), actor=actor)
