"""Which open dates a list of the board has. Every number of the board is the length of one of these lists."""

import datetime
from typing import Final

from django.db.models import F, Func, Q, QuerySet

from accounts.models import User
from accounts.permissions import Permission, require
from deadlines.board.filters import Filters
from deadlines.models import LEGAL, Deadline, confirm_since
from deadlines.reminders.models import Delivery, Reminder
from deadlines.reminders.planning import LATE
from families.filters import NOBODY

WEEK: Final = datetime.timedelta(days=7)
_BOUNCES: Final = datetime.timedelta(days=60)
"""A mail that came back is looked for among the tries of so long."""


class Seen:
    """The conditions of the board, as one person sees them on a day, at a moment."""

    def __init__(self, actor: User, day: datetime.date, moment: datetime.datetime) -> None:
        self.actor, self.day, self.moment = actor, day, moment

    def condition(self, what: str) -> Q:
        """True of an open date that is so; the values of `filters.WHEN` divide all, by the last day, then the safe day.

        What has a moment is past at that moment; else it is past when its last day is.
        """
        past = Q(due_at__lt=self.moment) | Q(due_at=None, due_on__lt=self.day)
        ahead = Q(due_at__gte=self.moment) | Q(due_at=None, due_on__gte=self.day)
        waits = Q(entered_by__isnull=False, confirmed_by=None, weight__in=LEGAL)
        conditions = {
            "": Q(),
            "overdue": past,
            "today": ahead & Q(safe_on__lte=self.day),
            "week": ahead & Q(safe_on__gt=self.day, safe_on__lte=self.day + WEEK),
            "later": ahead & Q(safe_on__gt=self.day + WEEK),
            "unconfirmed": waits,
            "late": waits & Q(entered_at__lt=confirm_since(self.moment)),
            "undelivered": Q(pk__in=self._undelivered().values("deadline")),
            "hours": ahead & Q(due_at__isnull=False),
            "down": past & Q(pk__in=self._caught_up().values("deadline")),
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


def dates_list(actor: User, filters: Filters, day: datetime.date, moment: datetime.datetime) -> QuerySet[Deadline]:
    """The open dates that the filters let through, the nearest moment or day first, with whom they are with.

    Raises `PermissionDenied` for who may not see the board.
    """
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    rows = Deadline.objects.visible_to(actor).filter(Seen(actor, day, moment).condition(filters.what), state="open")
    for name in ("attorney", "paralegal"):
        value = getattr(filters, name)
        if value:
            rows = rows.filter(**{f"family__{name}": None if value == NOBODY else int(value)})
    order = [F("due_at").asc()] if filters.what == "hours" else [F("safe_on").asc(), F("due_on").asc()]
    return rows.select_related("person", "family__attorney", "family__paralegal").order_by(*order, "pk")
