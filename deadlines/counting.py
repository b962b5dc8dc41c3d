"""How days are counted: the rules of courts and agencies, each a plain function of dates.

A rule is given the day of the trigger (day 0, a local date of the place that receives), a length, and the days without
business that somebody entered (`closures`); it gives the day as counted, the day after moving it, and each day that was
skipped, so that a reader can do it again by hand. Holidays are those of 5 USC 6103(a), from the engine. No Django, no
clock. The letters are the basis, as in `settlement/engine/parameters.py`.
"""

import datetime
from collections.abc import Callable, Collection
from datetime import date
from typing import Final, NamedTuple

from settlement.engine.days import days_after, has_reached, is_working_day, years_after

Closures = Collection[date]
MAIL_DAYS: Final = 3  # FRCP 6(d); 8 CFR 103.8(b) (M). It does not lengthen the time for an appeal or a petition.
_SATURDAY, _SUNDAY = 5, 6
ONE_DAY = datetime.timedelta(days=1)


class Skipped(NamedTuple):
    """A day that does not count as an end, and why: saturday, sunday, holiday or closure."""

    day: date
    why: str


class Counted(NamedTuple):
    """A period that was counted: from day 0, by a length, to `unmoved`, and off days without business to `due`."""

    start: date
    length: int
    unmoved: date
    due: date
    skipped: tuple[Skipped, ...] = ()


Count = Callable[[date, int, Closures], Counted | None]


def why_closed(day: date, closures: Closures = ()) -> str | None:
    """Why the day is without business: saturday, sunday, holiday, closure; None when it is a business day."""
    if day.weekday() >= _SATURDAY:
        return "saturday" if day.weekday() == _SATURDAY else "sunday"
    if not is_working_day(day):
        return "holiday"
    return "closure" if day in closures else None


def business_day_from(day: date, closures: Closures = ()) -> date | None:
    """`day`, or the next that is a business day; None after the year 9999."""
    moved = _moved(day, 1, closures)
    return None if moved is None else moved[0]


def business_day_up_to(day: date, closures: Closures = ()) -> date | None:
    """`day`, or the last before it that is a business day: the safe day of a date by law."""
    moved = _moved(day, -1, closures)
    return None if moved is None else moved[0]


def _moved(day: date, step: int, closures: Closures) -> tuple[date, tuple[Skipped, ...]] | None:
    skipped = []
    found: date | None = day
    while found is not None and (why := why_closed(found, closures)) is not None:
        skipped.append(Skipped(found, why))
        found = days_after(found, step)
    return None if found is None else (found, tuple(skipped))


def _counted(start: date, length: int, unmoved: date | None, closures: Closures, *, step: int) -> Counted | None:
    """The period that ends on `unmoved`, which is moved forward (step 1), back (-1) or not at all (0)."""
    if unmoved is None:
        return None
    if step == 0:
        return Counted(start, length, unmoved, unmoved)
    moved = _moved(unmoved, step, closures)
    return None if moved is None else Counted(start, length, unmoved, moved[0], moved[1])


def calendar(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """Calendar days, all of them; the last day stands wherever it falls (no roll may be relied on)."""
    return _counted(start, length, days_after(start, length), closures, step=0)


def frcp_days(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-1, FRCP 6(a)(1) (T): day 0 is not counted, every other is; a last day without business runs on."""
    return _counted(start, length, days_after(start, length), closures, step=1)


def frcp_back(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-4, FRCP 6(a)(5) (M): counted backward from an event; a last day without business runs on backward."""
    return _counted(start, length, days_after(start, -length), closures, step=-1)


def frap_days(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-6, FRAP 26(a) (M): as `frcp_days`, for a court of appeals."""
    return frcp_days(start, length, closures)


def eoir_days(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-7, immigration court practice manual 3.1 (R): calendar days from the decision or hearing (day 0).

    A last day without business becomes the next business day, also when counted backward from a hearing (`length`
    negative).
    """
    return _counted(start, length, days_after(start, length), closures, step=1)


def bia_days(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-9, 8 CFR 1003.38(b) (T, text of about 2021): calendar days; received, not mailed (CR-8); rolls forward."""
    return _counted(start, length, days_after(start, length), closures, step=1)


def dhs_days(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-10, 8 CFR 1.2 (M): days include weekends and holidays; the last rolls forward."""
    return _counted(start, length, days_after(start, length), closures, step=1)


def business_days(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """Only business days count, from the one after the trigger; a negative length counts backward."""
    skipped: list[Skipped] = []
    day: date | None = start
    left, step = abs(length), 1 if length >= 0 else -1
    while day is not None and left:
        day = days_after(day, step)
        if day is None:
            return None
        why = why_closed(day, closures)
        if why is None:
            left -= 1
        else:
            skipped.append(Skipped(day, why))
    return None if day is None else Counted(start, length, day, day, tuple(skipped))


def mail_plus_3(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-5, FRCP 6(d), 8 CFR 103.8(b) (M): three days more for a notice that came by mail, then as `dhs_days`."""
    return dhs_days(start, length + MAIL_DAYS, closures)


def one_year_safe(start: date, length: int = 1, closures: Closures = ()) -> Counted | None:
    """CR-13 (statute T, safe rule I): the last day within `length` years of arrival is the day before the anniversary.

    The roll that filing with USCIS allows is not relied on.
    """
    anniversary = years_after(start, length)
    return _counted(start, length, anniversary and days_after(anniversary, -1), closures, step=0)


def frcp_years(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """The same date `length` years on, rolled forward as in CR-1: how the agreement's rules count the asylum year."""
    return _counted(start, length, years_after(start, length), closures, step=1)


def age_on(birth: date, age: int, closures: Closures = ()) -> Counted | None:
    """CR-18 (I): an age is reached at the start of the birthday. One born on 29 February turns it on 1 March of a
    common year; the safe day is the day before (`safe_birthday`)."""
    turned = years_after(birth, age)
    if turned is not None and not has_reached(age, birth, turned):
        turned = days_after(turned, 1)
    return _counted(birth, age, turned, closures, step=0)


def safe_birthday(birth: date, age: int) -> date | None:
    """The last day on which the person is surely younger: the day before the birthday."""
    counted = age_on(birth, age)
    return None if counted is None else days_after(counted.due, -1)


def fixed(start: date, length: int = 0, closures: Closures = ()) -> Counted | None:
    """A date that stands on a paper or in an order: nothing is counted and nothing moved."""
    return Counted(start, 0, start, start)


def strictest_of(start: date, length: int, closures: Closures = ()) -> Counted | None:
    """CR-15 (T/R): sources speak of days and of working days; the calendar days are counted, and no roll relied on."""
    return calendar(start, length, closures)


def earliest(*days: date | None) -> date | None:
    """CR-17 (I): where sources differ, the earliest of the dates; None when there is none."""
    return min((day for day in days if day is not None), default=None)


def frcp_hours(start: datetime.datetime, hours: int, closures: Closures = ()) -> datetime.datetime:
    """CR-2, FRCP 6(a)(2) (M): every hour counts from the event on; an end on a day without business moves to the same
    hour of the next business day. `start` is an instant in the zone of the place, whose clock counts the hour of the
    day when it moves."""
    end = (start.astimezone(datetime.UTC) + datetime.timedelta(hours=hours)).astimezone(start.tzinfo)
    open_day = business_day_from(end.date(), closures)
    return end if open_day is None else datetime.datetime.combine(open_day, end.timetz())


def plain_hours(start: datetime.datetime, hours: int) -> datetime.datetime:
    """Every hour counts, and the end stands wherever it falls: for duties that run by the hour."""
    return (start.astimezone(datetime.UTC) + datetime.timedelta(hours=hours)).astimezone(start.tzinfo)


RULES: Final[dict[str, Count]] = {
    rule.__name__: rule
    for rule in (
        calendar, frcp_days, frcp_back, frap_days, eoir_days, bia_days, dhs_days, business_days, mail_plus_3,
        one_year_safe, frcp_years, age_on, fixed, strictest_of,
    )
}  # fmt: skip
"""The rules that count in days, by the id that a deadline keeps (`Deadline.counting`)."""

HOURS: Final = ("frcp_hours", "plain_hours")
"""The ids of those that count in hours, from an instant."""
