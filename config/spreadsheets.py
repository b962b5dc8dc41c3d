"""A table as a file for a spreadsheet, CSV or XLSX: nothing in it works as a formula."""

import csv
import datetime
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from config.text import safe_cell

Cell = str | int | datetime.date | None
R = TypeVar("R")
FORMATS: Final = ("csv", "xlsx")
_BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as the local code page
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_IN_MEMORY = 1_000_000  # bytes of a file that never touch the disk


@dataclass(frozen=True)
class Sheet(Generic[R]):
    """A table to take out: its name (the file's, nothing personal in it), its columns, its rows and their cells."""

    name: str
    header: Sequence[str]
    rows: Iterable[R]
    cells: Callable[[R], Sequence[Cell]]

    def lines(self) -> Iterator[Sequence[Cell]]:
        """The rows' cells, in the language of who asked, whatever the server's thread does between two of them."""
        language = translation.get_language()

        def told() -> Iterator[Sequence[Cell]]:
            for row in self.rows:
                with translation.override(language):
                    cells = self.cells(row)
                yield cells

        return told()


def cell_of(value: Cell) -> str:
    """A cell's text, safe in a spreadsheet; numbers and dates stay as they are."""
    if isinstance(value, str):
        return safe_cell(value)
    return "" if value is None else str(value)


def taken_out(sheet: Sheet[Any], form: str, day: datetime.date) -> HttpResponseBase:
    """The table as an attachment in this form, one of `FORMATS`; the file is named after the table and the day."""
    file_name = f"{sheet.name}-{day.isoformat()}.{form}"
    if form == "csv":
        response = StreamingHttpResponse(_csv(sheet.header, sheet.lines()), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{file_name}"'
        return response
    return FileResponse(_xlsx(sheet), as_attachment=True, filename=file_name, content_type=_XLSX)


class _Line:
    """What a csv.writer writes to: it hands the line back."""

    def write(self, line: str) -> str:
        return line


def _csv(header: Sequence[str], lines: Iterable[Sequence[Cell]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield _BYTE_ORDER_MARK + writer.writerow([cell_of(name) for name in header])
    for cells in lines:
        line: str = writer.writerow([cell_of(cell) for cell in cells])
        yield line


def _xlsx(sheet: Sheet[Any]) -> Any:
    """The open file, at its beginning. Rows are written as they come, so a long list takes no memory."""
    book = Workbook(write_only=True)
    page = book.create_sheet(sheet.name[:31])
    page.append([_xlsx_cell(name) for name in sheet.header])
    for cells in sheet.lines():
        page.append([_xlsx_cell(cell) for cell in cells])
    out = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  # the response closes it
    book.save(out)
    out.seek(0)
    return out


def _xlsx_cell(value: Cell) -> Cell:
    """The value as the format can hold it: control characters, which it cannot, become spaces."""
    return safe_cell(ILLEGAL_CHARACTERS_RE.sub(" ", value)) if isinstance(value, str) else value
