"""Dates in words: what one is called, how it was counted, what ended it."""

import datetime
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from config.words import day_text
from deadlines.catalogue import CATALOGUE
from deadlines.models import Deadline
from deadlines.refresh import GONE, LOOKED_UP, REACHED, RULE_OFF

Text = str | Promise

COUNTING: Final[dict[str, Text]] = {
    "calendar": gettext_lazy("Calendar days, weekends and holidays too. The last day stands wherever it falls."),
    "frcp_days": gettext_lazy(
        "Federal courts (FRCP 6(a)(1)): every day counts but the first. A last day without business runs on to the "
        "next business day."
    ),
    "frcp_back": gettext_lazy(
        "Counted backward (FRCP 6(a)(5)): a day without business runs on backward to the business day before it."
    ),
    "frap_days": gettext_lazy(
        "Courts of appeals (FRAP 26(a)): every day counts but the first. A last day without business runs on to the "
        "next business day."
    ),
    "frcp_years": gettext_lazy("The same date of a later year. A last day without business runs on to the next."),
    "eoir_days": gettext_lazy(
        "Immigration court: calendar days; the day of the decision or hearing is day 0. A last day without business "
        "becomes the next business day, also when counted backward."
    ),
    "bia_days": gettext_lazy(
        "The Board (8 CFR 1003.38(b)): calendar days; what counts is the day on which the Board receives it. A last "
        "day without business becomes the next business day."
    ),
    "dhs_days": gettext_lazy(
        "The Department's rules (8 CFR 1.2): weekends and holidays count. A last day without business becomes the next "
        "business day."
    ),
    "business_days": gettext_lazy("Business days only: weekends, holidays and closings do not count."),
    "mail_plus_3": gettext_lazy("Three days more, because the notice came by mail."),
    "one_year_safe": gettext_lazy("The day before the anniversary. No weekend is relied on."),
    "age_on": gettext_lazy(
        "An age is reached at the start of the birthday; of one on 29 February, on 1 March of a common year. The safe "
        "day is the day before."
    ),
    "fixed": gettext_lazy("The date stands on a paper or in an order. Nothing is counted."),
    "strictest_of": gettext_lazy("Sources speak of days and of working days: calendar days are counted, the stricter."),
}
_ENDED: Final[dict[str, Text]] = {
    GONE: gettext_lazy("What set it off is no longer on file, or what it waited for has happened."),
    RULE_OFF: gettext_lazy("The office has switched the rule off that set it off."),
    REACHED: gettext_lazy("Somebody was reached: the contact is on file, and the next date follows from it."),
    LOOKED_UP: gettext_lazy("They were looked up: the day is on file, and the next date follows from it."),
}


def title_of(deadline: Deadline) -> Text:
    """What is due: what somebody wrote, else the catalogue's title."""
    entry = CATALOGUE.get(deadline.kind)
    return deadline.title or (entry.title if entry is not None else deadline.kind)


def ended_text(deadline: Deadline) -> Text:
    """Why a date ended, whether it ended by itself or somebody said so."""
    return _ENDED.get(deadline.ended_because, deadline.ended_because)


def weekday_text(day: datetime.date) -> str:
    """The day with its weekday: what somebody who counts by hand looks up in a calendar."""
    return f"{date_format(day, 'l')}, {day_text(day)}"


def length_text(counting: str, length: int) -> str:
    """The length of a period, in the unit of its rule."""
    if counting in ("frcp_years", "one_year_safe", "age_on"):
        return _("%(number)d years") % {"number": length} if length != 1 else _("1 year")
    number = abs(length)
    if counting == "business_days":
        return ngettext("%(number)d business day", "%(number)d business days", number) % {"number": number}
    return _("%(number)d days") % {"number": number} if number != 1 else _("1 day")


def span_text(counting: str, length: int) -> str:
    """How long after, or before, what sets it off a rule of the office falls due."""
    if length == 0:
        return _("on the same day")
    number = length_text(counting, length)
    return _("%(number)s after") % {"number": number} if length > 0 else _("%(number)s before") % {"number": number}
