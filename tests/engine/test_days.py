"""Ages and working days, against calendars worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from settlement.engine import days


def nth(year: int, month: int, weekday: int, count: int) -> date:
    """The count-th such weekday of a month (Monday is 0); the last one for -1."""
    if count > 0:
        first = date(year, month, 1)
        return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))
    last = date(year, month, 31)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


def observed(day: date) -> date:
    """A holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after."""
    return day + timedelta(days={5: -1, 6: 1}.get(day.weekday(), 0))


def federal_holidays(year: int) -> set[date]:
    """5 USC 6103(a), for the years from 1986."""
    fixed = [(1, 1), (7, 4), (11, 11), (12, 25)] + ([(6, 19)] if year >= 2021 else [])
    moving = [nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 5, 0, -1), nth(year, 9, 0, 1), nth(year, 10, 0, 2)]
    return {observed(date(year, month, day)) for month, day in fixed} | set(moving) | {nth(year, 11, 3, 4)}


def test_every_day_from_1990_to_2060() -> None:
    holidays = {day for year in range(1989, 2062) for day in federal_holidays(year)}
    day = date(1990, 1, 1)
    while day.year <= 2060:
        assert days.is_working_day(day) == (day.weekday() < 5 and day not in holidays), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2018-06-19", True),  # Juneteenth: no holiday yet
        ("2021-06-18", False),  # the first one, a Saturday, kept on the Friday
        ("2026-06-19", False),
        ("2018-12-05", True),  # a day of mourning, by order
        ("2018-12-24", True),  # closed by order
        ("2017-01-20", True),  # an inauguration
        ("2010-12-31", False),  # New Year's Day 2011, a Saturday
        ("2021-12-31", False),
        ("2018-11-12", False),  # Veterans Day, a Sunday
    ],
)
def test_days_that_calendars_get_wrong(day: str, works: bool) -> None:
    assert days.is_working_day(date.fromisoformat(day)) is works


def test_the_ends_of_the_calendar() -> None:
    assert days.days_after(date(9999, 12, 31), 1) is None
    assert days.days_after(date(1, 1, 3), -5) is None
    assert days.years_after(date(9999, 1, 1), 1) is None
    assert days.working_day_from(date(9999, 12, 30)) == date(9999, 12, 30)  # a Thursday
    assert days.working_day_from(date(9999, 12, 31)) is None  # the observed New Year's Day of a year that no date has


def test_holidays_go_on_after_the_years_that_the_package_knows() -> None:
    assert days.working_day_from(date(2101, 1, 17)) == date(2101, 1, 18)  # Martin Luther King's birthday
    assert days.working_day_up_to(date(9999, 12, 26)) == date(
        9999, 12, 23
    )  # Christmas on a Saturday, observed before it


def test_the_first_day_of_the_calendar() -> None:
    assert days.working_day_up_to(date(1, 1, 1)) in {None, date(1, 1, 1)}


@pytest.mark.parametrize(
    ("born", "reached"), [("2000-02-29", "2018-03-01"), ("2004-02-29", "2022-03-01"), ("2000-03-01", "2018-03-01")]
)
def test_an_age_is_reached_at_the_start_of_the_birthday(born: str, reached: str) -> None:
    day = date.fromisoformat(reached)
    assert days.has_reached(18, date.fromisoformat(born), day) is True
    assert days.has_reached(18, date.fromisoformat(born), day - timedelta(days=1)) is False


def test_an_age_on_29_february_and_unknown_ages() -> None:
    assert days.has_reached(14, date(2006, 2, 28), date(2020, 2, 29)) is True
    assert days.has_reached(4, date(2004, 2, 29), date(2008, 2, 28)) is False
    assert days.has_reached(4, date(2004, 2, 29), date(2008, 2, 29)) is True
    assert days.has_reached(18, None, date(2018, 1, 1)) is None
    assert days.has_reached(18, date(2000, 1, 1), None) is None
    assert days.has_reached(18, date(9990, 1, 1), date(9999, 12, 31)) is False
