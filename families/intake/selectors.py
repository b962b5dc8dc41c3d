"""What the pages show of sheets that were brought in."""

from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet

from accounts.access import access
from accounts.models import User
from accounts.owned import OwnedQuerySet
from accounts.permissions import Permission, allowed, allows, require
from accounts.walls import Wall
from families.intake.models import ImportJob

State = ImportJob.State
JOBS_PER_PAGE = 25
ERRORS_PER_PAGE = 100

PENDING = {State.LOOK_DUE, State.LOOKING, State.IMPORT_DUE, State.IMPORTING}
_TONES = {
    State.LOOKED_AT: ("leaning", "pen"),
    State.IMPORTED: ("own", "check"),
    State.UNREADABLE: ("warn", "alert"),
    State.FAILED: ("warn", "alert"),
    State.LAPSED: ("unknown", "clock"),
}


class Status(NamedTuple):
    """A job's state as the status component shows it."""

    label: str
    tone: str
    sign: str


class JobPage(NamedTuple):
    """One sheet as its page shows it. `errors` is a page of the report's."""

    job: ImportJob
    status: Status
    pending: bool
    waiting: bool
    done: int
    of: int
    families: dict[str, int]
    persons: dict[str, int]
    errors: Page[dict[str, Any]]
    has_news: bool
    may_confirm: bool
    has_refused: bool


def jobs_list(actor: User, number: str | None) -> Page[ImportJob]:
    """A page of the organization's sheets, the newest first. Raises `PermissionDenied`."""
    return Paginator(_rows(actor).order_by("-pk"), JOBS_PER_PAGE).get_page(number)


def status_of(job: ImportJob) -> Status:
    """The job's state in words, with tone and sign."""
    return Status(str(State(job.state).label), *_TONES.get(State(job.state), ("unknown", "clock")))


def access_sheet(actor: User, pk: int) -> ImportJob:
    """One sheet, without what is long in it. Raises `PermissionDenied` and `Http404`."""
    return access(_rows(actor), actor, pk)


def keys_to_confirm(actor: User) -> "QuerySet[ImportJob, int]":
    """The keys of the sheets that wait for this person to confirm them."""
    waiting = ImportJob.objects.filter(state=State.LOOKED_AT)
    return allowed(actor, Permission.INTAKE_SHEET_CONFIRM, waiting).values_list("pk", flat=True)


def sheets_to_confirm(actor: User) -> list[ImportJob]:
    """Sheets that were looked at and wait for this person to confirm them, the oldest first; mostly one query."""
    keys = list(keys_to_confirm(actor))
    return list(_rows(actor).filter(pk__in=keys).order_by("pk")) if keys else []


def job_page(actor: User, pk: int, number: str | None) -> JobPage:
    """One sheet. Raises `PermissionDenied` and `Http404`."""
    job = access(_rows(actor).defer(None).defer("file", "refused"), actor, pk)
    has_refused = _rows(actor).filter(pk=pk, refused__isnull=False).exists()
    report = job.report or {}
    families = report.get("families", {})
    has_news = job.state == State.LOOKED_AT and families.get("created", 0) + families.get("changed", 0) > 0
    return JobPage(
        job=job,
        status=status_of(job),
        pending=job.state in PENDING,
        waiting=job.state in (State.LOOK_DUE, State.IMPORT_DUE),
        done=job.families,
        of=job.of_families,
        families=families,
        persons=report.get("persons", {}),
        errors=Paginator(report.get("errors", []), ERRORS_PER_PAGE).get_page(number),
        has_refused=has_refused,
        has_news=has_news,
        may_confirm=has_news and allows(actor, Permission.INTAKE_SHEET_CONFIRM, job),
    )


def job_refused(actor: User, pk: int) -> str | None:
    """The sheet of refused rows, made safe for a spreadsheet. Raises `PermissionDenied` and `Http404`."""
    return access(_rows(actor).defer(None).defer("file", "report"), actor, pk).refused


def job_report(actor: User, pk: int) -> dict[str, Any] | None:
    """The whole report. Raises `PermissionDenied` and `Http404`."""
    report: dict[str, Any] | None = access(_rows(actor).defer(None).defer("file", "refused"), actor, pk).report
    return report


def _rows(actor: User) -> OwnedQuerySet[ImportJob]:
    require(actor, Permission.INTAKE_SHEET_IMPORT)
    rows = ImportJob.objects.visible_to(actor)
    behind = Wall.objects.in_force().filter(organization_id=actor.organization_id, user=actor)
    for reference in behind.values_list("family__reference", flat=True):
        # Its report, and its sheet of refused rows, speak of a family that this person must not know of.
        rows = rows.exclude(~Q(user=actor), report__errors__contains=[{"family_ref": reference}])
    return rows.select_related("user", "confirmed_by").defer("file", "refused", "report")
