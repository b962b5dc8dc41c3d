"""Dates and times as people type them: no guess is made where a day can be read in two ways."""

import datetime
import re
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from families.intake.vocabulary import DAY_MONTH_NAME, ISO, MONTH_NAME_DAY, read_day, shown
from families.writing import FIRST_DAY, LAST_DAY

_NUMBERS: Final = re.compile(r"[0-9]{1,4}[/.\-][0-9]{1,2}[/.\-][0-9]{1,4}")
_TIME: Final = re.compile(r"([0-9]{1,2}):([0-9]{2})")

ZONES: Final = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
)
"""The zones of the United States in which courts sit."""


def read_typed_day(text: str) -> datetime.date:
    """The day that the text names: year first, or with the month as a word. Raises ValueError with a sentence, which is
    a question where only numbers stand there: 03/02/18 may be two days."""
    text = text.strip()
    if not (ISO.fullmatch(text) or DAY_MONTH_NAME.fullmatch(text) or MONTH_NAME_DAY.fullmatch(text)):
        if _NUMBERS.fullmatch(text):
            raise ValueError(
                _("Which day is “%(value)s”? It can be read in more than one way. Write 2018-03-02 or March 2, 2018.")
                % {"value": shown(text)}
            )
        raise ValueError(
            _("“%(value)s” is not a date in a form that can be read. Write 2018-03-02 or March 2, 2018.")
            % {"value": shown(text)}
        )
    day = datetime.date.fromisoformat(read_day(text))
    if not FIRST_DAY <= day <= LAST_DAY:
        raise ValueError(_("Look at the year: it is before 1900 or after 2099."))
    return day


def read_typed_time(text: str) -> datetime.time:
    """The time of day, as 14:30. Raises ValueError with a sentence."""
    found = _TIME.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        return datetime.time(int(found[1]), int(found[2]))
    except ValueError:
        raise ValueError(
            _("“%(value)s” is not a time of day. Write it on 24 hours, such as 14:30.") % {"value": shown(text.strip())}
        ) from None


def instant(day: datetime.date, time: datetime.time, zone: str) -> datetime.datetime:
    """The instant at which the clock of the zone shows this. Raises ValueError for a time that it leaves out."""
    local = datetime.datetime.combine(day, time, tzinfo=ZoneInfo(zone))
    if local.astimezone(datetime.UTC).astimezone(ZoneInfo(zone)).time() != time:
        raise ValueError(_("This time does not exist there: the clocks go forward in that night."))
    return local.astimezone(datetime.UTC)
