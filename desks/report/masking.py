"""Numbers for the public: those under 10 are hidden, and as many more as it takes that none can be worked out."""

from collections.abc import Iterable
from typing import Final, NamedTuple

from desks.report.figures import Figures, Whose, people_of

SMALL: Final = 10
"""Numbers from 1 to 9 are hidden: they point at somebody (practice, section 4.5)."""


class _Line(NamedTuple):
    """Numbers that together are the total."""

    parts: list[Whose]
    total: Whose


def hidden_numbers(figures: Figures) -> set[Whose]:
    """The cells and totals that the public version hides.

    In no row and no column a hidden number is the only one, or one of some that together are fewer than 10: it could
    be worked out, or nearly. What the same people are counted in is hidden everywhere or nowhere.
    """
    lines = [line for table in figures["tables"] for line in _lines(figures, table)]
    people_by = {whose: frozenset(people_of(figures, whose)) for line in lines for whose in (*line.parts, line.total)}
    numbers = {whose: len(people) for whose, people in people_by.items()}
    hidden = {whose for whose, number in numbers.items() if 0 < number < SMALL}
    before = -1
    while len(hidden) != before:
        before = len(hidden)
        for line in lines:
            _guard(line, numbers, hidden)
        told = {people_by[whose] for whose in hidden}
        hidden |= {whose for whose, people in people_by.items() if people and people in told}
    return hidden


def _lines(figures: Figures, table: str) -> Iterable[_Line]:
    rows = figures["tables"][table]["cells"]
    columns = list(next(iter(rows.values()), {}))
    for row in rows:
        yield _Line([Whose(table, row, column) for column in columns], Whose(table, row))
    for column in columns:
        yield _Line([Whose(table, row, column) for row in rows], Whose(table, "", column))
    yield _Line([Whose(table, row) for row in rows], Whose(table))
    yield _Line([Whose(table, "", column) for column in columns], Whose(table))


def _guard(line: _Line, numbers: dict[Whose, int], hidden: set[Whose]) -> None:
    """Hide more of the line, the smallest first and the total last, until what is hidden cannot be worked out."""
    while True:
        parts = [whose for whose in line.parts if whose in hidden]
        total = line.total in hidden
        if not parts and not total:
            return
        alone = len(parts) + total == 1
        few = not total and sum(numbers[whose] for whose in parts) < SMALL
        if not alone and not few:
            return
        shown = [whose for whose in line.parts if whose not in hidden and numbers[whose]]
        if shown:
            hidden.add(min(shown, key=lambda whose: numbers[whose]))
        elif not total:
            hidden.add(line.total)
        else:
            return
