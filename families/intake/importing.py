"""From a file to the record: a sheet is read, judged and stored family by family."""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.models import Organization, User
from accounts.permissions import Permission, require
from deadlines.authorship import attested
from families.intake.checks import Clashes
from families.intake.planning import FamilyPlan, Outcome, plan_families
from families.intake.reading import Header, open_sheet
from families.intake.report import Report, refusals, write_refused
from families.intake.rows import SheetPerson, check_groups, read_row
from families.intake.spool import Row, Spool
from families.intake.storing import Store
from families.proposals.gate import supersede_overtaken
from settlement.determine import redetermine

FAMILIES_AT_ONCE = 250
ROWS_BETWEEN_NEWS = 500


@dataclass(frozen=True)
class Progress:
    """How far an import has come. `of_families` is 0 while the rows are still being read."""

    rows: int
    families: int = 0
    of_families: int = 0


def import_sheet(
    *,
    actor: User | None,
    organization: Organization,
    path: Path,
    day: datetime.date,
    dry_run: bool = False,
    refused: TextIO | None = None,
    for_spreadsheet: bool = False,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Report:
    """Brings a sheet into the organization's record, and gives the report. A dry run gives the same and changes
    nothing.

    `actor` is None for the installation's own commands, and must otherwise be allowed to import. `day` is the day of
    the new determinations. `refused` gets the sheet of what was refused, as it came, or, `for_spreadsheet`, made safe
    to open in one. A chunk of families is one transaction: an import that was broken off is simply given again.
    Raises SheetRefused when the whole file is refused.
    """
    if actor is not None:
        require(actor, Permission.INTAKE_SHEET_IMPORT)
        if actor.organization_id != organization.pk:
            raise PermissionDenied
    with open_sheet(path) as sheet, Spool() as spool:
        report = Report(ignored_columns=list(sheet.header.others))
        for report.rows in spool.fill(sheet):
            if report.rows % ROWS_BETWEEN_NEWS == 0:
                progress(Progress(report.rows))
        clashes = Clashes(spool, organization.pk, actor)
        _refuse(sheet.header, spool, report, _without_family(sheet.header, spool, clashes))
        bring_in = _BringIn(actor, organization, day, dry_run, sheet.header, clashes)
        done, of = 0, spool.count_families()
        for chunk in spool.families(FAMILIES_AT_ONCE):
            progress(Progress(report.rows, done, of))
            for plan in bring_in(chunk):
                _account(plan, sheet.header, spool, report)
            done += len(chunk)
        progress(Progress(report.rows, done, of))
        report.sort()
        if refused is not None:
            refused.write("\ufeff" if sheet.byte_order_mark or for_spreadsheet else "")
            rows = spool.refused()
            write_refused(refused, sheet.header, rows, delimiter=sheet.delimiter, for_spreadsheet=for_spreadsheet)
    return report


@dataclass(frozen=True)
class _BringIn:
    """Plans a chunk of families and, but for a dry run, stores it, in one transaction."""

    actor: User | None
    organization: Organization
    day: datetime.date
    dry_run: bool
    header: Header
    clashes: Clashes

    def __call__(self, chunk: Mapping[str, list[Row]]) -> list[FamilyPlan]:
        try:
            return self._once(chunk)
        except IntegrityError:
            # Somebody added one of these families, or used one of their A-numbers, after we had looked.
            self.clashes.look_again(chunk, self.header)
            return self._once(chunk)

    @transaction.atomic
    def _once(self, chunk: Mapping[str, list[Row]]) -> list[FamilyPlan]:
        plans = plan_families(
            organization=self.organization,
            actor=self.actor,
            day=self.day,
            header=self.header,
            chunk=chunk,
            clashes=self.clashes,
        )
        if not self.dry_run:
            families = Store(organization=self.organization, actor=self.actor, plans=plans).write()
            if families:
                supersede_overtaken(families, actor=self.actor)
                with attested():  # a sheet is confirmed by a second person before it is brought in
                    redetermine(organization=self.organization, family_ids=families, day=self.day)
        return plans


def _without_family(header: Header, spool: Spool, clashes: Clashes) -> Iterable[SheetPerson]:
    """The rows that name no family, which are refused alone, with all that is wrong with them."""
    for number, cells in spool.without_family():
        person = read_row(header, number, cells, ())
        check_groups(person)
        clashes.check(person)
        yield person


def _refuse(header: Header, spool: Spool, report: Report, persons: Iterable[SheetPerson]) -> None:
    for person in persons:
        report.add(header, [person])
        spool.refuse(refusals([person]))


def _account(plan: FamilyPlan, header: Header, spool: Spool, report: Report) -> None:
    """Adds to the report what became of a family."""
    name = plan.outcome.value
    setattr(report.families, name, getattr(report.families, name) + 1)
    report.add(header, plan.rows)
    if plan.outcome is Outcome.REFUSED:
        spool.refuse(refusals(plan.rows))
    if plan.outcome in (Outcome.REFUSED, Outcome.CONFLICT):
        return
    for person in plan.persons:
        if person.new:
            report.persons.created += 1
        elif person.changed:
            report.persons.changed += 1
        else:
            report.persons.unchanged += 1
