"""Reading dates: of one family, of a list, and one alone."""

import datetime
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import F
from django.db.models.functions import Coalesce, Least

from accounts.access import access
from accounts.models import User
from accounts.owned import OwnedQuerySet
from deadlines.models import Closure, Deadline, Hearing
from deadlines.wording import Text, title_of
from families.models import Family
from settlement import guidance

_WITH = ("family", "person", "entered_by", "confirmed_by", "ended_by")


def access_deadline(actor: User, pk: int) -> Deadline:
    """The date, with its family, person and who signed it; raises `Http404`."""
    return access(Deadline.objects.select_related(*_WITH), actor, pk)


def access_hearing(actor: User, pk: int) -> Hearing:
    """The hearing, with its person and family; raises `Http404`."""
    return access(Hearing.objects.select_related("person__family"), actor, pk)


def of_hearing(actor: User, hearing: Hearing) -> list[Deadline]:
    """The dates that the hearing set off, open or not, the nearest first."""
    rows = Deadline.objects.visible_to(actor).filter(family=hearing.person.family_id)
    found: list[Deadline] = list(rows.filter(proof__what="hearing.at", proof__row=hearing.pk).order_by("due_on", "pk"))
    return found


def of_family(actor: User, family: Family, *, ended: bool = False) -> list[Deadline]:
    """The open dates of the family, the nearest first; with `ended` also those that are done or void, after them."""
    rows = Deadline.objects.visible_to(actor).filter(family=family).select_related(*_WITH)
    found = list(rows if ended else rows.filter(state=Deadline.State.OPEN))
    return sorted(found, key=lambda row: (row.state != Deadline.State.OPEN, row.first_day(), row.kind, row.pk))


def open_list(
    actor: User,
    *,
    until: datetime.date | None = None,
    weight: str = "",
    unconfirmed: datetime.datetime | None = None,
) -> OwnedQuerySet[Deadline]:
    """The open dates that the person sees, the nearest first: `first` is the day that reminders follow, as far as
    PostgreSQL knows it. Narrowed to those due by `until`, of a weight, or unconfirmed at a moment."""
    rows: Any = Deadline.objects.unconfirmed(unconfirmed) if unconfirmed is not None else Deadline.objects.open()
    rows = rows.visible_to(actor).annotate(first=Least("safe_on", "due_on", Coalesce("corrected_from", F("safe_on"))))
    if until is not None:
        rows = rows.filter(first__lte=until)
    if weight:
        rows = rows.filter(weight=weight)
    found: OwnedQuerySet[Deadline] = rows.select_related("family", "person").order_by("first", "pk")
    return found


class DateRow(NamedTuple):
    """A date as lists show it: what is due, how far off its last day is, whether that or only the safe day passed."""

    deadline: Deadline
    title: Text
    left: str
    missed: bool
    pressing: bool


def rows_of(deadlines: Iterable[Deadline], day: datetime.date) -> list[DateRow]:
    """These dates in words, as of the day; no query."""
    return [
        DateRow(
            row,
            title_of(row),
            guidance.days_left_text(row.due_on, day),
            row.due_on < day,
            row.due_on >= day > row.first_day(),
        )
        for row in deadlines
    ]


def closures(actor: User) -> list[Closure]:
    """The days without business that the organization has entered, the newest first."""
    return list(Closure.objects.visible_to(actor).order_by("-on"))
