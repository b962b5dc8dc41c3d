"""How many queries each page of the demonstration takes, and how long, for each of the people who use it.

    python -m bench.pages [--rounds 7]

Works on throw-away services with the demonstration of its own. Queries are those of a second call, so what is looked up
once a process does not count. Exit status 1 when a page takes more than 25, or does not answer.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from bench.intake import DAY, throwaway_services

LIMIT = 25
ROLES = ("attorney", "paralegal", "supervisor")


def addresses(organization_id: int) -> dict[str, str]:
    """The pages by the name in their address; single records are those of the office's largest family."""
    from django.db.models import Count
    from django.urls import reverse

    from families.models import Family
    from screenings.models import Screening

    families = Family.objects.filter(organization_id=organization_id)
    family = families.annotate(size=Count("persons")).order_by("-size", "pk").first()
    screening = Screening.objects.filter(organization_id=organization_id, status="scheduled").first()
    if family is None or screening is None:
        sys.exit("The demonstration has no family to look at.")
    pages = {"families": "families", "people": "people", "screenings": "screenings", "deadlines": "deadlines"}
    found = {name: reverse(view) for name, view in (pages | {"desk": "desk", "dashboard": "dashboard"}).items()}
    found |= {"how it moved": reverse("dashboard-movement"), "who moved": reverse("dashboard-moved")}
    found |= {"families, page 5": found["families"] + "?page=5"}
    found |= {"one family": reverse("family", args=[family.pk]), "API: families": "/api/v1/families/"}
    found |= {"API: persons": "/api/v1/persons/", "API: one family": f"/api/v1/families/{family.pk}/"}
    return found | {"record an outcome": reverse("screening-record", args=[screening.pk])}


def counting(queries: list[str], execute: Callable[..., Any], sql: str, *details: Any) -> Any:
    """Notes a query and lets it through."""
    queries.append(sql)
    return execute(sql, *details)


def measure(rounds: int) -> bool:
    """Prints a line for each page and person; whether all of them answered within the limit."""
    from django.db import connection
    from django.test import Client

    from accounts.models import User

    good = True
    print(f"{'page':<20}{'who':<12}{'status':>6}{'queries':>9}{'ms':>8}{'kB':>7}")
    for role in ROLES:
        user = User.objects.get(email=f"{role}@demo.example")
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        for name, address in addresses(user.organization_id or 0).items():
            client.get(address)
            queries: list[str] = []
            with connection.execute_wrapper(partial(counting, queries)):
                response = client.get(address)
            taken = []
            for _ in range(rounds):
                start = perf_counter()
                client.get(address)
                taken.append(perf_counter() - start)
            status, size, median_ms = response.status_code, len(response.content) / 1024, median(taken) * 1000
            good &= len(queries) <= LIMIT and status in (200, 403)
            print(f"{name:<20}{role:<12}{status:>6}{len(queries):>9}{median_ms:>8.1f}{size:>7.0f}")
    return good


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    os.environ |= {"AMPARO_TODAY": DAY.isoformat(), "AMPARO_DEMO_PASSWORD": "only for this bench"}
    os.environ["AMPARO_SECOND_FACTOR"] = "optional"  # made-up people alone are here, and none of them has one
    with throwaway_services():
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("demo")
        return int(not measure(rounds))


if __name__ == "__main__":
    sys.exit(main())
