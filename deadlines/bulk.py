"""Many deadlines written at once, with their history: one statement for the rows and one for what they were."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from audit.services import because
from config import clock
from deadlines.models import Deadline

_COLUMNS: Final = (
    "person", "source", "kind", "title", "weight", "owes", "trigger_on", "counting", "due_on", "safe_on", "due_at",
    "zone", "otherwise", "proof", "if_confirmed", "corrected_from", "entered_by", "entered_at", "confirmed_by",
    "confirmed_at", "state", "ended_by", "ended_at", "ended_because", "remind_at", "version",
)  # fmt: skip
_AT_ONCE: Final = 500


def add(rows: Sequence[Deadline], *, why: str, user: int | None = None) -> None:
    """Insert the rows and their history."""
    if rows:
        with because(why):
            Deadline.objects.bulk_create(rows, batch_size=_AT_ONCE)
        _keep(rows, "+", why, user)


def change(rows: Sequence[Deadline], *, why: str, user: int | None = None) -> None:
    """Write what differs in the rows, with their history; their versions are the caller's."""
    if rows:
        with because(why):
            Deadline.objects.bulk_update(rows, _COLUMNS, batch_size=_AT_ONCE)
        _keep(rows, "~", why, user)


def _keep(rows: Sequence[Deadline], kind: str, why: str, user: int | None) -> None:
    quote = connection.ops.quote_name
    history = Deadline.history.model
    columns = ", ".join(quote(field.column) for field in history.tracked_fields)
    statement = (
        f"INSERT INTO {quote(history._meta.db_table)} "  # noqa: S608  # names of our own tables
        f"({columns}, history_date, history_type, history_user_id, history_change_reason) "
        f"SELECT {columns}, %s, %s, %s, %s FROM {quote(Deadline._meta.db_table)} WHERE id = ANY(%s) ORDER BY id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [clock.now(), kind, user, why, [row.pk for row in rows]])
