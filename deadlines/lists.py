"""The list of open dates: which rows it has. Every number of dates on a board, a dashboard or a desk is its length."""

import datetime
from typing import Final

from django.db.models import Exists, F, Func, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission, require
from deadlines.models import LEGAL, Deadline, confirm_since
from deadlines.reminders.models import Delivery, Reminder
from deadlines.reminders.planning import LATE
from deadlines.selectors import open_list
from families.conditions import of_person
from families.filters import KINDS_TOGETHER, Filters
from families.lists import of_colleague
from families.models import Person
from settlement.engine.days import years_after

WEEK: Final = datetime.timedelta(days=7)
SOON: Final = datetime.timedelta(days=14)
_BOUNCES: Final = datetime.timedelta(days=60)
"""A mail that came back is looked for among the tries of so long."""


class Seen:
    """The conditions of open dates, as one person sees them on a day, at a moment."""

    def __init__(self, actor: User, day: datetime.date, moment: datetime.datetime) -> None:
        self.actor, self.day, self.moment = actor, day, moment

    def due(self, when: str) -> Q:
        """True of an open date that is due then; the values of `filters.DUE` divide all: what has passed, and the rest
        by the safe day.

        What has a moment is past at that moment; else it is past when its last day is.
        """
        past = Q(due_at__lt=self.moment) | Q(due_at=None, due_on__lt=self.day)
        ahead = Q(due_at__gte=self.moment) | Q(due_at=None, due_on__gte=self.day)
        conditions = {
            "": Q(),
            "missed": past,
            "today": ahead & Q(safe_on__lte=self.day),
            "week": ahead & Q(safe_on__gt=self.day, safe_on__lte=self.day + WEEK),
            "later": ahead & Q(safe_on__gt=self.day + WEEK),
            "in7": past | Q(safe_on__lte=self.day + WEEK),
            "soon": ahead & Q(safe_on__lte=self.day + SOON),
            "year": ahead & Q(due_on__lte=years_after(self.day, 1)),
        }
        return conditions[when]

    def amiss(self, what: str) -> Q:
        """True of an open date of which that is so; it lies across the others."""
        waits = Q(entered_by__isnull=False, confirmed_by=None, weight__in=LEGAL)
        if what == "undelivered":
            return Q(pk__in=self._undelivered().values("deadline"))
        if what == "down":
            return self.due("missed") & Q(pk__in=self._caught_up().values("deadline"))
        conditions = {
            "": Q(),
            "unconfirmed": waits,
            "late": waits & Q(entered_at__lt=confirm_since(self.moment)),
            "hours": Q(due_at__gte=self.moment),
        }
        return conditions[what]

    def _reminders(self) -> QuerySet[Reminder]:
        """Reminders of the version that a date now has."""
        return Reminder.objects.visible_to(self.actor).filter(deadline_version=F("deadline__version"))

    def _undelivered(self) -> QuerySet[Reminder]:
        """Set aside, come back, or not out though due for longer than `LATE`."""
        back = Delivery.objects.visible_to(self.actor).filter(
            result=Delivery.Result.BOUNCED, began_at__gte=self.moment - _BOUNCES
        )
        came_back = back.annotate(one=Func(F("reminders"), function="unnest")).values("one")
        waits = Q(ready_at__isnull=False, due_at__lt=self.moment - LATE)
        return self._reminders().filter(Q(state=Reminder.State.PARKED) | waits | Q(pk__in=came_back))

    def _caught_up(self) -> QuerySet[Reminder]:
        """Told only after the date, because nothing was sent for a while."""
        return self._reminders().filter(why=Reminder.Why.CAUGHT_UP, offset__lt=0)


def deadlines_list(actor: User, filters: Filters, day: datetime.date, moment: datetime.datetime) -> QuerySet[Deadline]:
    """The open dates that the filters let through, the nearest first, with whom they are with; what runs by the hour by
    its moment.

    A filter about persons lets a date of somebody through whom it fits, and one of a whole family with somebody in it
    whom it fits. Raises `PermissionDenied` for who has no office.
    """
    require(actor, Permission.FAMILY_RECORD_VIEW)
    seen = Seen(actor, day, moment)
    rows: QuerySet[Deadline] = open_list(actor).filter(
        of_colleague(filters, "family__"), seen.due(filters.due), seen.amiss(filters.amiss)
    )
    about_person = of_person(filters, day)
    if about_person:
        fitting = Person.objects.visible_to(actor).filter(about_person)
        in_family = Exists(fitting.filter(family=OuterRef("family")))
        rows = rows.filter(Q(person__in=fitting.values("pk")) | Q(Q(person=None), in_family))
    if filters.kind:
        rows = rows.filter(kind__in=KINDS_TOGETHER.get(filters.kind, (filters.kind,)))
    rows = rows.select_related("person", "family__attorney", "family__paralegal")
    return rows.order_by("due_at", "pk") if filters.amiss == "hours" else rows
