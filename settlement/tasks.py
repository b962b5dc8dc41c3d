"""What the schedule rings: the book of what is due stands in PostgreSQL."""

import datetime

from celery import shared_task
from django.db import DatabaseError

from accounts import scope
from accounts.models import Organization
from config.clock import today
from settlement.determine import redetermine_all, stale_families
from settlement.waiting import FactsRefusedError


@shared_task
def renew_day() -> int:
    """Time alone changes answers: bring each organization's families to the day; gives how many were looked at.

    Does nothing where every family's answer is of the day, so it may be rung at any time and any number of times. What
    fails in one organization does not keep the others waiting; it is raised at the end.
    """
    day = today()
    looked_at = 0
    failures: list[Exception] = []
    with scope.application():
        for organization_id in scope.organization_ids():
            try:
                looked_at += _renew(organization_id, day)
            except (FactsRefusedError, DatabaseError) as failure:
                failures.append(failure)
    if failures:
        raise failures[0]
    return looked_at


def _renew(organization_id: int, day: datetime.date) -> int:
    with scope.scope(organization_id=organization_id, actor_id=None):
        organization = Organization.objects.get(pk=organization_id)
        if organization.determined_on == day and not stale_families(organization, day=day):
            return 0
        return redetermine_all(organization=organization, day=day)
