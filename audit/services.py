"""Noting what changes no row: readings, exports, downloads, sign-ins, refusals."""

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connection

from audit.models import Act

_NOTE = """
INSERT INTO audit_entry (act, thing, thing_id, families, persons, detail, reason)
VALUES (%s, %s, %s, %s::bigint[], %s::bigint[], %s::jsonb, %s)
"""


def note(
    *,
    act: Act,
    families: Collection[int] = (),
    persons: Collection[int] = (),
    thing: str = "",
    thing_id: int | None = None,
    detail: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Add one entry to the trace, in the transaction of the caller if there is one.

    Who, for which organization and in which request stands in the session of the database (`accounts/scope.py`).
    `families` and `persons` are the keys of whom somebody saw; `thing` is the name of the page, `thing_id` the number
    in its address; `detail` has neither names nor what was typed. A page is noted once it is made and before it is
    sent, so that nobody sees what could not be noted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _NOTE,
            [
                act.value,
                thing,
                thing_id,
                sorted(set(families)),
                sorted(set(persons)),
                json.dumps(detail) if detail else None,
                reason,
            ],
        )


@contextmanager
def because(reason: str) -> Iterator[None]:
    """Within it, the entries of changes carry this reason; only in a transaction, at whose end it is gone anyway."""
    if not reason:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.reason', %s, true)", [reason])
        yield
        cursor.execute("SELECT set_config('app.reason', '', true)")
