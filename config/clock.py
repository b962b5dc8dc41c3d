"""The one clock. Views and commands ask it for the day and hand the day on; services and the engine never ask."""

import datetime

from django.conf import settings
from django.utils import timezone


def today() -> datetime.date:
    """The day that counts: a demo's fixed one (setting AMPARO_TODAY), else the calendar day in settings.TIME_ZONE."""
    fixed: datetime.date | None = settings.AMPARO_TODAY
    return fixed if fixed is not None else timezone.localdate()


def now() -> datetime.datetime:
    """This moment, in UTC, with its time zone. It is never fixed: history and logs keep the real time."""
    return timezone.now().astimezone(datetime.UTC)


def moment() -> datetime.datetime:
    """The moment that counts for what is due, in UTC: on a demo's fixed day this time of that day, else now."""
    here = timezone.localtime(timezone.now())
    if settings.AMPARO_TODAY is not None:
        # A new moment of that day in the office's zone; the offset of that day may be another than today's.
        here = timezone.make_aware(datetime.datetime.combine(settings.AMPARO_TODAY, here.time()))
    return here.astimezone(datetime.UTC)


def is_fixed() -> bool:
    """Whether the product lives on a fixed day; pages then say so."""
    return settings.AMPARO_TODAY is not None
