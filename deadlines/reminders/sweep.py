"""The sweep: for each organization, take back what was left lying, plan what has come due, and send, nearest first.

It may run at any time, any number of times, in any number of processes at once. What is due stands in PostgreSQL; that
the sweep is rung, and by whom, changes nothing but when.
"""

import datetime
import logging
import time
from typing import NamedTuple

from django.db import DatabaseError

from accounts import scope
from config import clock
from deadlines.reminders import guard, lateness, ledger, planning
from deadlines.reminders.sending import send_claimed

log = logging.getLogger("amparo.reminders")

SECONDS = 45.0  # after which a sweep leaves the rest to the next one
HELP_ABOVE = 200  # things that wait, for each of which many one more worker is rung
MOST_HELP = 7


class Swept(NamedTuple):
    """What one sweep did. `waiting`: how many reminders are ready and not sent, when it has planned."""

    planned: int
    sent: int
    waiting: int
    is_held: bool = False


def sweep(*, seconds: float = SECONDS, is_help: bool = False) -> Swept:
    """One sweep over all organizations, as the application; raises the first error of PostgreSQL's at the end.

    What fails in one organization does not keep the others waiting. A helper plans and sends, and watches no clock.
    """
    until = time.monotonic() + seconds
    failures: list[DatabaseError] = []
    planned = waiting = sent = 0
    with scope.application():
        organizations = scope.organization_ids()
        if _is_held(organizations, is_help):
            return Swept(0, 0, 0, is_held=True)
        for step in (_plan, _send):
            for organization_id in organizations:
                try:
                    with scope.scope(organization_id=organization_id, actor_id=None):
                        done, left = step(organization_id, until)
                except DatabaseError as failure:
                    log.exception("organization %s could not be swept", organization_id)
                    failures.append(failure)
                    continue
                planned += done if step is _plan else 0
                sent += done if step is _send else 0
                waiting += left if step is _plan else 0
        if not is_help:
            guard.note_sweep()
            lateness.note(organizations)
    if failures:
        raise failures[0]
    return Swept(planned, sent, waiting)


def helpers_wanted() -> int:
    """How many more workers are to be rung for what waits to be planned or sent; none while the sweep holds."""
    with scope.application():
        if guard.is_held():
            return 0
        return min(MOST_HELP, _due(scope.organization_ids(), clock.moment()) // HELP_ABOVE)


def _is_held(organizations: list[int], is_help: bool) -> bool:
    if guard.is_held():
        if not guard.is_set_right():
            return True
        guard.release()
    if is_help:
        return False
    jumped = guard.jump()
    if jumped and guard.is_much(_due(organizations, clock.moment())):
        log.error("the clock has gone forward by %s: reminders are held", jumped)
        guard.hold("clock")
        return True
    return False


def _due(organizations: list[int], moment: datetime.datetime) -> int:
    count = 0
    for organization_id in organizations:
        with scope.scope(organization_id=organization_id, actor_id=None):
            count += guard.how_many_due(organization_id, moment)
    return count


def _plan(organization_id: int, until: float) -> tuple[int, int]:
    """Take back and plan; gives how many reminders were written, and how many are ready."""
    moment = clock.moment()
    ledger.give_back(organization_id, moment)
    written = 0
    while time.monotonic() < until:
        planned = planning.plan(organization_id, moment)
        written += planned.reminders
        if planned.deadlines < planning.MOST:
            break
    return written, ledger.how_many_ready(organization_id, moment)


def _send(organization_id: int, until: float) -> tuple[int, int]:
    """Claim and send until nothing is ready or the time is over; gives how many went out."""
    sent = 0
    while time.monotonic() < until:
        claimed = ledger.claim(organization_id, clock.moment())
        if not claimed.reminders:
            break
        went = send_claimed(claimed, until=until)
        sent += went.sent
        if went.is_away:
            break  # the next sweep knocks again
    return sent, 0
