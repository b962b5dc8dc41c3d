"""Days and lists as people say them, in the reader's language."""

import datetime
import re
from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

# Before this sound Spanish says "e" for "and": Ana e Inés, Ana e Hilda, but Ana y Hiedra.
_SOUNDS_I = re.compile("h?[ií](?![aeo])", re.IGNORECASE)


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
    first, last = ", ".join(items[:-1]), items[-1]
    if get_language() == "es" and _SOUNDS_I.match(last):
        return f"{first} e {last}"
    return _("%(first)s and %(last)s") % {"first": first, "last": last}
