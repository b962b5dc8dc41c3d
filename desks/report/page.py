"""A report as its page, its paper and its file have it."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from config.spreadsheets import Cell
from desks.report.figures import Figures, Whose, adds_up, group, people_of
from desks.report.labels import SPECS, Spec
from desks.report.masking import SMALL, hidden_numbers
from desks.report.models import Report

Text = str | Promise


class Figure(NamedTuple):
    """A number with the list behind it, and what it was before; `number` is None where it is hidden."""

    number: int | None
    column: Text
    address: str = ""
    before: int | None = None

    @property
    def change(self) -> str:
        """By how much it is more or fewer than before, with its sign; "" where it is the same or not compared."""
        if self.number is None or self.before is None or self.number == self.before:
            return ""
        return f"{self.number - self.before:+d}".replace("-", "−")

    @property
    def told(self) -> int | str:
        """The number, or that it is small."""
        return f"<{SMALL}" if self.number is None else self.number


class Line(NamedTuple):
    """A row: its figures column by column, and all of them together last."""

    label: Text
    figures: list[Figure]


class Lines(NamedTuple):
    """The rows of a group; `whole` has their sums, None where the group has no title or the sums are hidden."""

    title: Text
    lines: list[Line]
    whole: Line | None


class Table(NamedTuple):
    """A table of the report."""

    spec: Spec
    groups: list[Lines]
    whole: Line
    adds_up: bool


class Shown(NamedTuple):
    """A report as its reader sees it: `hidden` are the people whom a wall hides from them."""

    report: Report
    tables: list[Table]
    public: bool


def shown(report: Report, hidden: set[int], *, public: bool) -> Shown:
    """The tables without the people who are hidden from the reader; for the public with small numbers hidden.

    Numbers are compared with the report before only where people may be looked at.
    """
    seen = without(report.figures, hidden)
    before = without(report.previous.figures, hidden) if report.previous and not public else None
    masked = hidden_numbers(seen) if public else set()
    writer = _Writer(report, seen, before, masked, public)
    return Shown(report, [writer.table(spec) for spec in SPECS.values()], public)


def without(figures: Figures, hidden: set[int]) -> Figures:
    """The figures as if these people had not been counted."""
    if not hidden:
        return figures
    tables = {
        key: {
            "whole": [pk for pk in table["whole"] if pk not in hidden],
            "cells": {
                row: {column: [pk for pk in people if pk not in hidden] for column, people in columns.items()}
                for row, columns in table["cells"].items()
            },
        }
        for key, table in figures["tables"].items()
    }
    return {**figures, "tables": tables}


class _Writer(NamedTuple):
    report: Report
    seen: Figures
    before: Figures | None
    masked: set[Whose]
    public: bool

    def table(self, spec: Spec) -> Table:
        groups = [self._lines(spec, place) for place in range(len(spec.groups))]
        return Table(spec, groups, self._line(spec, _("All"), ""), adds_up(self.seen, spec.key))

    def _lines(self, spec: Spec, place: int) -> Lines:
        of = spec.groups[place]
        whole = self._line(spec, _("Together"), group(place)) if of.title and not self.public else None
        return Lines(of.title, [self._line(spec, label, row) for row, label in of.rows.items()], whole)

    def _line(self, spec: Spec, label: Text, row: str) -> Line:
        columns = [*spec.columns.items(), ("", _("All"))]
        return Line(label, [self._figure(Whose(spec.key, row, column), title) for column, title in columns])

    def _figure(self, whose: Whose, title: Text) -> Figure:
        number = len(people_of(self.seen, whose))
        if self.public:
            return Figure(None if whose in self.masked else number, title)
        before = len(people_of(self.before, whose)) if self.before else None
        return Figure(number, title, self._address(whose), before)

    def _address(self, whose: Whose) -> str:
        query = urlencode([(name, value) for name, value in whose._asdict().items() if value])
        return f"{reverse('report-people', args=[self.report.pk])}?{query}"


def header() -> list[str]:
    """The columns of the file."""
    return [_("Block"), _("Table"), _("Row"), _("Column"), _("People"), _("In the report before")]


def cells(found: Shown) -> Iterator[Sequence[Cell]]:
    """A line of the file for each number, and at the end what it rests on."""
    for table in found.tables:
        lines = [line for group in table.groups for line in group.lines]
        for line in [*lines, table.whole]:
            for figure in line.figures:
                titles = [table.spec.block, str(table.spec.title), str(line.label), str(figure.column)]
                yield [*titles, figure.told, figure.before]
    for label, value in meta(found.report):
        yield ["", "", str(label), value, None, None]


def meta(report: Report) -> list[tuple[Text, str]]:
    """What the numbers rest on, so that they can be counted again."""
    return [
        (_("As of (UTC)"), report.as_of.strftime("%Y-%m-%d %H:%M:%S")),
        (_("Day"), f"{report.day.isoformat()} ({report.zone})"),
        (_("Version of the rules"), report.rule_version),
        (_("Version of the counting"), report.definition),
        (_("Prepared by"), report.made_by.name),
        (_("Checked by"), report.checked_by.name if report.checked_by else _("nobody yet")),
    ]
