"""Tells a clock that was moved from an outage, and holds the sweep when the clock is not to be believed.

Within one process the wall clock must have gone on as far as the clock that nobody can set (which goes on while the
machine sleeps). From one process to the next there is only what the last sweep wrote: a gap of up to `BELIEVED` is an
outage, and caught up. A longer one is not believed. Either way the sweep holds only where it would send much at once.
"""

import datetime
import time
from dataclasses import dataclass

from django.conf import settings

from config import clock
from deadlines.models import Deadline
from deadlines.reminders.models import Reminder, Tick

BELIEVED = datetime.timedelta(days=14)
TOLERATED = datetime.timedelta(hours=6)  # of a jump within a process: clocks are set right now and then
SWEEP, HOLD = "sweep", "hold"


@dataclass
class _Seen:
    """What this process saw at its last sweep."""

    wall: datetime.datetime | None = None
    steady: float = 0.0


_seen = _Seen()


def steady() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def is_held() -> bool:
    """Whether the sweep holds, by what stands in the table."""
    return Tick.objects.filter(name=HOLD).exclude(held_because="").exists()


def jump() -> datetime.timedelta:
    """How far the clock has gone beyond what can be: zero where it is believed."""
    now, moment, gone = clock.now(), clock.moment(), steady()
    last = Tick.objects.filter(name=SWEEP).first()
    found = datetime.timedelta()
    if _seen.wall is not None:
        strayed = (now - _seen.wall) - datetime.timedelta(seconds=gone - _seen.steady)
        found = strayed if strayed > TOLERATED else found
    elif last is not None:
        gap = max(now - last.at, datetime.timedelta() if clock.is_fixed() else moment - last.moment)
        found = gap if gap > BELIEVED else found
    return found


def note_sweep() -> None:
    """That the sweep has run: for this process, and for whoever comes after it."""
    _seen.wall, _seen.steady = clock.now(), steady()
    Tick.objects.update_or_create(name=SWEEP, defaults={"at": _seen.wall, "moment": clock.moment()})


def forget() -> None:
    """As a process that has just begun."""
    _seen.wall, _seen.steady = None, 0.0


def hold(reason: str) -> None:
    """Hold the sweep from now on. The moment that was believed last stays with it."""
    last = Tick.objects.filter(name=SWEEP).first()
    believed = last.at if last is not None else clock.now()
    Tick.objects.update_or_create(
        name=HOLD, defaults={"at": believed, "moment": clock.moment(), "held_because": reason}
    )


def release() -> bool:
    """Let the sweep go on, and believe the clock as it is; gives whether it was held."""
    held = Tick.objects.filter(name=HOLD).exclude(held_because="").update(held_because="")
    note_sweep()
    return held > 0


def is_set_right() -> bool:
    """Whether the clock, since the hold, was set back to where it can be believed."""
    row = Tick.objects.filter(name=HOLD).exclude(held_because="").first()
    return row is not None and clock.now() < row.at + TOLERATED and clock.moment() < row.moment


def how_many_due(organization_id: int, moment: datetime.datetime) -> int:
    """How much would go out now: deadlines to plan, and reminders that wait."""
    deadlines = Deadline.objects.filter(organization_id=organization_id, remind_at__lte=moment)
    return deadlines.count() + Reminder.objects.filter(organization_id=organization_id, ready_at__lte=moment).count()


def is_much(count: int) -> bool:
    """Whether so many at once, after a jump, are not to be sent before somebody has looked."""
    return count > int(settings.AMPARO_HOLD_ABOVE)
