"""What the schedule rings: the book of what is due stands in PostgreSQL."""

from celery import shared_task

from accounts.models import Organization
from config.clock import today
from settlement.determine import redetermine_all, stale_families


@shared_task
def renew_day() -> int:
    """Time alone changes answers: bring each organization's families to the day; gives how many were looked at.

    Does nothing where every family's answer is of the day, so it may be rung at any time and any number of times.
    """
    day = today()
    looked_at = 0
    for organization in Organization.objects.order_by("pk"):
        if organization.determined_on != day or stale_families(organization, day=day):
            looked_at += redetermine_all(organization=organization, day=day)
    return looked_at
