"""What the schedule rings: writing the heads of the chains outside the database."""

from celery import shared_task

from audit.anchoring import anchor_heads, mail_heads


@shared_task
def anchor() -> int:
    """Write the heads that have moved to the file and the log."""
    return anchor_heads()


@shared_task
def mail_anchors() -> bool:
    """Send the heads by mail, once a day, where somebody asked for it."""
    return mail_heads()
