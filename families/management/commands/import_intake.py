"""Bring an intake sheet into an organization's record."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError

from config.clock import today
from config.database.statistics import look_again
from families.intake.importing import Progress, import_sheet
from families.intake.reading import SheetRefused
from families.intake.report import Report
from families.management.shared import UNUSABLE, add_organization, organization_of, working_for

BAR = 30
ERRORS_SHOWN = 20


class Command(BaseCommand):
    """`manage.py import_intake FILE --organization SLUG [--dry-run] [--report OUT.json] [--refused OUT.csv]`.

    Exit status 0 when nothing was refused or in conflict, 1 when something was, 2 when the file could not be read.
    """

    help = "Bring an intake sheet (CSV or XLSX) into the record. Giving the same sheet again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the organization, and where the report goes."""
        parser.add_argument("file", metavar="FILE", type=Path, help="the sheet, CSV or XLSX")
        add_organization(parser)
        parser.add_argument("--dry-run", action="store_true", help="change nothing, and report what would be done")
        parser.add_argument("--report", metavar="OUT.json", type=Path, help="where the report goes")
        parser.add_argument("--refused", metavar="OUT.csv", type=Path, help="where refused rows go, to be mended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, report, and exit with 1 when something was refused or in conflict."""
        organization = organization_of(options)
        source: Path = options["file"]
        bar = _Bar(sys.stderr)
        with ExitStack() as stack, working_for(organization):
            out = [stack.enter_context(_output(options[name], source)) for name in ("report", "refused")]
            try:
                report = import_sheet(
                    actor=None,
                    organization=organization,
                    path=source,
                    day=today(),
                    dry_run=options["dry_run"],
                    refused=out[1],
                    progress=bar.show,
                )
            except SheetRefused as refusal:
                raise CommandError(str(refusal), returncode=UNUSABLE) from None
            finally:
                bar.end()
            if out[0] is not None:
                json.dump(report.as_json(), out[0], ensure_ascii=False, indent=2)
                out[0].write("\n")
        if not options["dry_run"]:
            look_again()
        self._tell(report, dry_run=options["dry_run"])
        if not report.clean:
            sys.exit(1)

    def _tell(self, report: Report, *, dry_run: bool) -> None:
        """The report in a few lines."""
        if dry_run:
            self.stdout.write("Dry run: nothing was changed.")
        self.stdout.write(f"{report.rows} rows read.")
        self.stdout.write("Families: " + _counts(report.as_json()["families"]))
        self.stdout.write("Persons: " + _counts(report.as_json()["persons"]))
        if report.ignored_columns:
            self.stdout.write("Other columns, kept as notes: " + ", ".join(report.ignored_columns))
        for error in report.errors[:ERRORS_SHOWN]:
            self.stderr.write(f"Row {error.row}, {error.column}: {error.message}")
        if len(report.errors) > ERRORS_SHOWN:
            self.stderr.write(f"… and {len(report.errors) - ERRORS_SHOWN} more: see --report.")


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {word}" for word, number in counts.items())


@contextmanager
def _output(path: Path | None, source: Path) -> Iterator[TextIO | None]:
    """A file to write, opened before the import begins; a new one is not left behind when the import fails."""
    if path is None:
        yield None
        return
    new = not path.exists()
    try:
        if not new and source.exists() and path.samefile(source):
            raise CommandError(f"{path} is the sheet itself: name another file.", returncode=UNUSABLE)
        file = path.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=UNUSABLE) from None
    try:
        with file:
            yield file
    except BaseException:
        if new:
            path.unlink(missing_ok=True)
        raise


class _Bar:
    """A progress bar on a terminal; nothing anywhere else."""

    def __init__(self, out: TextIO) -> None:
        self.out = out if out.isatty() else None

    def show(self, progress: Progress) -> None:
        """Draws how far the import has come, over what was drawn before."""
        if self.out is None:
            return
        if not progress.of_families:
            self.out.write(f"\r{progress.rows} rows read")
        else:
            full = BAR * progress.families // progress.of_families
            self.out.write(f"\r[{'#' * full:<{BAR}}] {progress.families} of {progress.of_families} families")
        self.out.flush()

    def end(self) -> None:
        """Leaves the line."""
        if self.out is not None:
            self.out.write("\n")
