"""What the queue rings and the schedule sweeps: sheets brought in the browser."""

from celery import shared_task

from families.intake.jobs import due_jobs, forget_unconfirmed, run_job


@shared_task
def run_import_job(pk: int) -> None:
    """Do what is due for one sheet. Rung twice, or for a sheet with nothing due, it does nothing."""
    run_job(pk)


@shared_task
def sweep_import_jobs() -> None:
    """Ring again for what is due and was not heard, and drop the files that nobody wants any more."""
    forget_unconfirmed()
    for pk in due_jobs():
        run_import_job.apply_async((pk,), expires=55)
