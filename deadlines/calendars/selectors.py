"""The dates of a stretch of days: deadlines with their safe and last days, hearings, and planned interviews."""

import datetime
from collections.abc import Sequence
from typing import Final, NamedTuple

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from deadlines.calendars.labels import deadline_label, moment_text, zone_of
from deadlines.calendars.whose import of_whose
from deadlines.models import Deadline, Hearing
from families.models import Family, Person
from screenings.models import Screening

Text = str | Promise

# By what a date is: its word and its picture. They differ in both, so colour is never what tells them apart.
KINDS: Final[dict[str, tuple[Text, str]]] = {
    "last": (gettext_lazy("Last day"), "alert"),
    "hearing": (gettext_lazy("Hearing"), "court"),
    "interview": (gettext_lazy("Interview"), "person"),
    "safe": (gettext_lazy("Safe day"), "shield"),
}
# The deadlines that only repeat a hearing, which stands for itself.
HEARINGS: Final = ("hearing",)
_RANK: Final = {kind: rank for rank, kind in enumerate(KINDS)}
# A day of a place anywhere on earth begins and ends within a day of the same date in UTC.
_AROUND: Final = datetime.timedelta(days=1)


class OnDay(NamedTuple):
    """One thing on one day. `what` is one of `KINDS`; `time` is empty for what holds all day; `hints` are sentences."""

    day: datetime.date
    what: str
    label: Text
    time: str
    place: str
    family: Family
    person: Person | None
    address: str
    hints: tuple[Text, ...]
    missed: bool
    moment: datetime.datetime | None = None

    @property
    def word(self) -> Text:
        """What it is, in a word."""
        return KINDS[self.what][0]

    @property
    def picture(self) -> str:
        """The name of its picture."""
        return KINDS[self.what][1]


def dates_between(
    actor: User, whose: str, first: datetime.date, last: datetime.date, day: datetime.date
) -> list[OnDay]:
    """What falls on these days (both included), in order of day and moment, in three queries; seen from `day`.

    Deadlines that are open, hearings that are not cancelled, interviews that are planned. A hearing stands on the day
    that it is at its place.
    """
    found = [
        *_deadlines(actor, of_whose(actor, whose, "family__"), first, last, day),
        *_hearings(actor, of_whose(actor, whose, "person__family__"), first, last),
        *_interviews(actor, of_whose(actor, whose, "person__family__"), first, last),
    ]
    return sorted(found, key=_order)


def missed_dates(actor: User, whose: str, day: datetime.date, most: int) -> list[OnDay]:
    """The open deadlines whose last day has passed, the latest first, at most so many."""
    rows = Deadline.objects.visible_to(actor).filter(of_whose(actor, whose, "family__"), state="open", due_on__lt=day)
    rows = rows.select_related("family", "person").order_by("-due_on", "pk")[:most]
    return [_last(row, day) for row in rows]


def _order(one: OnDay) -> tuple[datetime.date, bool, datetime.datetime, int, str, int]:
    """Within a day what has a moment comes first."""
    moment = one.moment or datetime.datetime.max.replace(tzinfo=datetime.UTC)
    return one.day, one.moment is None, moment, _RANK[one.what], one.family.reference, one.family.pk


def _deadlines(actor: User, whose: Q, first: datetime.date, last: datetime.date, day: datetime.date) -> list[OnDay]:
    within = falls_within(first, last)
    rows = Deadline.objects.visible_to(actor).filter(whose, within, state=Deadline.State.OPEN)
    found = []
    for row in rows.exclude(kind__in=HEARINGS).select_related("family", "person"):
        if first <= row.due_on <= last:
            found.append(_last(row, day))
        keep = row.first_day()
        if first <= keep <= last and keep != row.due_on:
            found.append(_safe(row))
    return found


def falls_within(first: datetime.date, last: datetime.date) -> Q:
    """True of a deadline that may have a day in this stretch: where sources differ, one must look at the row itself."""
    differs = ~Q(otherwise=[]) | Q(corrected_from__isnull=False)
    return Q(due_on__range=(first, last)) | Q(safe_on__range=(first, last)) | differs


def _last(row: Deadline, day: datetime.date) -> OnDay:
    hints = [*_hints(row)]
    if row.first_day() != row.due_on:
        hints.append(_("Do it by the safe day."))
    time = moment_text(row.due_at, row.zone) if row.due_at else ""
    return _on_deadline(row, row.due_on, "last")._replace(
        time=time, moment=row.due_at, hints=tuple(hints), missed=row.due_on < day
    )


def _safe(row: Deadline) -> OnDay:
    """The day to keep: of several sources, the earliest, as for the reminders."""
    return _on_deadline(row, row.first_day(), "safe")


def _on_deadline(row: Deadline, on: datetime.date, what: str) -> OnDay:
    label = deadline_label(row)
    return OnDay(on, what, label, "", "", row.family, row.person, address_of(row), tuple(_hints(row)), missed=False)


def _hints(row: Deadline) -> list[Text]:
    hints: list[Text] = []
    if row.owes == Deadline.Owes.GOVERNMENT:
        hints.append(_("Owed by the government: chase it."))
    elif row.owes != Deadline.Owes.OFFICE:
        hints.append(_("Owed by %(who)s.") % {"who": row.get_owes_display()})
    if row.if_confirmed:
        hints.append(_("Only if what waits is confirmed."))
    if row.waits:
        hints.append(_("Not confirmed by a second person yet."))
    return hints


def address_of(row: Deadline) -> str:
    """The page on which this deadline is explained."""
    return reverse("date", args=[row.pk])


def _hearings(actor: User, whose: Q, first: datetime.date, last: datetime.date) -> list[OnDay]:
    begin, end = (datetime.datetime.combine(one, datetime.time(), datetime.UTC) for one in (first, last))
    rows = Hearing.objects.visible_to(actor).filter(
        whose, cancelled=False, at__range=(begin - _AROUND, end + 2 * _AROUND)
    )
    found = []
    for row in rows.select_related("person__family"):
        on = row.at.astimezone(zone_of(row.zone)).date()
        if first <= on <= last:
            found.append(_on_hearing(row, on))
    return found


def _on_hearing(row: Hearing, on: datetime.date) -> OnDay:
    what = "interview" if row.kind == Hearing.Kind.INTERVIEW else "hearing"
    family = row.person.family
    hints = () if row.checked_on else (_("Not looked up yet: check the court's own list."),)
    address = reverse("hearing", args=[row.pk])
    return OnDay(
        on, what, row.get_kind_display(), moment_text(row.at, row.zone), row.place, family, row.person, address, hints,
        missed=False, moment=row.at,
    )  # fmt: skip


def _interviews(actor: User, whose: Q, first: datetime.date, last: datetime.date) -> list[OnDay]:
    rows = Screening.objects.visible_to(actor).filter(
        whose, status__in=("requested", "scheduled", "interviewed"), interview_on__range=(first, last)
    )
    return [_on_interview(row) for row in rows.select_related("person__family")]


def _on_interview(row: Screening) -> OnDay:
    assert row.interview_on is not None  # noqa: S101  # the query says so
    family = row.person.family
    address = reverse("family", args=[family.pk])
    return OnDay(
        row.interview_on, "interview", row.get_basis_display(), "", "", family, row.person, address, (), missed=False
    )


def by_day(dates: Sequence[OnDay]) -> dict[datetime.date, list[OnDay]]:
    """The dates by their day, each list in their order."""
    found: dict[datetime.date, list[OnDay]] = {}
    for one in dates:
        found.setdefault(one.day, []).append(one)
    return found
