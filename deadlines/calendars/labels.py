"""What a date is called, where names may be seen and where they may not."""

import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import time_format
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from deadlines.catalogue import CATALOGUE
from deadlines.models import Deadline

Text = str | Promise


def kind_label(deadline: Deadline) -> Text:
    """The kind of the deadline in words that hold nothing of a person: fit for a calendar outside of Amparo."""
    if deadline.source == Deadline.Source.HAND or deadline.title:
        return _("A date of the office")
    entry = CATALOGUE.get(deadline.kind)
    return capfirst(str(entry.title)) if entry is not None else _("A date to keep")


def deadline_label(deadline: Deadline) -> Text:
    """What is due, as a page within Amparo says it: what somebody wrote, else the kind."""
    return deadline.title or kind_label(deadline)


def zone_of(name: str) -> ZoneInfo:
    """The time zone of this name; the office's where there is none, or none of that name."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (KeyError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def moment_text(moment: datetime.datetime, zone: str) -> str:
    """The time of day on the clock of its place, with the place's zone, and the office's time where that differs:
    "9 a.m. CST (America/Chicago); 10 a.m. EST at the office"."""
    there = moment.astimezone(zone_of(zone))
    here = moment.astimezone(ZoneInfo(settings.TIME_ZONE))
    said = f"{time_format(there.time(), 'TIME_FORMAT')} {there.tzname()}"
    if there.utcoffset() == here.utcoffset():
        return said
    office = f"{time_format(here.time(), 'TIME_FORMAT')} {here.tzname()}"
    if here.date() != there.date():
        office = f"{office}, {here.date().isoformat()}"
    return _("%(there)s (%(zone)s); %(here)s at the office") % {"there": said, "zone": zone, "here": office}
