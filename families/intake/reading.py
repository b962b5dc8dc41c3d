"""A file becomes a header and rows of text: CSV and XLSX, told apart by their content.

The row number is the one that a spreadsheet shows: a cell with line breaks in it does not count as more rows, and an
empty row counts as one although nothing is read from it. Formulas are not worked out: they stay the text that was
typed.
"""

import csv
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO, TextIO
from xml.parsers import expat

import openpyxl
from django.utils.translation import gettext as _

from families.intake.vocabulary import BY_FOLDED_NAME, NEEDED, fold, shown

UNPACKED_BYTES = 200 * 1024 * 1024
ZIP_PARTS = 10_000
ROWS = 1_048_576
"""As many as a spreadsheet has. A file that claims more is not one."""
XML_DEPTH = 64
XML_ELEMENTS_IN_ROW = 500_000
XML_ELEMENTS = 15_000_000
ERROR_COLUMN = "error"
"""The column that the sheet of refused rows adds; a mended sheet may still have it."""

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")

# A cell may be as long as a whole notes page; the module's own limit of 128 kB is for every reader of the process.
csv.field_size_limit(UNPACKED_BYTES)
warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")


class SheetRefused(Exception):  # noqa: N818  # the field's word; pages read `except SheetRefused`
    """The whole file is refused; the message says in one sentence why and what to do."""


@dataclass(frozen=True)
class Header:
    """The first row: where the sheet's own columns stand, and which others there are."""

    names: list[str]
    columns: dict[str, int]
    others: dict[str, int] = field(default_factory=dict)

    @property
    def kept(self) -> list[int]:
        """The places of the columns that go into the sheet of refused rows: all but an earlier error column."""
        return [place for place, name in enumerate(self.names) if fold(name) != ERROR_COLUMN]


@dataclass(frozen=True)
class Sheet:
    """An opened sheet. `rows` gives each row that has anything in it, as its number and one text for each header."""

    header: Header
    rows: Iterator[tuple[int, list[str]]]
    delimiter: str = ","
    byte_order_mark: bool = False


@contextmanager
def open_sheet(path: Path) -> Iterator[Sheet]:
    """Opens a CSV or XLSX file. Raises SheetRefused, also while the rows are read."""
    start = _first_bytes(path)
    if start.startswith(b"PK"):
        with path.open("rb") as packed, closing(_book(packed)) as book:
            yield _xlsx(book)
    elif start == _OLE:
        raise SheetRefused(_why_ole(path))
    else:
        mark = start.startswith(b"\xef\xbb\xbf")
        with path.open("r", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
            yield _csv(file, mark)


def _first_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_OLE))
    except FileNotFoundError:
        raise SheetRefused(_("There is no file “%(path)s”.") % {"path": path}) from None
    except IsADirectoryError:
        raise SheetRefused(_("“%(path)s” is a folder, not a sheet.") % {"path": path}) from None
    except PermissionError:
        raise SheetRefused(_("The file “%(path)s” may not be read.") % {"path": path}) from None


# --- header and rows ---


def read_header(cells: list[str]) -> Header:
    """The header of a sheet. Raises SheetRefused when a needed column is missing or two headers read alike."""
    names = list(cells)
    while names and not names[-1].strip():
        names.pop()
    first: dict[str, str] = {}
    columns: dict[str, int] = {}
    others: dict[str, int] = {}
    for place, name in enumerate(names):
        folded = fold(name)
        if folded in first:
            raise SheetRefused(
                _("Two headers read alike: “%(first)s” and “%(second)s”. Rename or remove one of the columns.")
                % {"first": shown(first[folded].strip()), "second": shown(name.strip())}
            )
        first[folded] = name
        if folded in BY_FOLDED_NAME:
            columns[BY_FOLDED_NAME[folded]] = place
        else:
            others[name.strip() or _("column %(number)d, without a header") % {"number": place + 1}] = place
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise SheetRefused(
            _("The first row has no column %(names)s. Every sheet needs: %(needed)s.")
            % {"names": ", ".join(missing), "needed": ", ".join(NEEDED)}
        )
    return Header(names, columns, others)


def _rows(header: Header, records: Iterable[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
    """The rows with anything in them, each as long as the header."""
    width = len(header.names)
    for number, cells in records:
        if len(cells) > width and any(cell.strip() for cell in cells[width:]):
            raise SheetRefused(
                _("Row %(row)d is longer than the header: it has %(cells)d cells, the header has %(width)d.")
                % {"row": number, "cells": len(cells), "width": width}
            )
        if any(cell.strip() for cell in cells):
            yield number, cells[:width] + [""] * (width - len(cells))


# --- CSV ---


def _csv(file: TextIO, mark: bool) -> Sheet:
    delimiter = _delimiter(file)
    file.seek(0)
    records = _csv_records(file, delimiter)
    _number, cells = next(records)
    header = read_header(cells)
    return Sheet(header, _rows(header, records), delimiter, mark)


def _delimiter(file: TextIO) -> str:
    """Comma or semicolon: the one with which the first row has more of the sheet's columns."""
    found = {}
    for delimiter in ",;":
        file.seek(0)
        _number, cells = next(_csv_records(file, delimiter), (1, [""]))
        if not any(cell.strip() for cell in cells):
            raise SheetRefused(_("The first row is empty. It must hold the headers."))
        found[delimiter] = sum(fold(cell) in BY_FOLDED_NAME for cell in cells)
    return ";" if found[";"] > found[","] else ","


def _csv_records(file: TextIO, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered records of the file, empty lines among them. Raises SheetRefused for what is no text in UTF-8."""
    lines = _Lines(file)
    reader = csv.reader(lines, delimiter=delimiter)
    number = 0
    while True:
        begun = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise SheetRefused(
                _("The file is not a sheet: line %(line)d cannot be read (%(why)s).") % {"line": begun, "why": error}
            ) from None
        except UnicodeDecodeError:
            raise SheetRefused(
                _("The file is not in UTF-8 (after line %(line)d). Save it as “CSV UTF-8” or as XLSX.")
                % {"line": reader.line_num}
            ) from None
        if cells is None:
            return
        if lines.ended:
            raise SheetRefused(_("A quotation mark is opened in line %(line)d and never closed.") % {"line": begun})
        number += 1
        yield number, cells


class _Lines:
    """The lines of a file; `ended` when the reader asked for one more in the middle of a record."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.ended = False
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline()
        self.number += 1
        if not line:
            self.ended = True
            raise StopIteration
        if "\0" in line:
            raise SheetRefused(
                _("The file is not a sheet: line %(line)d has a zero byte in it.") % {"line": self.number}
            )
        return line


# --- XLSX ---


def _why_ole(path: Path) -> str:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            if _ENCRYPTED_PACKAGE in block:
                return _("The file is encrypted. Save it without a password.")
    return _("The file is an old Excel or another Office file. Save it as XLSX or as “CSV UTF-8”.")


def _not_a_sheet() -> SheetRefused:
    return SheetRefused(_("The file is not a sheet that can be read. Save it again as XLSX or as “CSV UTF-8”."))


def _book(packed: BinaryIO) -> Any:
    try:
        _weigh(packed)
        return openpyxl.load_workbook(packed, read_only=True, keep_links=False)
    except SheetRefused:
        raise
    except Exception as error:  # the library raises whatever a broken file makes it stumble over
        raise _not_a_sheet() from error


def _xlsx(book: Any) -> Sheet:
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    if not sheets:
        raise _not_a_sheet()
    sheets[0].reset_dimensions()  # what a file says of its own size may be wrong
    records = _xlsx_records(sheets[0])
    _number, cells = next(records, (1, []))
    header = read_header(cells)
    return Sheet(header, _rows(header, records))


def _xlsx_records(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    """Numbered rows of the first visible worksheet."""
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > ROWS:
                raise SheetRefused(_("The sheet has more rows than a spreadsheet can have."))
            yield number, [_text(value) for value in row]
    except (SheetRefused, GeneratorExit):
        raise
    except Exception as error:  # as above: the rows are unpacked while they are read
        raise _not_a_sheet() from error


def _text(value: Any) -> str:
    """A cell as text: dates in ISO form, numbers without a needless “.0”, formulas as they were typed."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    formula = getattr(value, "text", None)
    return formula if isinstance(formula, str) else str(value)


def _weigh(packed: BinaryIO) -> None:
    """Refuses, before anything is unpacked, what is encrypted or too big, and then what no spreadsheet would write."""
    with zipfile.ZipFile(packed) as archive:
        parts = archive.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise SheetRefused(_("The file is encrypted. Save it without a password."))
        if sum(part.file_size for part in parts) > UNPACKED_BYTES:
            raise SheetRefused(_("The file is too big: it unpacks to more than 200 MB. Split it by families."))
        if len(parts) > ZIP_PARTS or "[Content_Types].xml" not in archive.namelist():
            raise _not_a_sheet()
        for part in parts:
            with archive.open(part) as stream, suppress(expat.ExpatError):  # pictures and the like
                _XmlWeight().read(stream)


class _XmlWeight:
    """Goes through one XML part without keeping it, and refuses depth, numbers and definitions that are an attack."""

    def __init__(self) -> None:
        self.depth = self.in_row = self.elements = 0
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype

    def read(self, stream: Any) -> None:
        self.parser.ParseFile(stream)

    def start(self, name: str, _attributes: Any) -> None:
        self.depth += 1
        self.elements += 1
        self.in_row = 0 if name.endswith((" row", " si")) else self.in_row + 1
        if self.depth > XML_DEPTH or self.in_row > XML_ELEMENTS_IN_ROW or self.elements > XML_ELEMENTS:
            raise _not_a_sheet()

    def end(self, _name: str) -> None:
        self.depth -= 1

    def doctype(self, *_declaration: Any) -> None:
        raise _not_a_sheet()
