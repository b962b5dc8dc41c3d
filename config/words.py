"""Days and lists as people say them, in the reader's language."""

import datetime
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def day_text(day: datetime.date | str | None) -> str:
    """A day with its month in letters ("10 December 2018"), since 10/12 is read in two ways; empty for no day.

    ISO text is taken as well as a date.
    """
    if isinstance(day, str):
        day = datetime.date.fromisoformat(day)
    # Translators: how a day is written, in the letters of Django's date format; Spanish: j \d\e F \d\e Y
    return date_format(day, _("j F Y")) if day else ""


def list_text(items: Sequence[str]) -> str:
    """ "Ana", "Ana and Luis", "Ana, Luis and Marta"."""
    if len(items) < 2:
        return "".join(items)
    return _("%(first)s and %(last)s") % {"first": ", ".join(items[:-1]), "last": items[-1]}
