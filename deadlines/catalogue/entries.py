"""What an entry of the catalogue says: one date of law, or of practice, with all that its proof sheet must show."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from django.utils.functional import Promise

from deadlines.catalogue.record import FamilyView, PersonView
from deadlines.models import Deadline

Text = str | Promise
Weight = Deadline.Weight
Owes = Deadline.Owes

CHECKED_ON = date(2026, 11, 24)
"""The day on which these entries were last compared with their sources."""


class Trigger(NamedTuple):
    """What sets a deadline off: a row of the record (`row` such as "s12" is its part of the key, `pk` its key), the
    field with the day (`what`), and that day. `at` and `zone` are set where there is an instant, `also` has other days
    from which other sources count."""

    row: str
    what: str
    pk: int
    start: date
    at: datetime.datetime | None = None
    zone: str = ""
    also: Mapping[str, date] = {}


SetOff = Callable[[PersonView, FamilyView], Iterator[Trigger]]


@dataclass(frozen=True)
class Other:
    """What another source says: counted from the same day, or from the day that `Trigger.also` has under `start`."""

    id: str
    counting: str
    length: int
    basis: str
    citation: str
    says: Text
    start: str = ""


@dataclass(frozen=True)
class Entry:
    """One kind of deadline.

    `counting` is an id of `deadlines.counting.RULES`, or of its `HOURS`, where `length` are hours. `basis` is T (its
    text was read in the primary source), R (reported), M (from memory, unconfirmed) or I (inferred). `offsets` are days
    before the date on which to remind; empty: those of the weight. `set_off` finds the triggers in the record; without
    one, the engine gives the dates or somebody starts it by hand (`by_hand`). A date that passed longer ago than
    `forgotten_after`, before it was ever in the book, is not put into it; None: it is, however long ago.
    """

    id: str
    title: Text
    trigger: Text
    counting: str
    length: int
    owes: str
    weight: str
    basis: str
    citation: str
    if_missed: Text
    set_off: SetOff | None = None
    others: tuple[Other, ...] = ()
    offsets: tuple[int, ...] = ()
    by_hand: bool = False
    engine: bool = False
    confirm: bool = False
    of_family: bool = False
    safe_is_due: bool = False
    forgotten_after: datetime.timedelta | None = datetime.timedelta(days=365)
    checked_on: date = CHECKED_ON
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def rolls(self) -> bool:
        """Whether a last day without business is moved."""
        return self.counting not in ("calendar", "fixed", "one_year_safe", "age_on", "strictest_of", "plain_hours")

    def triggers(self, person: PersonView, family: FamilyView) -> Iterator[Trigger]:
        """What in the record of the person sets it off."""
        if self.set_off is not None:
            yield from self.set_off(person, family)
