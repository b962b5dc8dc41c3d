"""Days by what they mean: spans between the days at which an answer of the engine may turn.

No date of law stands here: callers take the turns from `settlement.engine.parameters`, from the court's record and from
the family's own facts.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

ONE_DAY = timedelta(days=1)


class Span(NamedTuple):
    """From `first` to `last`, both included; None for no limit on that side."""

    first: date | None
    last: date | None

    @property
    def day(self) -> date:
        """A day that stands for all of the span: the one nearest to the turn that made it."""
        found = self.last if self.first is None else self.first
        if found is None:
            raise ValueError("a span without limits has no day of its own")
        return found

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)


def spans(turns: Iterable[date | None], *, first: date | None = None, last: date | None = None) -> list[Span]:
    """The spans between turns (each the first day of something new; None is left out), inside `first` to `last`.

    Empty where nothing limits the only span, for then no day stands for it.
    """
    lower, found = first, []
    for turn in sorted({turn for turn in turns if turn is not None}):
        if (lower is None or turn > lower) and (last is None or turn <= last):
            found.append(Span(lower, turn - ONE_DAY))
            lower = turn
    if lower is None and last is None:
        return found
    return [*found, Span(lower, last)] if last is None or lower is None or lower <= last else found


def years_before(day: date, years: int) -> date:
    """The last birthday on which somebody was born who has reached this age on the day (rules, section 1).

    A birthday of 29 February falls on 1 March in a common year, so before that day only those born by the 28th have.
    """
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


def birthday(birth_date: date, age: int) -> date:
    """The day on which somebody reaches the age; 1 March for a birthday of 29 February in a common year."""
    try:
        return birth_date.replace(year=birth_date.year + age)
    except ValueError:
        return date(birth_date.year + age, 3, 1)
