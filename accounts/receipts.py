"""The same write asked for twice is done once: the home of every idempotency key."""

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import organization_of
from accounts.errors import Invalid
from accounts.models import Receipt, User


def once(*, actor: User, key: str | None, what: str, write: Callable[[], int]) -> int:
    """Run `write` in a transaction and give its result (the key of a row), or the earlier result of the same key.

    `what` names the write. Raises `Invalid` for a key that was used for something else. Without a key (a command of
    the installation) the write is simply done. Two requests with one key at the same time wait for one another.
    """
    with transaction.atomic():
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
