"""The rows of one sheet, put aside on disk, so that they come back family by family and the whole never lies in
memory."""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from types import TracebackType

from families.intake.reading import Sheet
from families.intake.rows import plain, reference
from families.intake.vocabulary import is_unknown, read_a_number

Row = tuple[int, list[str]]

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE row (number INTEGER PRIMARY KEY, family TEXT NOT NULL, person TEXT NOT NULL, a_number TEXT, cells TEXT);
CREATE TABLE refused (number INTEGER PRIMARY KEY, error TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX row_by_a_number ON row (a_number) WHERE a_number IS NOT NULL;
CREATE TABLE family AS SELECT family, min(number) AS first FROM row WHERE family <> '' GROUP BY family;
CREATE INDEX row_by_family ON row (family, number);
"""


class Spool:
    """A private temporary database of the sheet's rows; it goes when the `with` block ends."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="amparo-intake-")
        self._base = sqlite3.connect(Path(self._folder.name) / "rows", isolation_level=None)
        self._base.executescript(_TABLES)

    def __enter__(self) -> "Spool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._base.close()
        self._folder.cleanup()

    def fill(self, sheet: Sheet) -> Iterator[int]:
        """Puts the rows aside, and gives the number of rows so far. Raises SheetRefused."""
        place = sheet.header.columns.get("a_number")
        self._base.execute("BEGIN")
        for count, (number, cells) in enumerate(sheet.rows, 1):
            a_number = _a_number(cells[place]) if place is not None else None
            family, person = reference(sheet.header, cells, "family_ref"), reference(sheet.header, cells, "person_ref")
            self._base.execute(
                "INSERT INTO row VALUES (?, ?, ?, ?, ?)",
                (number, family, person, a_number, json.dumps(cells, ensure_ascii=False)),
            )
            yield count
        self._base.execute("COMMIT")
        self._base.executescript(_INDEXES)

    def count_families(self) -> int:
        """How many families the sheet has."""
        return int(self._base.execute("SELECT count(*) FROM family").fetchone()[0])

    def families(self, size: int) -> Iterator[dict[str, list[Row]]]:
        """Chunks of up to `size` families with their rows, in the order in which the sheet first names them."""
        rows = self._base.execute(
            "SELECT family, number, cells FROM row JOIN family USING (family) ORDER BY first, number"
        )
        chunk: dict[str, list[Row]] = {}
        for family, lines in groupby(rows, key=lambda row: str(row[0])):
            chunk[family] = [(number, json.loads(cells)) for _family, number, cells in lines]
            if len(chunk) == size:
                yield chunk
                chunk = {}
        if chunk:
            yield chunk

    def without_family(self) -> Iterator[Row]:
        """The rows that name no family."""
        for number, cells in self._base.execute("SELECT number, cells FROM row WHERE family = '' ORDER BY number"):
            yield number, json.loads(cells)

    def shared_a_numbers(self) -> dict[str, list[int]]:
        """A-numbers that stand on rows of two persons, with the numbers of all their rows."""
        shared: dict[str, list[int]] = {}
        for a_number, row in self._base.execute(
            "SELECT a_number, number FROM row JOIN ("
            "SELECT a_number FROM row WHERE a_number IS NOT NULL GROUP BY a_number HAVING count(DISTINCT "
            "CASE WHEN family = '' OR person = '' THEN number ELSE json_array(family, person) END) > 1"
            ") USING (a_number) ORDER BY number"
        ):
            shared.setdefault(a_number, []).append(row)
        return shared

    def a_numbers(self, size: int) -> Iterator[dict[str, tuple[str, str]]]:
        """A-numbers with the family and person of (one of) their rows, in pieces of up to `size`."""
        chunk: dict[str, tuple[str, str]] = {}
        for a_number, family, person in self._base.execute(
            "SELECT a_number, family, person FROM row WHERE a_number IS NOT NULL GROUP BY a_number"
        ):
            chunk[a_number] = (family, person)
            if len(chunk) == size:
                yield chunk
                chunk = {}
        if chunk:
            yield chunk

    def refuse(self, rows: Iterable[tuple[int, str]]) -> None:
        """Notes rows for the sheet of what was refused, each with what is wrong with it."""
        self._base.executemany("INSERT OR REPLACE INTO refused VALUES (?, ?)", rows)

    def refused(self) -> Iterator[tuple[list[str], str]]:
        """The refused rows as they came, and what is wrong with each, in the sheet's order."""
        for cells, error in self._base.execute(
            "SELECT cells, error FROM row JOIN refused USING (number) ORDER BY number"
        ):
            yield json.loads(cells), error


def _a_number(cell: str) -> str | None:
    """The A-number of a cell in its one form; None when there is none or it has another shape."""
    text = plain(cell)
    if is_unknown(text):
        return None
    try:
        return read_a_number(text)
    except ValueError:
        return None
