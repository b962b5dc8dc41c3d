"""Imports sheets for tests, and says what came of them."""

import datetime
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.apps import apps

from accounts.models import Organization
from families.intake.importing import Progress, import_sheet
from families.intake.report import Report
from families.models import Person
from settlement.facts import facts_of
from tests.intake.sheets import Row, write_csv

DAY = datetime.date(2019, 3, 1)
DATA = Path(__file__).parent / "data"
SAMPLE = DATA / "sample.csv"


class Bench:
    """Imports sheets into one organization and keeps the last refused sheet."""

    def __init__(self, organization: Organization, folder: Path) -> None:
        self.organization = organization
        self.folder = folder
        self.refused = ""

    def file(
        self, path: Path, *, dry_run: bool = False, progress: Callable[[Progress], None] = lambda _progress: None
    ) -> Report:
        out = io.StringIO()
        report = import_sheet(
            actor=None,
            organization=self.organization,
            path=path,
            day=DAY,
            dry_run=dry_run,
            refused=out,
            progress=progress,
        )
        self.refused = out.getvalue()
        return report

    def rows(self, *rows: Row, columns: Sequence[str] = (), **options: Any) -> Report:
        return self.file(write_csv(self.folder / "sheet.csv", rows, columns=columns), **options)

    def facts(self) -> list[dict[str, Any]]:
        return [facts for _key, facts in facts_of(self.organization, day=DAY)]

    def person(self, reference: str, family: str = "F1") -> Person:
        return Person.objects.get(family__organization=self.organization, family__reference=family, reference=reference)


def counts(report: Report) -> dict[str, int]:
    """The families' counts that are not 0."""
    return {name: number for name, number in report.as_json()["families"].items() if number}


def wrong(report: Report) -> list[tuple[int, str]]:
    return [(error.row, error.column) for error in report.errors]


def everything_stored() -> dict[str, int]:
    """How many rows each table has, history among them."""
    return {
        model._meta.label: model._default_manager.count()
        for label in ("accounts", "families", "screenings", "settlement")
        for model in apps.get_app_config(label).get_models(include_auto_created=True)
    }
