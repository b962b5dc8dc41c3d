"""How long a sheet of many families takes into the record, and how much memory.

    python -m bench.intake [--families 10000] [--xlsx]

Works on throw-away services in a folder of its own. The floor is what the same rows take when they are only read as CSV
and copied, as text, into one table. Prints one line of JSON: seconds of the first import (everything is new; also those
of this process's CPU alone), of the second (nothing has changed), of the floor; the ratios to it; and the peak of the
process's memory in MB.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

DAY = datetime.date(2018, 12, 10)


@contextmanager
def throwaway_services() -> Iterator[Path]:
    """PostgreSQL and Valkey of our own in a new home, with Django set up on them."""
    with tempfile.TemporaryDirectory(prefix="amparo-bench-") as folder:
        os.environ |= {"AMPARO_HOME": folder, "DJANGO_SETTINGS_MODULE": "config.settings.base"}
        os.environ.pop("DATABASE_URL", None)
        os.environ.pop("REDIS_URL", None)
        from config import embedded
        from config.home import make_home

        make_home(Path(folder))
        services = embedded.Services(Path(folder), throwaway=True)
        services.acquire()
        try:
            import django

            from config.database.addresses import connect_as_owner

            connect_as_owner()
            django.setup()
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            yield Path(folder)
        finally:
            from django.db import connections

            connections.close_all()
            services.release()


def make_sheet(folder: Path, families: int, *, xlsx: bool) -> tuple[Path, Path]:
    """A sheet of made-up families as CSV, and the file to import: itself, or the same as XLSX."""
    text = folder / "families.csv"
    with text.open("w", encoding="utf-8") as out:
        subprocess.run([sys.executable, "-m", "demo.sheet", "--families", str(families)], stdout=out, check=True)
    if not xlsx:
        return text, text
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Families")
    with text.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            sheet.append(row)
    book.save(folder / "families.xlsx")
    return text, folder / "families.xlsx"


def seconds(work: Callable[[], Any]) -> float:
    """How long the work takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def floor(path: Path) -> None:
    """The rows read and copied as text into a table, which then goes again."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor, path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        columns = ", ".join(f"c{place} text" for place in range(len(next(rows))))
        cursor.execute(f"CREATE TEMPORARY TABLE floor ({columns}) ON COMMIT DROP")
        with cursor.copy("COPY floor FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--families", type=int, default=10_000)
    parser.add_argument("--xlsx", action="store_true", help="import the sheet as XLSX")
    options = parser.parse_args()
    with throwaway_services() as folder:
        from accounts.services import organization_create
        from families.intake.importing import import_sheet

        office = organization_create(slug="bench", name="Bench")
        text, path = make_sheet(folder, options.families, xlsx=options.xlsx)
        lowest = min(seconds(lambda: floor(text)) for _ in range(3))
        reports = []

        def bring_in() -> None:
            reports.append(import_sheet(actor=None, organization=office, path=path, day=DAY))

        cpu = process_time()
        first, cpu = seconds(bring_in), process_time() - cpu
        second = seconds(bring_in)
        created, unchanged = reports[0].families.created, reports[1].families.unchanged
        if not created == unchanged == options.families:
            sys.exit(f"of {options.families} families {created} were created and then {unchanged} unchanged")
        found = {
            "families": options.families,
            "rows": reports[0].rows,
            "first_seconds": round(first, 2),
            "first_cpu_seconds": round(cpu, 2),
            "again_seconds": round(second, 2),
            "floor_seconds": round(lowest, 2),
            "first_ratio": round(first / lowest, 1),
            "again_ratio": round(second / lowest, 1),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }
        print(json.dumps(found))


if __name__ == "__main__":
    main()
