"""Ages and working days.

A birthday of 29 February falls on 1 March in a common year for an age reached, and a period of years that starts on
29 February ends on 28 February. Working days are those of the federal government: 5 USC 6103(a) as in force on the
day.
"""

import calendar
from datetime import date, timedelta
from functools import lru_cache

import holidays

from .logic import Truth

_SATURDAY = 5
_LAST_KNOWN_YEAR = 2100  # the last for which the package has holidays


def has_reached(age: int, birth_date: date | None, day: date | None) -> Truth:
    """Whether the birthday of `age` years lies on or before `day`; unknown when either date is."""
    if birth_date is None or day is None:
        return None
    # Compared as numbers: 29 February of a common year sorts after the 28th and before 1 March, and no year is too
    # great.
    return (birth_date.year + age, birth_date.month, birth_date.day) <= (day.year, day.month, day.day)


def years_after(day: date, years: int) -> date | None:
    """The same date `years` years on (29 February: 28 February); None after the year 9999."""
    year = day.year + years
    if year > date.max.year:
        return None
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def days_after(day: date, days: int) -> date | None:
    """`day` moved by a number of calendar days, also back; None outside the calendar's years 1 to 9999."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


@lru_cache(maxsize=512)
def _federal_holidays(year: int) -> frozenset[tuple[int, int]]:
    """The months and days of a year on which a federal holiday is observed.

    New Year's Day of the next year may be observed on 31 December. For years after those that the package knows, the
    law in force is read off a year with the same calendar: 28 years in a row have all that there are.
    """
    if year > _LAST_KNOWN_YEAR:
        year = next(known for known in range(2045, 2073) if _calendar(known) == _calendar(year))
    observed = holidays.country_holidays("US", years=(year,), observed=True)
    return frozenset((day.month, day.day) for day in observed if day.year == year)


def _calendar(year: int) -> tuple[int, bool]:
    """The week day on which a year begins, and whether it is a leap year: years alike in both have one calendar."""
    return date(year, 1, 1).weekday(), calendar.isleap(year)


def is_working_day(day: date) -> bool:
    """Neither a Saturday, a Sunday, nor a federal holiday on its observed day."""
    return day.weekday() < _SATURDAY and (day.month, day.day) not in _federal_holidays(day.year)


@lru_cache(maxsize=16_384)
def working_day_from(day: date) -> date | None:
    """`day` itself when it is a working day, else the next that is; None after the year 9999."""
    found: date | None = day
    while found is not None and not is_working_day(found):
        found = days_after(found, 1)
    return found


@lru_cache(maxsize=16_384)
def working_day_up_to(day: date) -> date | None:
    """`day` itself when it is a working day, else the last before it that is; None before the year 1."""
    found: date | None = day
    while found is not None and not is_working_day(found):
        found = days_after(found, -1)
    return found
