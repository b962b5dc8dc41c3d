"""Making a report, and checking one that somebody else has made."""

import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.access import access, organization_of
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from config import clock
from config.text import is_clean
from desks.report.comparing import between
from desks.report.figures import DEFINITION, adds_up, count, is_whole
from desks.report.labels import SPECS
from desks.report.models import Report
from desks.report.record import on_file
from desks.report.selectors import hidden_people
from families.models import Family, Person
from settlement.engine import RULE_VERSION

LONGEST_NOTE = 2000


def report_make(*, actor: User, key: str | None, day: datetime.date) -> int:
    """Count all families that the actor sees, as of this moment, and keep the numbers; gives the report's pk.

    Raises `PermissionDenied`.
    """
    require(actor, Permission.DASHBOARD_REPORT_MAKE)

    def write() -> int:
        families = set(Family.objects.visible_to(actor).values_list("pk", flat=True))
        moment = clock.now()
        record = on_file(actor.organization_id, families, moment, day)
        figures = count(record, day)
        figures["on_file"] = Person.objects.visible_to(actor).filter(family__in=families).count()
        report = Report.objects.create(
            organization=organization_of(actor),
            as_of=moment,
            day=day,
            zone=settings.TIME_ZONE,
            rule_version=", ".join(sorted(record.rule_versions)) or RULE_VERSION,
            definition=DEFINITION,
            figures=figures,
            made_by=actor,
            previous=_before(actor),
        )
        return int(report.pk)

    return once(actor=actor, key=key, what="report_make", write=write)


def _before(actor: User) -> Report | None:
    """The last report that was checked, which is what was said; while there is none, the last that was made."""
    rows = Report.objects.visible_to(actor).only("pk").order_by("-as_of", "-pk")
    return rows.filter(checked_by__isnull=False).first() or rows.first()


def report_check(*, actor: User, report_id: int, note: str, key: str | None) -> int:
    """Say as a second person that the numbers hold; gives the report's pk.

    Raises `PermissionDenied` for one's own report, `Http404`, and `Invalid` where it does not add up, is checked
    already or is not all the actor's to see, and without a note where somebody moved for no reason that is on file.
    """
    require(actor, Permission.DASHBOARD_REPORT_CHECK)

    def write() -> int:
        report = access(Report.objects.select_for_update(of=("self",)), actor, report_id)
        require(actor, Permission.DASHBOARD_REPORT_CHECK, report)
        if problem := _problem(actor, report, note.strip()):
            raise Invalid({"note": problem})
        report.checked_by, report.checked_at, report.note = actor, clock.now(), note.strip()
        report.save(update_fields=["checked_by", "checked_at", "note"])
        return report_id

    return once(actor=actor, key=key, what=f"report_check {report_id}", write=write)


def _problem(actor: User, report: Report, note: str) -> str:
    if report.checked_by_id is not None:
        return _("This report is checked already.")
    before = report.previous
    hidden = hidden_people(actor, report.figures, *([before.figures] if before else []))
    if hidden:
        return _("You cannot check this report. Ask another supervisor to look at it.")
    if not is_whole(report.figures) or not all(adds_up(report.figures, table) for table in SPECS):
        return _("This report does not add up. Make another one.")
    if len(note) > LONGEST_NOTE or not is_clean(note):
        return _("This text is too long, or has characters that cannot be kept.")
    if before and not note and between(actor, before, report, ()).unexplained:
        return _("Somebody moved and no reason is on file. Write down why: a number does not change for no reason.")
    return ""
