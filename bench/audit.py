"""What the trace costs: a save, a list, a sheet, and how long it takes to verify and to ask a million entries.

    python -m bench.audit [--families 300] [--rounds 60] [--entries 1000000] [--json]

Works on throw-away services. Saves and lists with and without the trace take turns in one run; medians. Without it
means: its triggers switched off (for a save), nothing noted (for a list, which changes no row). Then the same for the
trace and row-level security together, against the owner of the tables without a trace. Exit status 1 above the limits
of these: 25 % for a save, 15 % for a list.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any
from unittest import mock

from bench.intake import DAY, make_sheet, seconds, throwaway_services

SAVE_LIMIT, LIST_LIMIT = 25.0, 15.0
BOTH = "walls and trace"


@contextmanager
def untraced() -> Iterator[None]:
    """Changes leave nothing in the trace."""
    switch("DISABLE")
    yield
    switch("ENABLE")


@contextmanager
def unnoted() -> Iterator[None]:
    """Readings leave nothing in the trace."""
    with mock.patch("audit.readings.note"):
        yield


@contextmanager
def as_application() -> Iterator[None]:
    """In the application's role, which row-level security holds."""
    from django.test import override_settings

    with override_settings(AMPARO_DATABASE_ROLE="amparo_app"):
        yield


def analyze() -> None:
    """What autovacuum does in the minutes after a sheet."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def switch(how: str) -> None:
    """Switch all triggers of the trace on or off."""
    from django.db import connection

    from audit.installing import installed

    with connection.cursor() as cursor:
        for table, name in installed(cursor):
            cursor.execute(f'ALTER TABLE "{table}" {how} TRIGGER "{name}"')


def compared(work: Any, rounds: int, without: Any, batch: int, within: Any = nullcontext) -> dict[str, float]:
    """Medians in milliseconds with and without what is measured, a batch of each in turns, and what it costs (%)."""
    taken: dict[str, list[float]] = {"with": [], "without": []}
    for turn in range(2 * rounds // batch):
        if turn % 2:
            with without():
                taken["without"] += [seconds(work) for _ in range(batch)]
        else:
            with within():
                taken["with"] += [seconds(work) for _ in range(batch)]
    bare, traced = median(taken["without"]) * 1000, median(taken["with"]) * 1000
    return {
        "without_ms": round(bare, 2),
        "with_ms": round(traced, 2),
        "cost_percent": round(100 * (traced / bare - 1), 1),
    }


def day_to_day(families: int, rounds: int, folder: Any) -> dict[str, Any]:
    """An office of so many families: the cost of saving an outcome, of a page of the lists, and of the sheet."""
    from accounts.models import User
    from accounts.scope import acting_for, application, scope
    from accounts.services import organization_create, user_create
    from drills.office import signed_in
    from families.intake.importing import import_sheet
    from screenings.models import Screening
    from screenings.services import screening_record

    office = organization_create(slug="bench", name="Bench")
    _text, path = make_sheet(folder, families, xlsx=False)
    user = user_create(
        organization=office, email="a@b.example", name="A", role=User.Role.SUPERVISOR, password="only for this bench"
    )
    with scope(organization_id=office.pk, actor_id=user.pk):
        import_sheet(actor=None, organization=office, path=path, day=DAY)
        analyze()
        pks = list(Screening.objects.filter(status="scheduled").values_list("pk", flat=True))
    turn = 0

    def save() -> None:
        nonlocal turn
        turn += 1
        pk = pks[turn % len(pks)]
        with application(), acting_for(user):
            screening = Screening.objects.get(pk=pk)
            day = f"2019-{turn % 12 + 1:02}-{turn // 12 % 28 + 1:02}"
            screening_record(
                actor=user, screening_id=pk, version=screening.version, values={"interview_on": day}, key=None, day=DAY
            )

    client = signed_in(user)

    def show(address: str) -> None:
        answer = client.get(address, SERVER_NAME="localhost")
        if answer.status_code != 200:
            sys.exit(f"{address} was answered {answer.status_code}")

    lists = ("/families/", "/people/", "/api/v1/persons/")
    show("/people/")
    found: dict[str, Any] = {"save": compared(save, rounds, untraced, 10)}
    found |= {f"list {address}": compared(partial(show, address), rounds, unnoted, 10) for address in lists}
    both = partial(compared, rounds=rounds, within=as_application)
    found[f"save, {BOTH}"] = both(save, without=untraced, batch=10)
    for address in lists:
        found[f"list {address}, {BOTH}"] = both(partial(show, address), without=unnoted, batch=10)
    return found


def sheets(families: int, folder: Any) -> dict[str, float]:
    """A first import of a sheet, with and without."""
    from accounts.scope import scope
    from accounts.services import organization_create
    from families.intake.importing import import_sheet

    _text, path = make_sheet(folder, families, xlsx=False)
    taken: dict[str, list[float]] = {"with": [], "without": []}
    for turn in range(4):
        office = organization_create(slug=f"sheet-{turn}", name="Sheet")

        def bring_in(office: Any = office) -> None:
            with scope(organization_id=office.pk, actor_id=None):
                import_sheet(actor=None, organization=office, path=path, day=DAY)

        if turn % 2:
            with untraced():
                taken["without"].append(seconds(bring_in))
        else:
            taken["with"].append(seconds(bring_in))
    bare, traced = min(taken["without"]), min(taken["with"])
    return {
        "families": families,
        "without_s": round(bare, 1),
        "with_s": round(traced, 1),
        "cost_percent": round(100 * (traced / bare - 1), 1),
    }


_MANY = """
INSERT INTO audit_entry (organization_id, actor_id, at, act, thing, thing_id, families, persons)
SELECT %s, n %% 40, now() - make_interval(secs => (%s - n) * 10.0), 'read', 'family', n %% 20000,
    CASE WHEN n %% 10 = 0 THEN ARRAY(SELECT (n * 7 + k) %% 20000 FROM generate_series(1, 50) k)
    ELSE ARRAY[n * 13 %% 20000] END, '{}'
FROM generate_series(%s::bigint, %s::bigint) n
"""


def many(entries: int) -> dict[str, Any]:
    """So many entries in transactions of a hundred: how long to verify, and to ask for one family and one colleague."""
    import datetime

    from django.db import connection

    from accounts.models import User
    from accounts.scope import scope
    from accounts.services import organization_create, user_create
    from audit.anchoring import heads
    from audit.selectors import Asked, page_of, rows_of, trail
    from audit.verifying import findings

    office = organization_create(slug="many", name="Many")
    user = user_create(
        organization=office, email="m@b.example", name="M", role=User.Role.SUPERVISOR, password="only for this bench"
    )
    start = perf_counter()
    with connection.cursor() as cursor:
        for first in range(0, entries, 100):
            cursor.execute(_MANY, [office.pk, entries, first, first + 99])
        written = perf_counter() - start
        cursor.execute("VACUUM ANALYZE audit_entry, audit_link")
    started = perf_counter()
    broken = list(findings(heads()))
    verified = perf_counter() - started
    if broken:
        sys.exit(f"the trace is broken: {broken[0]}")
    now = datetime.datetime.now(datetime.UTC)
    asked = {
        "family, account, between two days": Asked(
            who=7, family=777, since=now - datetime.timedelta(days=400), until=now - datetime.timedelta(days=1)
        ),
        "family": Asked(family=777),
        "account": Asked(who=7),
        "newest": Asked(),
    }
    found: dict[str, Any] = {"entries": entries, "written_s": round(written, 1), "verified_s": round(verified, 1)}
    with scope(organization_id=office.pk, actor_id=user.pk), connection.cursor() as cursor:
        cursor.execute("SET ROLE amparo_app")
        for name, what in asked.items():
            rows = trail(user, what)
            count = len(rows_of(user, page_of(rows, 1)[0]))
            taken = min(seconds(partial(page_of, rows, 1)) for _ in range(3))
            found[f"{name}, s"] = [round(taken, 3), count]
        cursor.execute("RESET ROLE")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.audit", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--families", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--sheet", type=int, default=0, help="also a sheet of so many families")
    parser.add_argument("--entries", type=int, default=0, help="also verify and ask so many entries")
    options = parser.parse_args()
    os.environ |= {"AMPARO_TODAY": DAY.isoformat(), "AMPARO_LOG_LEVEL": "ERROR"}
    with throwaway_services() as folder:
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        found = day_to_day(options.families, options.rounds, folder)
        if options.sheet:
            found["sheet"] = sheets(options.sheet, folder)
        if options.entries:
            found["many"] = many(options.entries)
    for name, figures in found.items():
        print(f"{name:<40} {json.dumps(figures)}", flush=True)
    costs = {name: figures["cost_percent"] for name, figures in found.items() if name.endswith(BOTH)}
    return int(any(cost > (SAVE_LIMIT if name.startswith("save") else LIST_LIMIT) for name, cost in costs.items()))


if __name__ == "__main__":
    sys.exit(main())
