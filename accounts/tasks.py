"""What the entrance leaves to the background: mails, and tidying up. Arguments are keys of rows alone."""

import logging
from typing import Any

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from accounts.entrance import passwords
from accounts.entrance.throttling import forget_old

log = logging.getLogger(__name__)


@shared_task
def send_reset(pk: int, site: str) -> None:
    """Mail a link for a new password to the account with this key; 0 is nobody, and takes as long to ask for."""
    passwords.send_reset_mail(pk, site)


@shared_task
def send_notice(pk: int, site: str) -> None:
    """Mail the account with this key that something about its signing in was changed."""
    passwords.send_notice_mail(pk, site)


@shared_task
def sweep_entrance() -> int:
    """Drop counts and sessions that are over; gives how many counts."""
    SessionStore.clear_expired()
    return forget_old()


def ring(task: Any, *arguments: Any) -> None:
    """Have the task done in the background, or, when the queue is away, here and now: a mail is not to be lost."""
    try:
        task.apply_async(arguments, retry=False)
    except task.OperationalError:
        log.warning("the queue is away; %s is done at once", task.name)
        try:
            task(*arguments)
        except OSError:
            log.exception("the mail was not sent")
