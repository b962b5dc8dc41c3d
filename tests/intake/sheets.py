"""Sheets for tests: rows as mappings, written as CSV or XLSX."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from families.intake.vocabulary import COLUMNS

Row = Mapping[str, Any]


def parent(family: str = "F1", person: str = "p1", **cells: Any) -> dict[str, Any]:
    """A parent's row with what every row must have."""
    return {
        "family_ref": family,
        "person_ref": person,
        "role": "mother",
        "given_names": "Prueba",
        "family_names": "Uno Dos",
    } | cells


def child(family: str = "F1", person: str = "c1", **cells: Any) -> dict[str, Any]:
    """A child's row with what every row must have."""
    return parent(family, person, role="son", given_names="Menor") | cells


def columns_of(rows: Sequence[Row]) -> list[str]:
    """The needed columns and those that the rows use, in the contract's order; other columns at the end."""
    used = {name for row in rows for name in row} | {name for name, column in COLUMNS.items() if column.needed}
    others = [name for row in rows for name in row if name not in COLUMNS]
    return [name for name in COLUMNS if name in used] + list(dict.fromkeys(others))


def write_csv(
    path: Path, rows: Sequence[Row], *, delimiter: str = ",", mark: bool = False, columns: Sequence[str] = ()
) -> Path:
    """The rows as a CSV file."""
    columns = columns or columns_of(rows)
    with path.open("w", encoding="utf-8-sig" if mark else "utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows: Sequence[Row], *, columns: Sequence[str] = ()) -> Path:
    """The rows as an XLSX file; dates and numbers become cells of their kind."""
    columns = columns or columns_of(rows)
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(list(columns))
    for row in rows:
        sheet.append([row.get(name) for name in columns])
    book.save(path)
    return path
