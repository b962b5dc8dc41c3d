"""The figures of a report: each table's cells with the keys of their people, and the proof that they add up."""

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, NamedTuple

from desks.report.children import place_child
from desks.report.labels import SPECS
from desks.report.members import place_form, place_membership, place_standing
from desks.report.parents import is_removed, place_removed, place_request
from desks.report.record import OnFile

DEFINITION: Final = "1"
"""The version of the counting. Raise it with each change of a row, a column or a rule of this package."""

Figures = dict[str, Any]
"""`tables`: {table: {"whole": [person], "cells": {row: {column: [person]}}}}; `families`: {person: family} of everybody
who was counted; `on_file`: how many people the tables had. Keys of persons are texts in `families`, for JSON."""
Place = tuple[str, str]
_NONE: Final[dict[str, Any]] = {"whole": [], "cells": {}}  # of a table that a report of an earlier way did not have


class Whose(NamedTuple):
    """Whose numbers are asked for: those of the cells of a row, of a column, or of both; "" for all.

    `row` may stand for all rows of a group, as `group(place)` says it.
    """

    table: str
    row: str = ""
    column: str = ""


def count(record: OnFile, day: datetime.date) -> Figures:
    """The figures of this record on the day."""
    people = record.people
    everybody = list(people.values())
    placed: dict[str, dict[int, Place]] = {
        "children": {one.pk: place_child(one, people, day) for one in everybody if one.is_child},
        "removed": {one.pk: place_removed(one, day) for one in everybody if is_removed(one, day)},
        "members": {one.pk: place_membership(one) for one in everybody},
        "forms": {one.pk: place_form(one, day) for one in everybody},
        "stages": {one.pk: place_standing(one) for one in everybody},
        "requests": {one.pk: place_request(one, day) for one in everybody if one.request},
    }
    return {
        "tables": {key: {"whole": sorted(of), "cells": _cells(key, of)} for key, of in placed.items()},
        "families": {str(one.pk): one.family for one in everybody},
    }


def _cells(table: str, placed: dict[int, Place]) -> dict[str, dict[str, list[int]]]:
    """Every cell of the table, the empty ones, too. A row that has no words is an error, not a person left out."""
    spec = SPECS[table]
    cells: dict[str, dict[str, list[int]]] = {row: {column: [] for column in spec.columns} for row in spec.rows}
    for pk in sorted(placed):
        row, column = placed[pk]
        cells[row][column].append(pk)
    return cells


def adds_up(figures: Figures, table: str) -> bool:
    """Whether each person of the table stands in exactly one cell, and nobody else does."""
    of = figures["tables"].get(table, _NONE)
    counted = Counter(pk for row in of["cells"].values() for people in row.values() for pk in people)
    return counted == Counter(of["whole"]) and all(number == 1 for number in counted.values())


def is_whole(figures: Figures) -> bool:
    """Whether the history knew everybody whom the tables had when the report was made."""
    return bool(figures["on_file"] == len(figures["families"]))


def people_of(figures: Figures, whose: Whose, hidden: Collection[int] = ()) -> list[int]:
    """The keys of the people behind a number, without those that are hidden from the reader."""
    return [pk for pk in _people(figures, whose) if pk not in hidden]


def group(place: int) -> str:
    """The rows of the table's group in this place, as a value of `Whose.row`."""
    return f"group-{place}"


def rows_meant(whose: Whose) -> set[str]:
    """The keys of the rows for which `Whose.row` stands; none where there is no such row."""
    spec = SPECS[whose.table]
    groups = {group(place): set(one.rows) for place, one in enumerate(spec.groups)}
    return {"": set(spec.rows), **groups}.get(whose.row, {whose.row} & set(spec.rows))


def _people(figures: Figures, whose: Whose) -> Iterator[int]:
    meant = rows_meant(whose)
    for row, columns in figures["tables"].get(whose.table, _NONE)["cells"].items():
        for column, people in columns.items():
            if row in meant and whose.column in ("", column):
                yield from people


def places(figures: Figures, table: str, hidden: Collection[int] = ()) -> dict[int, Place]:
    """Where each person of the table stands."""
    cells = figures["tables"].get(table, _NONE)["cells"]
    return {
        pk: (row, column)
        for row, columns in cells.items()
        for column, people in columns.items()
        for pk in people
        if pk not in hidden
    }


def families_of(figures: Iterable[Figures]) -> set[int]:
    """The keys of all families in these figures."""
    return {family for one in figures for family in one["families"].values()}
