"""Hearings and appointments: putting one on file, moving it, and saying that it does not take place."""

import datetime
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.access import access, access_person
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from deadlines.models import Hearing
from deadlines.refresh import refresh_family
from families.locks import lock_families
from families.models import Person
from families.writing import add_row, change_row, check_version

_FIELDS = ("kind", "at", "zone", "place", "checked_on", "cancelled")


def hearing_add(*, actor: User, person_id: int, values: Mapping[str, Any], key: str | None, day: datetime.date) -> int:
    """A hearing of the person; gives its pk. `values` has `kind`, `at` (an instant) and `zone`, and may have `place`.

    Raises `PermissionDenied`, `Http404`, and `Invalid` by field.
    """
    require(actor, Permission.DEADLINE_DATE_CHANGE)

    def write() -> int:
        person = _locked(actor, person_id)
        given = _clean(values)
        missing = [name for name in ("kind", "at", "zone") if not given.get(name)]
        if missing:
            raise Invalid(dict.fromkeys(missing, _("This is needed.")))
        hearing = add_row(Hearing(organization_id=person.organization_id, person=person, **given), actor=actor)
        refresh_family(family=person.family, day=day)
        return hearing.pk

    return once(actor=actor, key=key, what=f"hearing_add {person_id}", write=write)


def hearing_update(
    *,
    actor: User,
    hearing_id: int,
    version: int,
    values: Mapping[str, Any],
    reason: str,
    key: str | None,
    day: datetime.date,
) -> int:
    """Move a hearing, or say that it was cancelled (`cancelled`: True), for a reason; gives its pk.

    Its reminders follow the new moment. Raises as adding does, and `Conflict` when it has moved on.
    """

    def change(hearing: Hearing) -> None:
        if not reason.strip():
            raise Invalid({"reason": _("Say why: by which notice, or who said so. It is kept in the history.")})
        change_row(hearing, _clean(values), actor=actor, reason=reason)

    return _changed(actor, hearing_id, version, key, "hearing_update", day, change)


def hearing_look(*, actor: User, hearing_id: int, version: int, key: str | None, day: datetime.date) -> int:
    """Somebody looked the hearing up in the court's own system on the day, and it stands there as it does here; gives
    its pk. Its dates stay as they are. Raises as moving does."""

    def change(hearing: Hearing) -> None:
        change_row(hearing, {"checked_on": day}, actor=actor)

    return _changed(actor, hearing_id, version, key, "hearing_look", day, change)


def _changed(
    actor: User,
    hearing_id: int,
    version: int,
    key: str | None,
    what: str,
    day: datetime.date,
    change: Callable[[Hearing], None],
) -> int:
    require(actor, Permission.DEADLINE_DATE_CHANGE)

    def write() -> int:
        hearing = access(Hearing.objects.all(), actor, hearing_id)
        person = _locked(actor, hearing.person_id)
        hearing = access(Hearing.objects.all(), actor, hearing_id)
        current = {name: getattr(hearing, name) for name in _FIELDS}
        check_version(hearing, version, current=current, theirs={})
        change(hearing)
        refresh_family(family=person.family, day=day)
        return hearing.pk

    return once(actor=actor, key=key, what=f"{what} {hearing_id}", write=write)


def _locked(actor: User, person_id: int) -> Person:
    person = access_person(actor, person_id)
    lock_families(person.organization_id, [person.family_id])
    return access_person(actor, person_id)


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    given = {name: value for name, value in values.items() if name in _FIELDS and value not in (None, "")}
    if "kind" in given and given["kind"] not in Hearing.Kind.values:
        raise Invalid({"kind": _("Choose one of the list.")})
    if "zone" in given:
        try:
            ZoneInfo(given["zone"])
        except (KeyError, ValueError, OSError):
            raise Invalid({"zone": _("Choose one of the list.")}) from None
    return given
