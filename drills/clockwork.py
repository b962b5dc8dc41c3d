"""The Celery application of a drill's workers and beats: the real one, by a clock that may be ahead, ringing oftener.

AMPARO_DRILL_AHEAD   seconds by which the clock of this process is ahead (negative: behind)
AMPARO_DRILL_TICK    seconds between two rings for the reminders' sweep, instead of the schedule's
"""

import datetime
import os
import time

import time_machine

from config.celery import app
from drills.hands import AHEAD, TICK

SWEEP = "deadlines.tasks.sweep"


def go_ahead(seconds: float) -> None:
    """From now on this process, and what it forks, lives so many seconds ahead. The monotonic clock does not."""
    if seconds:
        there = datetime.datetime.fromtimestamp(time.time() + seconds, datetime.UTC)
        time_machine.travel(there, tick=True).start()


def ring_every(seconds: float) -> None:
    """Ring so often for the sweep, and for nothing else: the drill is about it."""
    rung = {name: entry for name, entry in app.conf.beat_schedule.items() if entry["task"] == SWEEP}
    if not rung:
        raise RuntimeError(f"nothing rings for {SWEEP}")
    app.conf.beat_schedule = {name: {**entry, "schedule": seconds} for name, entry in rung.items()}


go_ahead(float(os.environ.get(AHEAD) or 0))
if os.environ.get(TICK):
    ring_every(float(os.environ[TICK]))
