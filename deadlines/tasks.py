"""What the schedule rings: the sweep twice a minute. No task carries any data: what is due stands in PostgreSQL."""

import logging

from celery import shared_task
from django.db import DatabaseError, InterfaceError, OperationalError

from accounts import scope
from config.clock import today
from deadlines.office.bringing import bring_waiting
from deadlines.reminders import sweep as sweeping
from settlement.waiting import FactsRefusedError

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


@shared_task
def bring_rules() -> int:
    """Take changed rules of the offices to the families that do not have them yet; gives to how many.

    What fails in one organization does not keep the others waiting; it is raised at the end.
    """
    brought = 0
    failures: list[Exception] = []
    with scope.application():
        for organization_id in scope.organization_ids():
            try:
                with scope.scope(organization_id=organization_id, actor_id=None):
                    brought += bring_waiting(organization_id, today())
            except (FactsRefusedError, DatabaseError) as failure:
                failures.append(failure)
    if failures:
        raise failures[0]
    return brought
