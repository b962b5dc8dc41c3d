"""Every route, asked by everybody: whom an answer shows, and what it changed, must stand in the trace."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Max
from django.http.response import HttpResponseBase
from django.test import Client

from accounts.models import User
from audit.models import CHANGES, Act, Entry
from audit.triggers import traced


class Visit(NamedTuple):
    """One request, its answer, and what of it is missing from the trace: sentences."""

    route: str
    method: str
    status: int
    missing: list[str]


class Matrix:
    """Visits routes and holds each answer against the trace. `canaries` has for a family the names that only it has.

    Between its visits nothing else may change the tables.
    """

    def __init__(self, canaries: Mapping[int, Sequence[str]]) -> None:
        self.canaries = canaries
        self._state: dict[str, str] | None = None

    def visit(self, client: Client, actor: User | None, route: str, address: str, method: str, **sent: Any) -> Visit:
        """One request and what is missing of it."""
        before, last = self._state or state(), newest()
        response: Any = getattr(client, method)(address, **sent)
        body = body_of(response)
        entries = list(Entry.objects.filter(pk__gt=last))
        self._state = state()
        missing = [*self._unseen(body, entries), *_unwritten(before, self._state, entries)]
        if actor is not None:
            refused = response.status_code == 403 or (response.status_code == 404 and "<" in route)
            if refused and not any(one.act == Act.REFUSED for one in entries):
                missing.append(f"the refusal ({response.status_code})")
            missing += [f"who: {one.act} {one.thing}" for one in entries if not _signed(one, actor)]
        return Visit(route, method, response.status_code, missing)

    def _unseen(self, body: str, entries: Sequence[Entry]) -> list[str]:
        """The families whose names are in the answer and whose keys no reading names."""
        noted = {key for one in entries if one.act not in CHANGES for key in one.families}
        shown = {key for key, names in self.canaries.items() if any(name in body for name in names)}
        return [f"the reading of family {key}" for key in sorted(shown - noted)]


def body_of(response: HttpResponseBase) -> str:
    """The whole answer, also one in pieces."""
    content: bytes = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
    return content.decode(errors="replace")


def newest() -> int:
    """The key of the newest entry."""
    return Entry.objects.aggregate(last=Max("pk"))["last"] or 0


def state() -> dict[str, str]:
    """A digest of each traced table, without the columns whose change is not told."""
    with connection.cursor() as cursor:
        cursor.execute(_digests())
        return dict(cursor.fetchall())


@cache
def _digests() -> str:
    """The statement that gives them."""
    parts = []
    for one in traced():
        if len(one.events) == 3:
            untold = ", ".join(f"'{name}'" for name in sorted(one.untold))
            row = f"(to_jsonb(t) - ARRAY[{untold}]::text[])::text"
            parts.append(f"SELECT '{one.table}', md5(string_agg({row}, ',' ORDER BY {row})) FROM {one.table} t")
    return " UNION ALL ".join(parts)


def _unwritten(before: Mapping[str, str], after: Mapping[str, str], entries: Sequence[Entry]) -> list[str]:
    """The tables that have changed and of which no entry tells."""
    told = {one.thing for one in entries if one.act in CHANGES}
    return [
        f"the change of {table}" for table, digest in after.items() if digest != before[table] and table not in told
    ]


def _signed(entry: Entry, actor: User) -> bool:
    return (entry.organization_id, entry.actor_id) == (actor.organization_id, actor.pk) and bool(entry.request)
