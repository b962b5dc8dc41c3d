"""What comes in somebody's families: deadlines, interviews and hearings, and the week ahead day by day."""

import datetime
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from config.words import day_text
from deadlines.calendars.selectors import HEARINGS, address_of
from deadlines.lists import deadlines_list
from deadlines.models import Hearing
from deadlines.wording import title_of
from families.filters import KINDS_TOGETHER, Filters
from families.list_rows import DateOf, date_of
from families.lists import families_list, screenings_list
from screenings.models import Screening

WEEK = 7
"""Days, this one included."""
JUDGE = KINDS_TOGETHER["judge_review"]
"""The kinds of a judge's review, which run by the hour."""
FEW = 3
"""So many of one kind on one day stand in the week by name; more are folded under their number."""


class Dated(NamedTuple):
    """Something that happens on a day, and to whom. `kind` is that of the deadline, "interview" or "hearing"."""

    kind: str
    of: DateOf
    family_id: int
    person_id: int | None
    reference: str
    hours: str = ""
    """Of a judge's review: how many hours are left at most. Of a hearing: the hour, in the zone of its place. Of a date
    whose safe day it is: the last day by law."""
    address: str = ""
    place: int = 0
    """Where it stands on its day: whom somebody meets first, then by weight."""


class Group(NamedTuple):
    """What is the same on a day, of one person or many."""

    label: str
    dates: list[Dated]

    @property
    def is_folded(self) -> bool:
        """Whether there are too many to name each of them."""
        return len(self.dates) > FEW


class Day(NamedTuple):
    """A day of the week ahead, with what happens on it: the heaviest first."""

    day: datetime.date
    groups: list[Group]


def dates_ahead(actor: User, filters: Filters, day: datetime.date, moment: datetime.datetime) -> list[Dated]:
    """The dates of the next two weeks that have not passed, and the interviews and hearings of this one; in three
    queries."""
    coming = _deadlines(actor, filters, day, moment) + _interviews(actor, filters, day)
    coming += _hearings(actor, filters, day)
    return sorted(coming, key=lambda date: (date.of.day, date.family_id))


def _deadlines(actor: User, filters: Filters, day: datetime.date, moment: datetime.datetime) -> list[Dated]:
    """Each on its safe day, and today where that has passed; a judge's review on its last. A hearing's own date is left
    out, for the hearing stands for itself."""
    wanted = Filters(attorney=filters.attorney, paralegal=filters.paralegal, due="soon")
    found = []
    for row in deadlines_list(actor, wanted, day, moment).exclude(kind__in=HEARINGS):
        on = row.due_on if row.kind in JUDGE else max(row.safe_on, day)
        name = row.person.full_name if row.person else _("the whole family")
        said = _hours_text(row.due_on, day) if row.kind in JUDGE else ""
        if on != row.due_on:
            past = row.safe_on < day
            text = _("safe day passed; last day by law: %(day)s") if past else _("safe day; last day by law: %(day)s")
            said = text % {"day": day_text(row.due_on)}
        of = date_of(title_of(row), name, on, day)
        family, place = row.family, 1 + row.rank
        found.append(Dated(row.kind, of, family.pk, row.person_id, family.reference, said, address_of(row), place))
    return found


def _interviews(actor: User, filters: Filters, day: datetime.date) -> list[Dated]:
    rows = screenings_list(actor, Filters(attorney=filters.attorney, paralegal=filters.paralegal), day).filter(
        status__in=(Screening.Status.REQUESTED, Screening.Status.SCHEDULED),
        interview_on__gte=day,
        interview_on__lt=day + datetime.timedelta(days=WEEK),
    )
    found = []
    for row in rows:
        assert row.interview_on is not None  # noqa: S101  # the query says so
        of = date_of(gettext_lazy("Interview"), row.person.full_name, row.interview_on, day)
        found.append(Dated("interview", of, row.person.family_id, row.person_id, row.person.family.reference))
    return found


def _hearings(actor: User, filters: Filters, day: datetime.date) -> list[Dated]:
    """Their moments are instants: a day on either side is asked for, and kept when it falls into the week there."""
    first, last = day, day + datetime.timedelta(days=WEEK - 1)
    edge = datetime.timedelta(days=1)
    since = datetime.datetime.combine(first - edge, datetime.time.min, datetime.UTC)
    until = datetime.datetime.combine(last + 2 * edge, datetime.time.min, datetime.UTC)
    families = families_list(actor, Filters(attorney=filters.attorney, paralegal=filters.paralegal), day)
    rows = Hearing.objects.visible_to(actor).filter(at__gte=since, at__lt=until, cancelled=False)
    found = []
    for row in rows.filter(person__family__in=families.values("pk")).select_related("person__family").order_by("at"):
        there = row.at.astimezone(ZoneInfo(row.zone))
        if first <= there.date() <= last:
            of = date_of(row.get_kind_display(), row.person.full_name, there.date(), day)
            hour = _("%(hour)s in %(zone)s") % {"hour": f"{there:%H:%M}", "zone": row.zone.replace("_", " ")}
            family = row.person.family
            at = reverse("hearing", args=[row.pk])
            found.append(Dated("hearing", of, family.pk, row.person_id, family.reference, hour, at))
    return found


def _hours_text(due: datetime.date, day: datetime.date) -> str:
    """How many hours are left at most: until midnight at the end of the last day. The law asks for 24 if practicable
    and never more than 7 days (8 USC 1225(b)(1)(B)(iii)(III))."""
    hours = 24 * ((due - day).days + 1)
    return ngettext("at most %(hours)d hour left", "at most %(hours)d hours left", hours) % {"hours": hours}


def week_of(dates: Sequence[Dated], day: datetime.date) -> list[Day]:
    """Those of the next seven days, day by day, but for a judge's review, which stands above; a day on which nothing
    happens is left out."""
    found = []
    for ahead in range(WEEK):
        on = day + datetime.timedelta(days=ahead)
        of_day = [date for date in dates if date.of.day == on and date.kind not in JUDGE]
        if of_day:
            found.append(Day(on, _groups(of_day)))
    return found


def _groups(dates: Sequence[Dated]) -> list[Group]:
    def key(date: Dated) -> tuple[int, str, str]:
        return date.place, date.kind, str(date.of.label)

    return [Group(label, list(same)) for (_place, _kind, label), same in groupby(sorted(dates, key=key), key)]
