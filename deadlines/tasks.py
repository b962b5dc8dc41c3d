"""What the schedule rings each minute. No task carries any data: what is due stands in PostgreSQL."""

import logging

from celery import shared_task
from django.db import InterfaceError, OperationalError

from deadlines.reminders import sweep as sweeping

log = logging.getLogger("amparo.reminders")


@shared_task
def sweep() -> None:
    """Plan and send what has come due. Where much waits, more workers are rung first."""
    try:
        for _helper in range(sweeping.helpers_wanted()):
            help_sweep.apply_async(expires=55, retry=False)
    except help_sweep.OperationalError:
        log.warning("the queue is away; this worker goes on alone")
    except (OperationalError, InterfaceError):
        log.warning("PostgreSQL is away; the next sweep tries again")
        return
    sweeping.sweep()


@shared_task
def help_sweep() -> None:
    """Plan and send beside the sweep, while there is something left."""
    sweeping.sweep(is_help=True)
