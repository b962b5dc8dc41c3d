"""What the sweep of reminders costs: with nothing due, whatever was sent before; and how many go out in a second.

    python -m bench.reminders [--sent 1000000] [--rounds 60] [--due 2000]

Works on throw-away services. An empty sweep over an empty table, then over one with so many reminders that were sent,
their deadlines and deliveries: medians of one run. Exit status 1 when the second is more than twice the first.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from statistics import median
from time import perf_counter
from typing import Any

from bench.intake import seconds, throwaway_services

LIMIT = 2.0
DEADLINES = 5  # reminders of each deadline, as its offsets and its two channels make them, are twice as many

# A year of sent reminders, by mail and in Amparo, of deadlines that are open still and have nothing more to come.
_DEADLINES = """
INSERT INTO deadlines_deadline (organization_id, version, family_id, source, kind, key, title, weight, owes, counting,
    due_on, safe_on, zone, otherwise, proof, if_confirmed, reason, entered_at, state, ended_because)
SELECT %(office)s, 1, (%(families)s::bigint[])[1 + n %% %(count)s], 'hand', 'own', 'own:' || n, 'x', 'curable',
    'office', '', current_date + 30, current_date + 30, '', '[]', '{}', false, '', now(), 'open', ''
FROM generate_series(1, %(deadlines)s) n
"""
_REMINDERS = """
INSERT INTO deadlines_reminder (organization_id, deadline_id, deadline_version, recipient_id, "offset", channel, why,
    covers, due_at, state, attempts, strikes, message_id, sent_at, problem)
SELECT %(office)s, d.id, 1, %(user)s, o * 1440, c, 'plan', 1, now() - make_interval(days => o), 'sent', 1, 0,
    '<' || d.id || '.' || o || '>', now() - make_interval(days => o), ''
FROM deadlines_deadline d, generate_series(1, %(each)s) o, unnest(ARRAY['app', 'mail']) c
WHERE d.organization_id = %(office)s
"""
_DELIVERIES = """
INSERT INTO deadlines_delivery (organization_id, recipient_id, channel, reminders, message_id, began_at, ended_at,
    result, code)
SELECT organization_id, recipient_id, channel, ARRAY[id], message_id, sent_at, sent_at, 'sent', ''
FROM deadlines_reminder WHERE organization_id = %(office)s AND channel = 'mail'
"""


def fill(office: Any, sent: int) -> float:
    """So many sent reminders with what belongs to them; gives the seconds that it took."""
    from django.db import connection

    from audit.installing import installed
    from families.models import Family

    families = list(Family.objects.filter(organization=office.organization).values_list("pk", flat=True))
    values = {
        "office": office.organization.pk,
        "user": office.people[0].pk,
        "families": families,
        "count": len(families),
        "deadlines": sent // (2 * DEADLINES),
        "each": DEADLINES,
    }
    began = perf_counter()
    with connection.cursor() as cursor:
        for table, name in installed(cursor):  # who fills the table is not what is measured
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER "{name}"')
        for statement in (_DEADLINES, _REMINDERS, _DELIVERIES):
            cursor.execute(statement, values)
        for table, name in installed(cursor):
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER "{name}"')
        cursor.execute("VACUUM ANALYZE")  # as autovacuum does in the minutes after
    return perf_counter() - began


def main() -> int:
    """Measure, print, and say whether the limit holds."""
    parser = argparse.ArgumentParser(prog="python -m bench.reminders", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--sent", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--due", type=int, default=2_000)
    options = parser.parse_args()
    os.environ |= {"AMPARO_TODAY": "", "AMPARO_LOG_LEVEL": "ERROR"}
    with throwaway_services():
        found = measure(options.sent, options.rounds, options.due)
    print(json.dumps(found, indent=1), flush=True)
    return int(found["ratio"] > LIMIT)


def measure(sent: int, rounds: int, due: int) -> dict[str, Any]:
    """Medians in milliseconds of an empty sweep, before and after so many were sent, and the rate of what is due."""
    from django.db import connection
    from django.test import override_settings

    from deadlines.reminders.sweep import sweep
    from drills.dues import Office, now_and

    with override_settings(
        AMPARO_DATABASE_ROLE="amparo_app", EMAIL_BACKEND="django.core.mail.backends.dummy.EmailBackend"
    ):
        office = Office(20, mails=0, digest_every=0)
        dues = office.due([now_and()] * due)
        taken = seconds(lambda: [sweep(seconds=600.0) for _ in range(2)])
        waiting = office.waiting()
        if waiting:
            sys.exit(f"{waiting} of {len(dues)} are still to be told")
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM deadlines_delivery")
            cursor.execute("DELETE FROM deadlines_reminder")
            cursor.execute("UPDATE deadlines_deadline SET remind_at = NULL")
            cursor.execute("VACUUM ANALYZE")
        sweep()
        empty = [seconds(sweep) * 1000 for _ in range(rounds)]
        filled = fill(office, sent)
        sweep()
        full = [seconds(sweep) * 1000 for _ in range(rounds)]
    return {
        "due": due,
        "told_per_second": round(2 * due / taken),
        "mails_per_second": round(due / taken),
        "empty_table_ms": round(median(empty), 2),
        "sent": sent,
        "filled_s": round(filled, 1),
        "full_table_ms": round(median(full), 2),
        "ratio": round(median(full) / median(empty), 2),
    }


if __name__ == "__main__":
    sys.exit(main())
