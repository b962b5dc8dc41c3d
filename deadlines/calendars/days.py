"""Days without business and why, in words: weekends, federal holidays, and what a supervisor entered."""

import datetime
from typing import Final, NamedTuple

import holidays
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from deadlines.models import Closure

Text = str | Promise
ONE_DAY: Final = datetime.timedelta(days=1)
_SATURDAY: Final = 5
_OBSERVED: Final = " (observed)"
_ELSEWHERE: Final = gettext_lazy("Federal holiday")

# The names that the package `holidays` gives, which it has in English alone.
HOLIDAYS: Final[dict[str, Text]] = {
    "New Year's Day": gettext_lazy("New Year's Day"),
    "Martin Luther King Jr. Day": gettext_lazy("Martin Luther King Jr. Day"),
    "Washington's Birthday": gettext_lazy("Washington's Birthday"),
    "Memorial Day": gettext_lazy("Memorial Day"),
    "Juneteenth National Independence Day": gettext_lazy("Juneteenth"),
    "Independence Day": gettext_lazy("Independence Day"),
    "Labor Day": gettext_lazy("Labor Day"),
    "Columbus Day": gettext_lazy("Columbus Day"),
    "Veterans Day": gettext_lazy("Veterans Day"),
    "Thanksgiving Day": gettext_lazy("Thanksgiving Day"),
    "Christmas Day": gettext_lazy("Christmas Day"),
}


class Closed(NamedTuple):
    """A day without business; `names` says why, beyond its being a weekend."""

    weekend: bool
    names: list[str]


def _named(name: str) -> str:
    label = HOLIDAYS.get(name.removesuffix(_OBSERVED), _ELSEWHERE)
    return _("%(holiday)s (observed)") % {"holiday": label} if name.endswith(_OBSERVED) else str(label)


def closed_days(actor: User, first: datetime.date, last: datetime.date) -> dict[datetime.date, Closed]:
    """By day, the days without business from the first to the last, in one query."""
    entered = dict(Closure.objects.visible_to(actor).filter(on__range=(first, last)).values_list("on", "why"))
    calendar = holidays.country_holidays("US", years=range(first.year, last.year + 2))
    found = {}
    day = first
    while day <= last:
        names = [_named(name) for name in calendar.get_list(day)]
        if day in entered:
            names.append(_("Closed: %(why)s") % {"why": entered[day]} if entered[day] else _("Closed"))
        if names or day.weekday() >= _SATURDAY:
            found[day] = Closed(day.weekday() >= _SATURDAY, names)
        day += ONE_DAY
    return found
