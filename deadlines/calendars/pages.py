"""The month and the agenda as their pages show them, and what their addresses may ask for."""

import calendar
import datetime
import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.http import QueryDict
from django.urls import reverse
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from deadlines.calendars.days import ONE_DAY, Closed, closed_days
from deadlines.calendars.selectors import OnDay, by_day, dates_between, missed_dates
from deadlines.calendars.whose import Whose, first_choice, whose_choices
from families.listing import AddressRefused

Text = str | Promise

IN_CELL: Final = 3
"""How many dates a day of the month shows; the rest is a link away."""
AGENDA_DAYS: Final = 28
AGENDA_MOST: Final = 200
"""After the day on which so many are shown the agenda ends, and goes on from the next day."""
MISSED_MOST: Final = 20
# Beyond these there is nothing to look at, and days could be no dates.
YEARS: Final = range(1950, 2151)


class Asked(NamedTuple):
    """Whose dates from which day on; for a month its first day."""

    whose: Whose
    first: datetime.date


class Day(NamedTuple):
    """One day. `more` counts what is not in `dates`; `outside` says that it belongs to another month."""

    day: datetime.date
    name: str
    closed: Closed | None
    dates: Sequence[OnDay]
    more: int
    more_address: str
    outside: bool
    today: bool


class Month(NamedTuple):
    """A month in weeks of seven days from Sunday, with the addresses of its neighbours (None at the end of time)."""

    title: str
    weekdays: list[str]
    weeks: list[list[Day]]
    before: str | None
    after: str | None
    now: str
    agenda: str

    def shown(self) -> list[OnDay]:
        """The dates that the page shows."""
        return [one for week in self.weeks for day in week for one in day.dates]


class Agenda(NamedTuple):
    """The days that have something on them, one after another, and what was missed before them."""

    first: datetime.date
    last: datetime.date
    days: list[Day]
    missed: list[OnDay]
    before: str | None
    after: str | None
    now: str
    month: str

    def shown(self) -> list[OnDay]:
        """The dates that the page shows."""
        return [*self.missed, *(one for day in self.days for one in day.dates)]


def read_month(actor: User, data: QueryDict, day: datetime.date) -> Asked:
    """The month that the address asks for, this one if it asks for none; raises `AddressRefused`."""
    return _read("calendar", "month", r"\d{4}-\d{2}", "-01", actor, data, day.replace(day=1))


def read_agenda(actor: User, data: QueryDict, day: datetime.date) -> Asked:
    """The days that the address asks for, from today if it asks for none; raises `AddressRefused`."""
    return _read("calendar-agenda", "from", r"\d{4}-\d{2}-\d{2}", "", actor, data, day)


def _read(page: str, name: str, form: str, ending: str, actor: User, data: QueryDict, default: datetime.date) -> Asked:
    choices = whose_choices(actor)
    problems = [_("There is no filter “%(name)s”.") % {"name": one} for one in sorted(set(data) - {"who", name})]
    problems += [_("“%(name)s” is given twice.") % {"name": one} for one in data if len(data.getlist(one)) > 1]
    who, text = data.get("who") or first_choice(actor), data.get(name) or ""
    if who not in dict(choices):
        problems.append(_("“%(value)s” is not in this list.") % {"value": who})
    first: datetime.date | None = default
    if text:
        first = _day(text + ending) if re.fullmatch(form, text, re.ASCII) else None
    if first is None:
        problems.append(_("“%(value)s” is no day that this calendar has.") % {"value": text})
    if problems or first is None:
        raise AddressRefused(page, problems)
    return Asked(Whose(who, choices), first)


def _day(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None


def address(page: str, actor: User, **values: Any) -> str:
    """The address of the page; what it would show by itself is left out."""
    kept = {name: value for name, value in values.items() if value and (name != "who" or value != first_choice(actor))}
    return f"{reverse(page)}?{urlencode(kept)}" if kept else reverse(page)


def month_page(actor: User, asked: Asked, day: datetime.date) -> Month:
    """The month's page, in five queries."""
    first, who = asked.first, asked.whose.value
    weeks = calendar.Calendar(calendar.SUNDAY).monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1]
    dates = by_day(dates_between(actor, who, begin, end, day))
    closed = closed_days(actor, begin, end)

    def one(on: datetime.date) -> Day:
        found = dates.get(on, [])
        more = len(found) - IN_CELL if len(found) > IN_CELL + 1 else 0  # a line that says "1 more" helps nobody
        link = address("calendar-agenda", actor, who=who, **{"from": on.isoformat()})
        shown = found[:IN_CELL] if more else found
        return Day(on, day_name(on), closed.get(on), shown, more, link, on.month != first.month, on == day)

    def near(month: datetime.date) -> str | None:
        inside = month.year in YEARS
        return address("calendar", actor, who=who, month=f"{month:%Y-%m}") if inside else None

    start = day if (day.year, day.month) == (first.year, first.month) else first
    return Month(
        title=date_format(first, "F Y"),
        weekdays=[str(WEEKDAYS[place]) for place in (6, 0, 1, 2, 3, 4, 5)],
        weeks=[[one(on) for on in week] for week in weeks],
        before=near((first - ONE_DAY).replace(day=1)),
        after=near((first.replace(day=28) + 4 * ONE_DAY).replace(day=1)),
        now=address("calendar", actor, who=who),
        agenda=address("calendar-agenda", actor, who=who, **{"from": start.isoformat() if start != day else ""}),
    )


def agenda_page(actor: User, asked: Asked, day: datetime.date) -> Agenda:
    """The agenda's page, in six queries."""
    first, who = asked.first, asked.whose.value
    last = first + (AGENDA_DAYS - 1) * ONE_DAY
    found = by_day(dates_between(actor, who, first, last, day))
    closed = closed_days(actor, first, last)
    days: list[Day] = []
    shown = 0
    today = {day} if first <= day <= last else set()
    for on in sorted({*today, *found, *(one for one, why in closed.items() if why.names)}):
        if shown >= AGENDA_MOST:
            last = on - ONE_DAY
            break
        dates = found.get(on, [])
        shown += len(dates)
        days.append(Day(on, day_name(on), closed.get(on), dates, 0, "", outside=False, today=on == day))

    def near(on: datetime.date) -> str | None:
        inside = on.year in YEARS
        return address("calendar-agenda", actor, who=who, **{"from": on.isoformat()}) if inside else None

    return Agenda(
        first=first,
        last=last,
        days=days,
        missed=missed_dates(actor, who, day, MISSED_MOST) if first == day else [],
        before=near(first - AGENDA_DAYS * ONE_DAY),
        after=near(last + ONE_DAY),
        now=address("calendar-agenda", actor, who=who),
        month=address("calendar", actor, who=who, month=f"{first:%Y-%m}" if first != day else ""),
    )


def day_name(day: datetime.date) -> str:
    """The day with its weekday, in words."""
    # Translators: a day with its weekday, in the letters of Django's date format; Spanish: l j \d\e F \d\e Y
    return date_format(day, _("l, j F Y"))
