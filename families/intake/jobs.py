"""Sheets brought in the browser: first looked at, then, when a second person says so, brought in. Each in the
background.

A job's row says what is due. Celery is only rung, with the row's key; when nobody hears it, the sweep of every minute
does. Whoever works on a job holds a lease and moves it on; a job whose worker is gone is taken over, and begun anew,
which an import can be at any time.
"""

import datetime
import io
import logging
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access import access, organization_of
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from accounts.scope import acting_for
from audit.models import Act
from audit.services import note
from config import clock
from families.intake.importing import Progress, import_sheet
from families.intake.models import ImportJob
from families.intake.reading import SheetRefused, open_sheet

log = logging.getLogger("amparo.intake")

UPLOAD_BYTES = 25 * 1024 * 1024
LEASE = datetime.timedelta(minutes=2)
NEWS_EVERY = datetime.timedelta(seconds=1)
ATTEMPTS = 3
KEEP_UNCONFIRMED = datetime.timedelta(days=7)

State = ImportJob.State
_WORKING = {State.LOOK_DUE: State.LOOKING, State.IMPORT_DUE: State.IMPORTING}
_DONE = {State.LOOKING: State.LOOKED_AT, State.IMPORTING: State.IMPORTED}


def import_job_create(*, actor: User, file_name: str, file: bytes, key: str | None) -> int:
    """Takes a sheet to be looked at; gives the job's pk. The same key gives the same job.

    Raises `PermissionDenied`, and `Invalid` where the file is too big or its header cannot be read.
    """
    require(actor, Permission.INTAKE_SHEET_IMPORT)
    if len(file) > UPLOAD_BYTES:
        raise Invalid({"file": too_big()})
    try:
        with _on_disk(file) as path, open_sheet(path):
            pass
    except SheetRefused as refusal:
        raise Invalid({"file": str(refusal)}) from None

    def write() -> int:
        job = ImportJob.objects.create(
            organization=organization_of(actor), user=actor, file_name=file_name[-255:], file=file
        )
        transaction.on_commit(lambda: _ring(job))
        return int(job.pk)

    return once(actor=actor, key=key, what="import_job_create", write=write)


def too_big() -> str:
    """What is said of a file that is bigger than `UPLOAD_BYTES`."""
    return _("The file is bigger than %(most)d MB. Split it by families, or ask whoever keeps the installation.") % {
        "most": UPLOAD_BYTES // 1024 // 1024
    }


def import_job_confirm(*, actor: User, pk: int) -> None:
    """Has a sheet that somebody else brought, and that was looked at, brought in as a whole. Said twice, or too early,
    it is done once or not at all.

    Raises `PermissionDenied`, also for one's own sheet, and `Http404`.
    """
    require(actor, Permission.INTAKE_SHEET_CONFIRM)
    with transaction.atomic():
        job = access(ImportJob.objects.select_for_update().defer("file"), actor, pk)
        require(actor, Permission.INTAKE_SHEET_CONFIRM, job)
        if job.state == State.LOOKED_AT:
            job.state, job.confirmed_by, job.attempts = State.IMPORT_DUE, actor, 0
            job.rows = job.families = job.of_families = 0
            job.save(update_fields=["state", "confirmed_by", "attempts", "rows", "families", "of_families"])
            note(act=Act.CONFIRMED, thing=job._meta.db_table, thing_id=job.pk)
            transaction.on_commit(lambda: _ring(job))


def _ring(job: ImportJob) -> None:
    """Tells the workers of a job; when they cannot be told, the sweep will."""
    from families.tasks import run_import_job

    try:
        run_import_job.apply_async((job.organization_id, job.pk), retry=False)
    except run_import_job.OperationalError:
        log.warning("the queue is away; the sweep takes job %s", job.pk)


def due_jobs(organization_id: int) -> list[int]:
    """Jobs of the organization that wait for a worker, or whose worker is gone."""
    gone = Q(state__in=_DONE, leased_until__lt=clock.now())
    rows = ImportJob.objects.filter(Q(state__in=_WORKING) | gone, organization_id=organization_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


def forget_unconfirmed(organization_id: int) -> int:
    """Drops the files of the organization's jobs to which nobody has said yes for a week; gives how many."""
    rows = ImportJob.objects.filter(organization_id=organization_id, state=State.LOOKED_AT)
    old = rows.filter(created_at__lt=clock.now() - KEEP_UNCONFIRMED)
    return old.update(state=State.LAPSED, file=None, refused=None, ended_at=clock.now())


def run_job(pk: int) -> None:
    """Does what is due for a job, unless somebody else is at it or nothing is due."""
    job = _claim(pk)
    if job is None:
        return
    with translation.override(job.user.language), acting_for(job.confirmed_by or job.user):
        if job.attempts > ATTEMPTS:
            _end(
                job, State.FAILED, refusal=_("The work broke off again and again. Ask whoever keeps the installation.")
            )
            return
        try:
            _work(job)
        except SheetRefused as refusal:
            _end(job, State.UNREADABLE, refusal=str(refusal))
        except PermissionDenied:
            # Asked again here: between the click and the work a role was lowered, or somebody was kept out.
            _end(job, State.FAILED, refusal=_("Who asked for this is no longer allowed to. Nothing was brought in."))


def _claim(pk: int) -> ImportJob | None:
    with transaction.atomic():
        rows = ImportJob.objects.select_for_update(skip_locked=True, of=("self",)).select_related(
            "user", "confirmed_by", "organization"
        )
        job = rows.filter(pk=pk).first()
        if job is None:
            return None
        if job.state in _WORKING:
            job.state = _WORKING[State(job.state)]
        elif job.state not in _DONE or job.leased_until is None or job.leased_until >= clock.now():
            return None
        job.attempts += 1
        job.leased_until = clock.now() + LEASE
        job.save(update_fields=["state", "attempts", "leased_until"])
        return job


def _work(job: ImportJob) -> None:
    refused = io.StringIO()
    with _on_disk(bytes(job.file or b"")) as path:
        report = import_sheet(
            actor=job.confirmed_by or job.user,
            organization=job.organization,
            path=path,
            day=clock.today(),
            dry_run=job.state == State.LOOKING,
            refused=refused,
            for_spreadsheet=True,
            progress=_news(job),
        )
    job.report = report.as_json()
    job.refused = refused.getvalue() if report.keeps_rows else None
    _end(job, _DONE[State(job.state)])


def _news(job: ImportJob) -> Callable[[Progress], None]:
    """Writes progress into the row and moves the lease on, not more than once a second."""
    last = clock.now() - NEWS_EVERY

    def tell(progress: Progress) -> None:
        nonlocal last
        if clock.now() - last >= NEWS_EVERY:
            last = clock.now()
            ImportJob.objects.filter(pk=job.pk).update(
                rows=progress.rows,
                families=progress.families,
                of_families=progress.of_families,
                leased_until=last + LEASE,
            )

    return tell


@contextmanager
def _on_disk(file: bytes) -> Iterator[Path]:
    """The file under a name of our own, for the time of the `with` block."""
    with tempfile.NamedTemporaryFile(prefix="amparo-intake-") as out:
        out.write(file)
        out.flush()
        yield Path(out.name)


def _end(job: ImportJob, state: State, refusal: str | None = None) -> None:
    """Writes the end of the work; the file is kept only while it can still be brought in."""
    job.state, job.refusal, job.leased_until, job.ended_at = state, refusal, None, clock.now()
    if state != State.LOOKED_AT:
        job.file = None
    job.save(update_fields=["state", "refusal", "leased_until", "ended_at", "file", "report", "refused"])
