"""The same write asked for twice is done once: the home of every idempotency key, and of trying again."""

import random
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.translation import gettext as _

from accounts.access import organization_of
from accounts.errors import Invalid
from accounts.models import Receipt, User
from config.outage import NotSaved, has_collided, is_busy

RETRIES = 3
_PAUSE = 0.05  # seconds; twice as long each time, and never the same for two who met


def once(*, actor: User, key: str | None, what: str, write: Callable[[], int]) -> int:
    """Run `write` in a transaction and give its result (the key of a row), or the earlier result of the same key.

    `what` names the write. Raises `Invalid` for a key that was used for something else. Without a key (a command of
    the installation) the write is simply done. Two requests with one key at the same time wait for one another.

    Where two transactions met (a deadlock, a serialization failure) all of it is done again, three times at most;
    then, and when PostgreSQL is away, `NotSaved` says whether it is certain that nothing was saved. Inside another
    transaction none of this is possible, and PostgreSQL's own error is raised.
    """
    if connection.in_atomic_block:
        with transaction.atomic():  # what is refused leaves no receipt behind
            return _once(actor, key, what, write)
    for attempt in range(RETRIES + 1):
        committing = False
        try:
            with transaction.atomic():
                result = _once(actor, key, what, write)
                committing = True
            return result
        except (OperationalError, InterfaceError) as error:
            if not has_collided(error) or attempt == RETRIES:
                raise NotSaved(certain=is_busy(error) or not committing) from error
            time.sleep(_PAUSE * 2**attempt * random.random())  # noqa: S311  # no secret
    raise AssertionError("unreachable")


def _once(actor: User, key: str | None, what: str, write: Callable[[], int]) -> int:
    if not key:
        return write()
    Receipt.objects.bulk_create(
        [Receipt(organization=organization_of(actor), user=actor, key=key[:200], what=what)],
        ignore_conflicts=True,
    )
    receipt = Receipt.objects.select_for_update().get(user=actor, key=key[:200])
    if receipt.what != what:
        raise Invalid({"": _("This form was already used for something else. Open the page again.")})
    if receipt.result is None:
        receipt.result = write()
        receipt.save(update_fields=["result"])
    return receipt.result
