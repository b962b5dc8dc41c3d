"""How late reminders are: the age of the oldest that should have gone out, not whether some process runs."""

import datetime
from collections.abc import Iterable

from django.db.models import Min, Q

from accounts import scope
from config import clock
from deadlines.models import Deadline
from deadlines.reminders import ledger
from deadlines.reminders.models import Reminder, Tick
from deadlines.reminders.planning import LATE

BEHIND = "behind"  # the tick whose `moment` is that of the oldest reminder that should have gone out
SILENT = datetime.timedelta(minutes=3)  # without a sweep for so long, the clockwork itself is taken to have stopped
State = Reminder.State

__all__ = ["BEHIND", "LATE", "SILENT", "note", "oldest"]


def oldest(organization_id: int, moment: datetime.datetime) -> datetime.datetime | None:
    """When the oldest thing that is due, and has not gone out, was due; None where all is done.

    A mail that only its recipient's server puts off is left out: it is that person's, and stands on their supervisor's
    page. Reads the two partial indexes of what is to come.
    """
    unplanned = Deadline.objects.filter(organization_id=organization_id, remind_at__lte=moment)
    waits = Reminder.objects.filter(organization_id=organization_id, ready_at__isnull=False, due_at__lte=moment)
    theirs = Q(state=State.RETRY) & ~Q(problem__in=[ledger.AWAY, ledger.BROKEN])
    found = [
        unplanned.aggregate(at=Min("remind_at"))["at"],
        waits.exclude(theirs).aggregate(at=Min("due_at"))["at"],
    ]
    return min((at for at in found if at is not None), default=None)


def note(organizations: Iterable[int]) -> None:
    """Write down how late reminders are after a sweep, for every page to read in one row."""
    moment = clock.moment()
    found = moment
    for organization_id in organizations:
        with scope.scope(organization_id=organization_id, actor_id=None):
            found = min(found, oldest(organization_id, moment) or moment)
    Tick.objects.update_or_create(name=BEHIND, defaults={"at": clock.now(), "moment": found})
