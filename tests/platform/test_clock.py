"""The one clock."""

import datetime

import pytest
import time_machine
from django.core.exceptions import ImproperlyConfigured
from pytest_django.fixtures import Settings

from config import clock
from config.settings.base import fixed_day


def test_the_day_is_that_of_the_office_and_the_moment_is_utc(settings: Settings) -> None:
    settings.AMPARO_TODAY = None
    settings.TIME_ZONE = "America/New_York"
    with time_machine.travel(datetime.datetime(2018, 12, 11, 3, 0, tzinfo=datetime.UTC), tick=False):
        assert clock.today() == datetime.date(2018, 12, 10)
        assert clock.now() == datetime.datetime(2018, 12, 11, 3, 0, tzinfo=datetime.UTC)
        assert clock.now().tzinfo is datetime.UTC
    assert not clock.is_fixed()


def test_a_fixed_day_stays_while_moments_go_on(settings: Settings) -> None:
    settings.AMPARO_TODAY = datetime.date(2018, 12, 10)
    assert clock.is_fixed()
    assert clock.today() == datetime.date(2018, 12, 10)
    assert clock.now().year > 2018


def test_on_a_fixed_day_the_moment_is_this_time_of_that_day_at_the_office(settings: Settings) -> None:
    settings.TIME_ZONE = "America/New_York"
    with time_machine.travel(datetime.datetime(2026, 7, 1, 14, 30, tzinfo=datetime.UTC), tick=False):
        settings.AMPARO_TODAY = None
        assert clock.moment() == datetime.datetime(2026, 7, 1, 14, 30, tzinfo=datetime.UTC)
        settings.AMPARO_TODAY = datetime.date(2018, 12, 10)  # 10:30 in summer is 14:30 UTC, in winter 15:30
        assert clock.moment() == datetime.datetime(2018, 12, 10, 15, 30, tzinfo=datetime.UTC)
        assert clock.moment().tzinfo is datetime.UTC


def test_a_day_that_is_none_is_refused() -> None:
    assert fixed_day("") is None
    assert fixed_day("2018-12-10") == datetime.date(2018, 12, 10)
    with pytest.raises(ImproperlyConfigured, match="AMPARO_TODAY"):
        fixed_day("12/10/2018")
