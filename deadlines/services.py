"""Making, correcting, confirming and ending dates. Each service is one transaction: the change, its history, and when
the next reminder falls.

The version of a date rises when a day changes or the date is opened again, for the reminders of earlier versions are
then void; who confirms or ends it leaves the version as it is.
"""

import datetime
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import access, access_family, access_person, organization_of
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from audit import services as trace
from audit.models import Act
from config import clock
from deadlines.calendars.labels import zone_of
from deadlines.catalogue import CATALOGUE
from deadlines.catalogue.entries import Trigger
from deadlines.catalogue.office import RENEWED
from deadlines.counting import RULES, business_day_up_to
from deadlines.deriving import others_of, proof_of, safe_day
from deadlines.models import Closure, Deadline
from deadlines.reminders.moments import first_moment, offsets_of
from families.locks import lock_families
from families.models import Family
from families.writing import changes_since, save_row

State = Deadline.State
Source = Deadline.Source
OWN: Final = "own"


def deadline_add(*, actor: User, family_id: int, values: Mapping[str, Any], key: str | None, day: datetime.date) -> int:
    """A date made by hand; gives its pk.

    `values` has `title`, `due_on` (a date), `weight` and `owes`, and may have `person` (a pk), `reason`, and `due_at`
    with `zone` for what runs by the hour. Raises `PermissionDenied`, `Http404`, and `Invalid` by field.
    """
    require(actor, Permission.DEADLINE_DATE_CHANGE)
    title = str(values.get("title") or "").strip()
    due = values.get("due_on")
    if not title or due is None:
        missing = [name for name, value in (("title", title), ("due_on", due)) if not value]
        raise Invalid(dict.fromkeys(missing, _("This is needed.")))

    def made(family: Family) -> Deadline:
        safe = due if values.get("due_at") else min(business_day_up_to(due, closures_of(family)) or due, due)
        return Deadline(
            kind=OWN,
            title=title,
            weight=values.get("weight") or Deadline.Weight.RIGHT_LOST,
            owes=values.get("owes") or Deadline.Owes.OFFICE,
            due_on=due,
            safe_on=safe,
            due_at=values.get("due_at"),
            zone=values.get("zone") or "",
            counting="fixed",
        )

    return _add(actor, family_id, values, key, made)


def deadline_start(
    *, actor: User, family_id: int, kind: str, values: Mapping[str, Any], key: str | None, day: datetime.date
) -> int:
    """A date that the catalogue counts from a day off a paper; gives its pk.

    `kind` is an entry that is started by hand; `values` has `start` (a date), and may have `person` (a pk) and
    `reason`. Raises as `deadline_add`.
    """
    require(actor, Permission.DEADLINE_DATE_CHANGE)
    entry = CATALOGUE.get(kind)
    if entry is None or not entry.by_hand:
        raise Http404
    start = values.get("start")
    if start is None:
        raise Invalid({"start": _("This is needed.")})

    def made(family: Family) -> Deadline:
        return _counted(Deadline(kind=kind), start, closures_of(family))

    return _add(actor, family_id, values, key, made)


def _counted(row: Deadline, start: datetime.date, closures: frozenset[datetime.date]) -> Deadline:
    """The row with all that its entry counts from the day."""
    entry = CATALOGUE[row.kind]
    counted = RULES[entry.counting](start, entry.length, closures)
    if counted is None:
        raise Invalid({"start": _("Look at the year: nothing can be counted from this day.")})
    trigger = Trigger("hand", "hand", 0, start)
    others, first_of_others = others_of(entry, trigger, closures)
    own = counted.unmoved if entry.safe_is_due else business_day_up_to(safe_day(entry, counted), closures)
    row.weight, row.owes, row.counting = entry.weight, entry.owes, entry.counting
    row.trigger_on, row.due_on = start, counted.due
    row.safe_on = min(one for one in (own, first_of_others, counted.due) if one is not None)
    row.otherwise, row.proof = others, proof_of(trigger, counted)
    return row


def address_change(*, actor: User, person_id: int, moved_on: datetime.date, key: str | None, day: datetime.date) -> int:
    """That somebody moved: the two duties to say so, one to USCIS and one to the court; gives the first one's pk.

    The court's stands also where no case is known: a notice to the old address can end in an order.
    """
    require(actor, Permission.DEADLINE_DATE_CHANGE)
    person = access_person(actor, person_id)
    values = {"start": moved_on, "person": person.pk, "reason": ""}

    def write() -> int:
        first = 0
        for kind in ("address_uscis", "address_court"):
            pk = deadline_start(actor=actor, family_id=person.family_id, kind=kind, values=values, key=None, day=day)
            first = first or pk
        return first

    return once(actor=actor, key=key, what=f"address_change {person_id}", write=write)


def _add(
    actor: User, family_id: int, values: Mapping[str, Any], key: str | None, made: Callable[[Family], Deadline]
) -> int:
    def write() -> int:
        family = access_family(actor, family_id)
        lock_families(family.organization_id, [family.pk])
        row = made(family)
        row.organization_id, row.family = family.organization_id, family
        if values.get("person"):
            person = access_person(actor, int(values["person"]))
            if person.family_id != family.pk:
                raise Http404
            row.person = person
        row.source = Source.HAND
        row.key = f"hand:{clock.now().isoformat()}:{actor.pk}"
        row.reason = str(values.get("reason") or "").strip()
        row.entered_by, row.entered_at = actor, clock.now()
        row.remind_at = remind_at(row)
        save_row(row, actor=actor, reason=row.reason)
        return row.pk

    return once(actor=actor, key=key, what=f"deadline_add {family_id}", write=write)


def closures_of(row: Any) -> frozenset[datetime.date]:
    """The days without business of the organization to which the row belongs."""
    found = Closure.objects.filter(organization_id=row.organization_id).values_list("on", flat=True)
    return frozenset(found)


def remind_at(row: Deadline) -> datetime.datetime | None:
    """When the next reminder of a new or changed date falls."""
    return first_moment(row, clock.moment(), offsets_of(row.organization_id))


# --- one date ---------------------------------------------------------------------------------------------------------


def deadline_correct(
    *, actor: User, deadline_id: int, version: int, due_on: datetime.date, reason: str, key: str | None
) -> int:
    """Say that the last day is another one; gives the pk. Until a second person confirms it both days stand, and the
    reminders follow the earlier. Raises `PermissionDenied`, `Http404`, `Invalid` and `Conflict`."""
    require(actor, Permission.DEADLINE_DATE_CHANGE)

    def write(row: Deadline) -> None:
        if not reason.strip():
            raise Invalid({"reason": _("Say why the day is another one. It stands on the proof sheet.")})
        if due_on == row.due_on:
            raise Invalid({"due_on": _("This is the day that stands there already.")})
        _only_open(row)
        row.corrected_from = row.due_on if row.corrected_from is None else row.corrected_from
        row.due_on = due_on
        row.safe_on = min(business_day_up_to(due_on, closures_of(row)) or due_on, due_on)
        row.due_at = None if row.due_at is None else row.due_at + _days(row.due_at, row, due_on)
        row.version += 1
        row.reason = reason.strip()
        row.entered_by, row.entered_at = actor, clock.now()
        row.confirmed_by = row.confirmed_at = None
        row.remind_at = remind_at(row)

    return _changed(actor, deadline_id, version, key, "deadline_correct", reason, write)


def _days(at: datetime.datetime, row: Deadline, due_on: datetime.date) -> datetime.timedelta:
    """By how much an instant moves with its day."""
    return due_on - at.astimezone(zone_of(row.zone)).date()


def deadline_confirm(*, actor: User, deadline_id: int, version: int, key: str | None) -> int:
    """A second person has looked at the day and at what it stands on; gives the pk. Raises as correcting does, and
    `PermissionDenied` for one's own."""
    require(actor, Permission.DEADLINE_DATE_CONFIRM)

    def write(row: Deadline) -> None:
        require(actor, Permission.DEADLINE_DATE_CONFIRM, row)
        _only_open(row)
        if row.entered_by_id is None or row.confirmed_by_id is not None:
            return
        row.confirmed_by, row.confirmed_at = actor, clock.now()
        if row.corrected_from is not None:
            row.remind_at = remind_at(row)  # the earlier of the two days counts no longer
        trace.note(
            act=Act.CONFIRMED,
            families=[row.family_id],
            persons=[row.person_id] if row.person_id else [],
            thing=row._meta.db_table,
            thing_id=row.pk,
        )

    return _changed(actor, deadline_id, version, key, "deadline_confirm", "", write)


def deadline_done(*, actor: User, deadline_id: int, version: int, note: str, key: str | None) -> int:
    """What was due is done; gives the pk. Raises as correcting does, and `Invalid` for what another entry keeps: done
    here, nothing would set the next one off."""
    return _ended(actor, deadline_id, version, key, State.DONE, note)


def deadline_not_needed(*, actor: User, deadline_id: int, version: int, reason: str, key: str | None) -> int:
    """The date is void, for a reason; gives the pk. Raises as correcting does."""
    if not reason.strip():
        require(actor, Permission.DEADLINE_DATE_END)
        raise Invalid({"reason": _("Say why this date is not needed. It is kept in the history.")})
    return _ended(actor, deadline_id, version, key, State.VOID, reason)


def _ended(actor: User, deadline_id: int, version: int, key: str | None, state: str, note: str) -> int:
    require(actor, Permission.DEADLINE_DATE_END)

    def write(row: Deadline) -> None:
        _only_open(row)
        if state == State.DONE and row.kind in RENEWED:
            raise Invalid(
                {"reason": _("Write the contact, or the look-up, down where it belongs: it sets the next date off.")}
            )
        row.state, row.ended_by, row.ended_at, row.ended_because = state, actor, clock.now(), note.strip()
        row.remind_at = None

    return _changed(actor, deadline_id, version, key, f"deadline_{state}", note, write)


def deadline_reopen(*, actor: User, deadline_id: int, version: int, reason: str, key: str | None) -> int:
    """The date stands again; gives the pk. Raises as correcting does; without a reason `Invalid`."""
    require(actor, Permission.DEADLINE_DATE_CHANGE)

    def write(row: Deadline) -> None:
        if not reason.strip():
            raise Invalid({"reason": _("Say why this date stands again. It is kept in the history.")})
        if row.state == State.OPEN:
            raise _stale(row)
        row.state, row.ended_by, row.ended_at, row.ended_because = State.OPEN, None, None, ""
        row.version += 1
        row.remind_at = remind_at(row)

    return _changed(actor, deadline_id, version, key, "deadline_reopen", reason, write)


def _changed(
    actor: User,
    deadline_id: int,
    version: int,
    key: str | None,
    what: str,
    reason: str,
    change: Callable[[Deadline], None],
) -> int:
    def write() -> int:
        lock_families(organization_of(actor).pk, [access(Deadline.objects.all(), actor, deadline_id).family_id])
        # Locked, too, against the sweep, which moves `remind_at`.
        row = access(Deadline.objects.select_for_update(no_key=True), actor, deadline_id)
        if row.version != version:
            raise _stale(row)
        change(row)
        save_row(row, actor=actor, reason=reason)
        return row.pk

    return once(actor=actor, key=key, what=f"{what} {deadline_id}", write=write)


def _only_open(row: Deadline) -> None:
    if row.state != State.OPEN:
        raise _stale(row)


def _stale(row: Deadline) -> Conflict:
    current = {"due_on": row.due_on.isoformat(), "state": row.state, "version": row.version}
    return Conflict(current=current, theirs={}, changes=changes_since(row, version=1))


def recount(rows: Any, *, actor: User) -> None:
    """Count these open dates, made by hand from a day off a paper, anew with the organization's closures."""
    for row in rows.exclude(kind=OWN).select_for_update(no_key=True).order_by("pk"):
        if row.corrected_from is not None:
            continue
        before = (row.due_on, row.safe_on)
        _counted(row, row.trigger_on, closures_of(row))
        if (row.due_on, row.safe_on) != before:
            row.version += 1
            row.remind_at = remind_at(row)
            save_row(row, actor=actor, reason=_("A day without business was entered or taken off."))
