"""Whether the trace is as it was written: every byte of every entry, every link, and the heads that were anchored."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper

from audit.chain import CHAIN, COVERED, DIGEST, LINK
from audit.installing import disabled

LINKS_AT_ONCE = 2_000
ANCHORS_AT_ONCE = 1_000


class Finding(NamedTuple):
    """What is broken, and where it begins; an entry or a link may be what is missing."""

    chain: int
    seq: int | None
    entry: int | None
    what: str

    def __str__(self) -> str:
        place = f"chain {self.chain}"
        place += f", link {self.seq}" if self.seq is not None else ""
        place += f", entry {self.entry}" if self.entry is not None else ""
        return f"{place}: {self.what}"


class Anchor(NamedTuple):
    """The head of a chain, as it was written outside the database."""

    chain: int
    seq: int
    hash: str


def findings(anchors: Iterable[Anchor] = ()) -> Iterator[Finding]:
    """What is broken, chain by chain, the first of each chain first; nothing when all is well.

    Reads one state of the database, in a transaction of its own or the caller's, with bounded memory.
    """
    with connection.cursor() as cursor:
        yield from _triggers(cursor)
        cursor.execute("SELECT DISTINCT chain FROM audit_link ORDER BY chain")
        for (chain,) in cursor.fetchall():
            yield from _links(cursor, chain)
        yield from _unlinked(cursor)
        yield from _anchored(cursor, anchors)


def _triggers(cursor: CursorWrapper) -> Iterator[Finding]:
    for table, name in disabled(cursor):
        yield Finding(0, None, None, f"the trigger {name} of {table} is missing or switched off")


# Nothing here calls a function of ours: a function could have been exchanged.
_LINKS = f"""
SELECT l.seq, l.first, l.hash = {LINK}, l.previous, l.hash, l.entries, found.entries, l.digest = found.digest
FROM audit_link l CROSS JOIN LATERAL (
    SELECT count(*) AS entries, {DIGEST} AS digest FROM audit_entry e WHERE {COVERED}
) found
WHERE l.chain = %s AND l.seq > %s ORDER BY l.seq LIMIT {LINKS_AT_ONCE}
"""


def _links(cursor: CursorWrapper, chain: int) -> Iterator[Finding]:
    """Each link follows the one before it and seals the entries that are there."""
    seq, previous, after = 0, b"", -(2**62)
    while True:
        cursor.execute(_LINKS, [chain, after])
        rows = cursor.fetchall()
        if not rows:
            return
        after = rows[-1][0]
        for at, first, whole, before, own, counted, there, same in rows:
            if at != seq + 1:
                yield Finding(chain, seq + 1, None, f"links {seq + 1} to {at - 1} are missing")
            elif bytes(before) != previous:
                yield Finding(chain, at, None, "the link does not follow the one before it")
            if not whole:
                yield Finding(chain, at, first, "the link was changed")
            if counted != there:
                yield Finding(chain, at, first, f"the link seals {counted} entries, and {there} are there")
            elif not same:
                yield Finding(chain, at, first, "an entry was changed")
            seq, previous = at, bytes(own)


def _unlinked(cursor: CursorWrapper) -> Iterator[Finding]:
    """Every entry is sealed by a link."""
    cursor.execute(
        f"SELECT {CHAIN}, e.id FROM audit_entry e WHERE NOT EXISTS (SELECT FROM audit_link l WHERE {COVERED})"
        " ORDER BY 1, 2 LIMIT 10"
    )
    for chain, entry in cursor.fetchall():
        yield Finding(chain, None, entry, "no link seals the entry")


def _anchored(cursor: CursorWrapper, anchors: Iterable[Anchor]) -> Iterator[Finding]:
    """Every head that was written outside the database is still there, as it was."""
    rest = iter(anchors)
    while batch := list(islice(rest, ANCHORS_AT_ONCE)):
        cursor.execute(
            "SELECT a.chain, a.seq, l.hash IS NULL"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) a(chain, seq, hash)"
            " LEFT JOIN audit_link l ON l.chain = a.chain AND l.seq = a.seq"
            " WHERE encode(l.hash, 'hex') IS DISTINCT FROM a.hash ORDER BY 1, 2 LIMIT 10",
            [[one.chain for one in batch], [one.seq for one in batch], [one.hash for one in batch]],
        )
        for chain, seq, gone in cursor.fetchall():
            what = "the link was anchored and is gone" if gone else "the link is not the one that was anchored"
            yield Finding(chain, seq, None, what)


def anchors_of(lines: Iterable[str]) -> Iterator[Anchor]:
    """The anchors of a file; raises ValueError with the number of a line that is none."""
    for number, line in enumerate(lines, 1):
        if not line.strip().endswith("}"):  # cut off by a crash while it was written
            continue
        try:
            told = json.loads(line)
            yield Anchor(int(told["chain"]), int(told["seq"]), str(told["hash"]))
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"line {number} is no anchor") from None
