"""How old a number or an address is: since when nobody was reached by it, nor put it on file."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.words import day_text
from families.contacts.models import ContactAttempt
from families.contacts.selectors import OLD_AFTER
from families.provenance import Origin


class Age(NamedTuple):
    """In words, and whether it is old."""

    text: str
    old: bool


def age_of(way: str, origin: Origin | None, attempts: Iterable[ContactAttempt], day: datetime.date) -> Age:
    """The age of a number or address on the day; `attempts` are the tries to reach the person.

    It is as old as the last time that somebody was reached by it, or else as its entry on file. A try that found it to
    be wrong makes it old at once.
    """
    used = [attempt for attempt in attempts if _same(attempt.way, way)]
    good = [attempt.on for attempt in used if attempt.outcome == ContactAttempt.Outcome.REACHED]
    bad = [attempt.on for attempt in used if attempt.outcome == ContactAttempt.Outcome.WRONG_NUMBER]
    entered = timezone.localtime(origin.entered_at).date() if origin else None
    known = max(good) if good else entered
    if bad and (not good or max(bad) > max(good)) and (entered is None or max(bad) >= entered):
        return Age(_("found to be wrong on %(day)s") % {"day": day_text(max(bad))}, old=True)
    if known is None:
        return Age(_("not known since when"), old=True)
    days = max((day - known).days, 0)
    words = {"day": day_text(known), "days": days}
    if good:
        text = ngettext("last reached %(day)s, %(days)d day ago", "last reached %(day)s, %(days)d days ago", days)
    else:
        text = ngettext(
            "nobody reached yet, on file for %(days)d day", "nobody reached yet, on file for %(days)d days", days
        )
    return Age(text % words, old=datetime.timedelta(days=days) > OLD_AFTER)


def _same(used: str, way: str) -> bool:
    """Whether two are the same number, however it is written, or the same text."""
    first, second = (_digits(text) for text in (used, way))
    if len(first) >= 7 and len(second) >= 7:
        return first.endswith(second) or second.endswith(first)
    return used.strip().casefold() == way.strip().casefold() != ""


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
