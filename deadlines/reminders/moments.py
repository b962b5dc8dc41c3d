"""When a deadline is to be reminded of: offsets by weight, and the instants that they stand for.

Offsets are minutes before the deadline, negative after it. Whole days (multiples of 1,440) are calendar days, at
`MORNING` of the office's zone (settings.TIME_ZONE), so they stay at that hour when clocks change; the rest, and all of
what runs by the hour, are exact. Nothing here asks the clock.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from deadlines.models import Deadline
from deadlines.reminders.ways import OffsetSetting

Weight = Deadline.Weight
Offsets = Mapping[str, Sequence[int]]

HOUR: Final = 60
DAY: Final = 24 * HOUR
MORNING: Final = datetime.time(8)

# What the domain's table of practice (section 2.2, column "reminders") has in common for each of its priorities.
OFFSETS: Final[Offsets] = {
    # P0, hours matter (D-12 "0h 6h 24h 72h", D-48): told at once, then as the end comes near.
    Weight.HOURS: (168 * HOUR, 72 * HOUR, 24 * HOUR, 6 * HOUR, HOUR, 0),
    # P1, a right is lost (D-20, D-22, D-24, D-29, D-30, D-40): to the day itself, and a look on the day after it.
    Weight.RIGHT_LOST: (60 * DAY, 30 * DAY, 14 * DAY, 7 * DAY, 3 * DAY, 2 * DAY, DAY, 0, -DAY),
    # P2, harm that can be mended (D-31, D-33, D-37, D-39).
    Weight.CURABLE: (60 * DAY, 30 * DAY, 14 * DAY, 7 * DAY, 2 * DAY, DAY, 0, -DAY),
    # P3, the other side's duty (D-03 "7d 0d +1d"): looked at before, on the day, and chased after it.
    Weight.OTHER_SIDE: (7 * DAY, 0, -DAY, -7 * DAY),
    # What the office asks of itself for every family (D-62): seldom, or it would drown what a right hangs on.
    Weight.ROUTINE: (2 * DAY, 0, -7 * DAY),
}
# How long a reminder may stay unseen before the next person is told; less where the deadline itself is nearer.
UNSEEN: Final[Mapping[str, datetime.timedelta]] = {
    Weight.HOURS: datetime.timedelta(minutes=30),
    Weight.RIGHT_LOST: datetime.timedelta(days=1),
    Weight.CURABLE: datetime.timedelta(days=3),
    Weight.OTHER_SIDE: datetime.timedelta(days=7),
    Weight.ROUTINE: datetime.timedelta(days=14),
}
_SHORTEST: Final = datetime.timedelta(minutes=15)


def offsets_of(organization_id: int) -> dict[str, tuple[int, ...]]:
    """The offsets of each weight as this organization wants them, the earliest reminder first. One query."""
    own = OffsetSetting.objects.filter(organization_id=organization_id, offsets__len__gte=1)
    chosen = {weight: tuple(offsets) for weight, offsets in own.values_list("weight", "offsets")}
    return {str(weight): tuple(sorted(chosen.get(weight, OFFSETS[weight]), reverse=True)) for weight in Weight}


def office_zone() -> ZoneInfo:
    """Where the office's mornings are."""
    return ZoneInfo(settings.TIME_ZONE)


def first_day(deadline: Deadline) -> datetime.date:
    """The day that reminders follow."""
    return deadline.first_day()


def morning_of(day: datetime.date) -> datetime.datetime:
    """`MORNING` of the office on this day, an instant in UTC."""
    return datetime.datetime.combine(day, MORNING, tzinfo=office_zone()).astimezone(datetime.UTC)


def end_of(deadline: Deadline) -> datetime.datetime:
    """The instant after which the deadline is missed: its moment, else the end of its first day at the office."""
    if deadline.due_at is not None:
        return deadline.due_at.astimezone(datetime.UTC)
    day = first_day(deadline) + datetime.timedelta(days=1)
    return datetime.datetime.combine(day, datetime.time(), tzinfo=office_zone()).astimezone(datetime.UTC)


def moment_of(deadline: Deadline, offset: int) -> datetime.datetime:
    """When the reminder `offset` minutes before the deadline is due, in UTC."""
    exact = deadline.weight == Weight.HOURS or offset % DAY != 0
    if exact:
        due_at = deadline.due_at or morning_of(first_day(deadline))
        # In UTC: on the clock of a place an hour may be missing, or there twice.
        return due_at.astimezone(datetime.UTC) - datetime.timedelta(minutes=offset)
    morning = morning_of(first_day(deadline) - datetime.timedelta(days=offset // DAY))
    if offset == 0 and deadline.due_at is not None:  # of an early hearing eight o'clock may be too late
        return min(morning, deadline.due_at.astimezone(datetime.UTC) - datetime.timedelta(hours=1))
    return morning


def passed(
    deadline: Deadline, moment: datetime.datetime, offsets: Offsets, *, after: int | None = None
) -> list[tuple[datetime.datetime, int]]:
    """The reminders whose moment has come, as (moment, offset) in order; without those up to offset `after`."""
    found = [(moment_of(deadline, one), one) for one in offsets[deadline.weight] if after is None or one < after]
    return sorted(((at, one) for at, one in found if at <= moment), key=lambda pair: (pair[0], -pair[1]))


def next_moment(
    deadline: Deadline, after: datetime.datetime, offsets: Offsets | None = None
) -> datetime.datetime | None:
    """The first planned moment later than `after`; None when there is none. Without `offsets` one query."""
    known = offsets if offsets is not None else offsets_of(deadline.organization_id)
    coming = [at for at in (moment_of(deadline, one) for one in known[deadline.weight]) if at > after]
    return min(coming, default=None)


def first_moment(
    deadline: Deadline, moment: datetime.datetime, offsets: Offsets | None = None
) -> datetime.datetime | None:
    """What `remind_at` of a new deadline, or of one whose date has changed, is set to.

    Where some planned moments have passed already, that is now: they become one reminder. Else it is the next one.
    """
    known = offsets if offsets is not None else offsets_of(deadline.organization_id)
    return moment if passed(deadline, moment, known) else next_moment(deadline, moment, known)


def patience(deadline: Deadline, moment: datetime.datetime) -> datetime.timedelta:
    """How long a reminder given at `moment` may stay unseen before the next person is told."""
    left = (end_of(deadline) - moment) / 4
    return min(UNSEEN[deadline.weight], max(left, _SHORTEST)) if left > datetime.timedelta() else _SHORTEST


def after_quiet(
    at: datetime.datetime,
    quiet: tuple[datetime.time, datetime.time] | None,
    latest: datetime.datetime,
) -> datetime.datetime:
    """`at`, or the end of the quiet hours that it falls into (at the office); never as late as `latest`."""
    if quiet is None or quiet[0] == quiet[1]:
        return at
    begin, end = quiet
    here = at.astimezone(office_zone())
    time = here.time()
    is_quiet = begin <= time < end if begin < end else time >= begin or time < end
    if not is_quiet:
        return at
    day = here.date() + datetime.timedelta(days=1 if time >= end else 0)
    wakes = datetime.datetime.combine(day, end, tzinfo=office_zone()).astimezone(datetime.UTC)
    return wakes if wakes < latest else at


def nearest(deadlines: Iterable[Deadline]) -> Deadline:
    """The deadline that ends first."""
    return min(deadlines, key=lambda one: (end_of(one), one.pk))
