"""What a list of the board shows: filters by keys alone, each of which the address may have once."""

from dataclasses import dataclass, fields, replace
from typing import Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from families.filters import NOBODY, Office
from families.listing import AddressRefused

Text = str | Promise

# The first four divide all open dates; the others say what is amiss with some of them.
WHEN: Final[dict[str, Text]] = {
    "overdue": gettext_lazy("Overdue"),
    "today": gettext_lazy("Today"),
    "week": gettext_lazy("Next 7 days"),
    "later": gettext_lazy("Later"),
}
AMISS: Final[dict[str, Text]] = {
    "unconfirmed": gettext_lazy("Not confirmed"),
    "late": gettext_lazy("Not confirmed within a working day"),
    "undelivered": gettext_lazy("Reminder not delivered"),
    "hours": gettext_lazy("Running by the hour"),
    "down": gettext_lazy("Missed while reminders stood still"),
}
WHAT: Final[dict[str, Text]] = {**WHEN, **AMISS}


@dataclass(frozen=True)
class Filters:
    """Which open dates; an empty filter lets everything through. Persons are keys, or `NOBODY`."""

    what: str = ""
    attorney: str = ""
    paralegal: str = ""

    def query(self, **changes: str) -> str:
        """The filters with these changes as a query string."""
        changed = replace(self, **changes)
        return urlencode([(one.name, getattr(changed, one.name)) for one in fields(self) if getattr(changed, one.name)])

    def address(self, name: str, **changes: str) -> str:
        """The address of the named page with these filters."""
        query = self.query(**changes)
        return f"{reverse(name)}?{query}" if query else reverse(name)


def choices(office: Office) -> dict[str, list[tuple[str, Text]]]:
    """By filter, its values and their labels."""
    nobody = (NOBODY, gettext_lazy("nobody"))
    return {
        "what": list(WHAT.items()),
        "attorney": [*office.attorneys, nobody],
        "paralegal": [*office.paralegals, nobody],
    }


def read_filters(page: str, data: QueryDict, office: Office, *, also: tuple[str, ...] = ()) -> Filters:
    """The filters of an address; raises `AddressRefused`, with a sentence for each thing that is amiss."""
    allowed = choices(office)
    problems = [_("There is no filter “%(name)s”.") % {"name": name} for name in sorted({*data} - {*allowed, *also})]
    problems += [_("“%(name)s” is given twice.") % {"name": name} for name in data if len(data.getlist(name)) > 1]
    given = {name: data.get(name, "") for name in allowed}
    problems += [
        _("“%(value)s” is not in this list.") % {"value": value}
        for name, value in given.items()
        if value and value not in dict(allowed[name])
    ]
    if problems:
        raise AddressRefused(page, problems)
    return Filters(**given)
