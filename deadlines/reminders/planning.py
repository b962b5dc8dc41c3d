"""Writes reminders when their time comes: for the deadlines whose `remind_at` has passed, and nobody else's.

A reminder's key (deadline, version, person, offset, channel) is UNIQUE, so planning twice, or by many at once, writes
it once. Planned moments that have passed unseen become one reminder, which says for how many it stands.
"""

import datetime
import logging
from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from deadlines.models import Deadline
from deadlines.reminders import ledger, recipients
from deadlines.reminders.models import Reminder
from deadlines.reminders.moments import (
    Offsets,
    after_quiet,
    end_of,
    first_moment,
    next_moment,
    offsets_of,
    passed,
    patience,
)
from deadlines.reminders.recipients import Recipients

__all__ = ["LATE", "MOST", "Planned", "first_moment", "next_moment", "offsets_of", "plan"]

log = logging.getLogger("amparo.reminders")

LATE = datetime.timedelta(minutes=15)  # a reminder that comes later than this says that it is late
MOST = 500  # deadlines in one transaction
_AGAIN = datetime.timedelta(minutes=10)  # when one that could not be planned is tried again

State, Why, Channel = Reminder.State, Reminder.Why, Reminder.Channel


class Planned(NamedTuple):
    """What one call of `plan` did: deadlines looked at, reminders written, deadlines that could not be planned."""

    deadlines: int
    reminders: int
    failed: int


@dataclass
class Told:
    """What of a deadline's present version was told already, and of earlier ones whether anything was."""

    offset: int | None = None  # the latest that was planned
    given: dict[int, datetime.datetime] = field(default_factory=dict)  # when that one was given, by person
    people: set[int] = field(default_factory=set)  # who were told at that offset, in every way
    seen_by: set[int] = field(default_factory=set)
    is_undelivered: bool = False  # a mail of that offset was parked
    had_earlier: bool = False


class Plan(NamedTuple):
    """What is to be written for one deadline, and when it is to be looked at next."""

    rows: list[Reminder]
    next_at: datetime.datetime | None


def plan(organization_id: int, moment: datetime.datetime, most: int = MOST) -> Planned:
    """Write the reminders of up to `most` deadlines whose moment has come, the nearest first, in one transaction.

    Rows that another process plans just now are passed over. One deadline that cannot be planned does not keep the
    others: it is logged, and looked at again in ten minutes.
    """
    with transaction.atomic():
        due = list(
            Deadline.objects.filter(organization_id=organization_id, state=Deadline.State.OPEN, remind_at__isnull=False)
            .filter(remind_at__lte=moment)
            .order_by("safe_on", "pk")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .select_related("family")[:most]
        )
        if not due:
            return Planned(0, 0, 0)
        offsets = offsets_of(organization_id)
        told = _told(due)
        people = recipients.load(organization_id, (one.family_id for one in due), timezone.localdate(moment))
        rows: list[Reminder] = []
        following: list[tuple[int, datetime.datetime | None]] = []
        failed = 0
        for deadline in due:
            try:
                made = plan_one(deadline, moment, offsets, told[deadline.pk], people)
            except Exception:  # whatever is wrong with one must not stop the rest
                log.exception("the reminders of deadline %s could not be planned", deadline.pk)
                made, failed = Plan([], moment + _AGAIN), failed + 1
            rows += made.rows
            following.append((deadline.pk, made.next_at))
        Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
        ledger.revive(rows)
        _set_next(following)
    return Planned(len(due), len(rows), failed)


def plan_one(deadline: Deadline, moment: datetime.datetime, offsets: Offsets, told: Told, people: Recipients) -> Plan:
    """The reminders that this deadline needs now. It asks nothing of the database."""
    come = passed(deadline, moment, offsets, after=told.offset)
    coming = next_moment(deadline, moment, offsets)
    first = people.first(deadline.family)
    if come:
        if not first:
            log.error("nobody can be told of deadline %s", deadline.pk)
            return Plan([], moment + _AGAIN)
        due_at = max(come[0][0], deadline.remind_at or moment)
        why = _why(deadline, told, due_at, moment)
        rows = _rows(deadline, first, come[-1][1], why, len(come), due_at, moment, people)
        return Plan(rows, _earliest(coming, _to_escalate(deadline, first, moment, people)))
    if told.offset is None or not told.given:
        return Plan([], coming)
    # Somebody who has the family since then is told of what the others know.
    new = [one for one in first if one not in told.people]
    rows = _rows(deadline, new, told.offset, Why.PLAN, 1, moment, moment, people)
    last = people.last(deadline.family)
    # Whoever saw it and has the family no longer has taken it with them: those who have it now get their time to look.
    if not told.seen_by.isdisjoint([*first, *last]) or not _escalates(deadline):
        return Plan(rows, coming)
    given = [at for one, at in told.given.items() if one in first]
    given_at = moment if new and told.seen_by else min(given, default=moment)
    escalate_at = given_at + patience(deadline, given_at)
    if not told.is_undelivered and escalate_at > moment:
        return Plan(rows, _earliest(coming, _to_escalate(deadline, first, given_at, people)))
    rest = [one for one in last if one not in told.people and one not in new]
    due_at = moment if told.is_undelivered else escalate_at
    rows += _rows(deadline, rest, told.offset, Why.ESCALATION, 1, due_at, moment, people)
    return Plan(rows, coming)


def _why(deadline: Deadline, told: Told, due_at: datetime.datetime, moment: datetime.datetime) -> str:
    if moment - due_at > LATE:
        return Why.CAUGHT_UP
    return Why.CHANGE if told.offset is None and told.had_earlier else Why.PLAN


def _escalates(deadline: Deadline) -> bool:
    """The office's routine stays with whose work it is: of a thousand families it would bury the supervisors."""
    return deadline.weight != Deadline.Weight.ROUTINE


def _to_escalate(
    deadline: Deadline, first: list[int], given_at: datetime.datetime, people: Recipients
) -> datetime.datetime | None:
    """When the next person is told if nobody has seen it; None where there is no further person."""
    if not _escalates(deadline) or all(one in first for one in people.last(deadline.family)):
        return None
    return given_at + patience(deadline, given_at)


def _earliest(*moments: datetime.datetime | None) -> datetime.datetime | None:
    return min((one for one in moments if one is not None), default=None)


def _rows(
    deadline: Deadline,
    persons: list[int],
    offset: int,
    why: str,
    covers: int,
    due_at: datetime.datetime,
    moment: datetime.datetime,
    people: Recipients,
) -> list[Reminder]:
    """One row a person and channel. What Amparo itself shows stands there from now on: it is sent as it is written."""
    rows = []
    for person in persons:
        for channel in people.channels(person):
            at = due_at
            if channel != Channel.APP and deadline.weight != Deadline.Weight.HOURS:
                at = max(due_at, after_quiet(moment, people.quiet[person], end_of(deadline)))
                at = due_at if at == moment else at
            is_shown = channel == Channel.APP
            rows.append(
                Reminder(
                    organization_id=deadline.organization_id,
                    deadline=deadline,
                    deadline_version=deadline.version,
                    recipient_id=person,
                    offset=offset,
                    channel=channel,
                    why=why,
                    covers=covers,
                    due_at=at,
                    state=State.SENT if is_shown else State.DUE,
                    ready_at=None if is_shown else at,
                    sent_at=moment if is_shown else None,
                )
            )
    return rows


def _told(due: list[Deadline]) -> dict[int, Told]:
    """By deadline, in one query over the keys of these deadlines alone."""
    versions = {one.pk: one.version for one in due}
    found: dict[int, Told] = defaultdict(Told)
    not_told: dict[int, set[int]] = defaultdict(set)
    rows = Reminder.objects.filter(deadline_id__in=list(versions)).exclude(channel=Channel.PUSH)
    seen = rows.values_list(
        "deadline_id", "deadline_version", "offset", "channel", "recipient_id", "sent_at", "read_at", "state", "why"
    )
    for key, version, offset, channel, person, sent_at, read_at, state, why in seen.order_by("deadline_id", "-offset"):
        told = found[key]
        if version != versions[key]:
            told.had_earlier = told.had_earlier or (version < versions[key] and state == State.SENT)
            continue
        if offset != told.offset:
            told.offset, told.given, told.people, told.seen_by = offset, {}, set(), set()
            told.is_undelivered = False
            not_told[key].clear()
        told.people.add(person)
        if state == State.VOID:  # they did not have the family then
            not_told[key].add(person)
        if read_at is not None:
            told.seen_by.add(person)
        told.is_undelivered = told.is_undelivered or state == State.PARKED
        if channel == Channel.APP and why != Why.ESCALATION and sent_at is not None:
            told.given[person] = sent_at
    for key, persons in not_told.items():
        found[key].people -= persons
    return found


def _set_next(following: list[tuple[int, datetime.datetime | None]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE deadlines_deadline AS d SET remind_at = v.at "
            "FROM unnest(%s::bigint[], %s::timestamptz[]) AS v(id, at) WHERE d.id = v.id",
            [[key for key, _at in following], [at for _key, at in following]],
        )
