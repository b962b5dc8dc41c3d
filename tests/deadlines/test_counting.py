"""Counting days as courts and agencies do: each worked example of the practice notes, and the edges of the calendar."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from deadlines.counting import (
    RULES,
    Skipped,
    age_on,
    bia_days,
    business_day_up_to,
    business_days,
    calendar,
    earliest,
    eoir_days,
    frap_days,
    frcp_back,
    frcp_days,
    frcp_hours,
    mail_plus_3,
    one_year_safe,
    plain_hours,
    safe_birthday,
    strictest_of,
    why_closed,
)


def day(text: str) -> datetime.date:
    return datetime.date.fromisoformat(text)


@pytest.mark.parametrize(
    ("rule", "start", "length", "unmoved", "due", "why"),
    [
        # Final approval: 30 days end on a Saturday.
        ("frcp_days", "2018-11-15", 30, "2018-12-15", "2018-12-17", ["saturday", "sunday"]),
        # Columbus Day.
        ("frcp_days", "2018-10-05", 3, "2018-10-08", "2018-10-09", ["holiday"]),
        # Veterans Day on a Sunday, observed on Monday.
        ("frcp_days", "2018-11-08", 3, "2018-11-11", "2018-11-13", ["sunday", "holiday"]),
        # A judge's decision on a Friday, and the ten-day date beside it.
        ("bia_days", "2026-11-06", 30, "2026-12-06", "2026-12-07", ["sunday"]),
        ("bia_days", "2026-11-06", 10, "2026-11-16", "2026-11-16", []),
        # Independence Day on a Saturday, observed on Friday.
        ("bia_days", "2026-06-03", 30, "2026-07-03", "2026-07-06", ["holiday", "saturday", "sunday"]),
        # Juneteenth is a holiday from 2021 only.
        ("dhs_days", "2018-06-09", 10, "2018-06-19", "2018-06-19", []),
        ("dhs_days", "2026-06-09", 10, "2026-06-19", "2026-06-22", ["holiday", "saturday", "sunday"]),
        # Backward for a federal court; forward also backward for an immigration court.
        ("frcp_back", "2018-10-15", 7, "2018-10-08", "2018-10-05", ["holiday", "sunday", "saturday"]),
        ("eoir_days", "2018-10-16", -8, "2018-10-08", "2018-10-09", ["holiday"]),
        # Nothing is moved where no roll may be relied on.
        ("calendar", "2018-12-08", 7, "2018-12-15", "2018-12-15", []),
        ("strictest_of", "2026-11-20", 5, "2026-11-25", "2026-11-25", []),
        ("strictest_of", "2026-11-23", 5, "2026-11-28", "2026-11-28", []),
        ("mail_plus_3", "2018-11-12", 30, "2018-12-15", "2018-12-17", ["saturday", "sunday"]),
        ("business_days", "2018-11-20", 2, "2018-11-23", "2018-11-23", ["holiday"]),
        ("business_days", "2018-10-09", -1, "2018-10-05", "2018-10-05", ["holiday", "sunday", "saturday"]),
    ],
)
def test_worked_examples(rule: str, start: str, length: int, unmoved: str, due: str, why: list[str]) -> None:
    counted = RULES[rule](day(start), length, ())
    assert counted is not None
    assert (counted.unmoved, counted.due) == (day(unmoved), day(due))
    assert [one.why for one in counted.skipped] == why


def test_a_closure_that_somebody_entered_is_skipped_like_a_holiday() -> None:
    mourning = frozenset({day("2018-12-05")})
    counted = frcp_days(day("2018-11-05"), 30, mourning)
    assert counted is not None
    assert (counted.due, counted.skipped) == (day("2018-12-06"), (Skipped(day("2018-12-05"), "closure"),))
    assert business_day_up_to(day("2018-12-05"), mourning) == day("2018-12-04")
    assert why_closed(day("2018-12-05")) is None


def test_each_court_that_counts_alike_gives_the_same_day() -> None:
    start = day("2018-11-15")
    assert {rule(start, 30) for rule in (frcp_days, frap_days, eoir_days, bia_days)} == {frcp_days(start, 30)}
    assert calendar(start, 30) != frcp_days(start, 30)


@pytest.mark.parametrize(
    ("entered", "last"),
    [("2018-05-12", "2019-05-11"), ("2020-02-29", "2021-02-27"), ("2019-03-01", "2020-02-29")],
)
def test_the_asylum_year_ends_the_day_before_the_anniversary(entered: str, last: str) -> None:
    counted = one_year_safe(day(entered))
    assert counted is not None
    assert counted.due == day(last)


@pytest.mark.parametrize(
    ("born", "age", "turned", "safe"),
    [
        ("2004-02-29", 18, "2022-03-01", "2022-02-28"),
        ("2008-02-29", 12, "2020-02-29", "2020-02-28"),
        ("2005-06-01", 14, "2019-06-01", "2019-05-31"),
    ],
)
def test_an_age_is_reached_at_the_start_of_the_birthday(born: str, age: int, turned: str, safe: str) -> None:
    counted = age_on(day(born), age)
    assert counted is not None
    assert (counted.due, safe_birthday(day(born), age)) == (day(turned), day(safe))


def test_where_sources_differ_the_earliest_counts() -> None:
    assert earliest(day("2026-12-07"), None, day("2026-11-16")) == day("2026-11-16")
    assert earliest(None) is None
    assert strictest_of(day("2026-11-20"), 5) == calendar(day("2026-11-20"), 5)


def test_hours_run_through_weekends_and_clock_changes() -> None:
    chicago = ZoneInfo("America/Chicago")
    friday = datetime.datetime(2018, 11, 2, 10, tzinfo=chicago)
    # 24 hours end on Saturday: the same hour of Monday, though the clocks go back on Sunday.
    assert frcp_hours(friday, 24) == datetime.datetime(2018, 11, 5, 10, tzinfo=chicago)
    assert plain_hours(friday, 24) == datetime.datetime(2018, 11, 3, 10, tzinfo=chicago)
    assert plain_hours(friday, 72) == datetime.datetime(2018, 11, 5, 9, tzinfo=chicago)  # 72 real hours
    assert frcp_hours(friday, 5) == datetime.datetime(2018, 11, 2, 15, tzinfo=chicago)


def test_the_end_of_the_calendar_gives_nothing_and_no_error() -> None:
    last = day("9999-12-31")
    for name, rule in RULES.items():
        if name not in ("fixed", "frcp_back"):
            assert rule(last, 30, ()) is None, name
    assert frcp_back(day("0001-01-01"), 5) is None
    assert business_days(last, 1) is None
    assert bia_days(last, 0) == frcp_days(last, 0)
    assert mail_plus_3(last, 0) is None
