"""What the queue rings and the schedule sweeps: sheets brought in the browser."""

from celery import shared_task

from accounts import scope
from families.intake.jobs import due_jobs, forget_unconfirmed, run_job
from families.wizard.drafts import forget_old_drafts


@shared_task
def run_import_job(organization_id: int, pk: int) -> None:
    """Do what is due for one sheet. Rung twice, or for a sheet with nothing due, it does nothing."""
    with scope.application(), scope.scope(organization_id=organization_id, actor_id=None):
        run_job(pk)


@shared_task
def sweep_import_jobs() -> None:
    """Ring again for what is due and was not heard, and drop the files that nobody wants any more."""
    with scope.application():
        for organization_id in scope.organization_ids():
            with scope.scope(organization_id=organization_id, actor_id=None):
                forget_unconfirmed(organization_id)
                for pk in due_jobs(organization_id):
                    run_import_job.apply_async((organization_id, pk), expires=55)


@shared_task
def sweep_intake_drafts() -> None:
    """Remove the drafts of families that nobody has touched for 30 days."""
    with scope.application():
        for organization_id in scope.organization_ids():
            with scope.scope(organization_id=organization_id, actor_id=None):
                forget_old_drafts(organization_id)
