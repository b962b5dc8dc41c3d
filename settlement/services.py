"""Recording the turns of the class action itself."""

import datetime

from django.utils.translation import gettext as _

from accounts.access import organization_of
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from families.locks import lock_court_record
from families.writing import add_row, clean_values
from settlement.determine import redetermine_all
from settlement.engine.parameters import COURT_RECORD
from settlement.models import CourtEvent


def court_event_record(*, actor: User, kind: str, on: datetime.date, key: str | None, day: datetime.date) -> int:
    """Add an event to the organization's court record, and answer anew for all its families; gives the event's pk.

    The first event that an organization records is added to the record that the engine has, which is copied so that
    nothing of it is lost. Raises `PermissionDenied`, and `Invalid` with a sentence by field.
    """
    require(actor, Permission.COURT_EVENT_RECORD)

    def write() -> int:
        organization = organization_of(actor)
        given = clean_values(CourtEvent, {"kind": kind, "on": on}, fields=("kind", "on"))
        missing = {name: _("This is needed.") for name in ("kind", "on") if name not in given}
        if missing:
            raise Invalid(missing)
        if given["on"] > day:
            raise Invalid({"on": _("This day has not come yet.")})
        lock_court_record(organization.pk)
        if not CourtEvent.objects.visible_to(actor).exists():
            for known_kind, known_on in COURT_RECORD.value:
                add_row(CourtEvent(organization=organization, kind=known_kind, on=known_on), actor=None)
        event = add_row(CourtEvent(organization=organization, **given), actor=actor)
        redetermine_all(organization=organization, day=day)
        return event.pk

    return once(actor=actor, key=key, what="court_event_record", write=write)
