"""The trace: every route leaves its entries, and whatever is done to them afterwards is found."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from drills.ground import Ground
from drills.telling import Telling

FAMILIES = 6
FULL, SMALL = 1_000, 60


def main(argv: list[str]) -> int:
    """The drill; see docs/drills.md. Gives its exit status."""
    telling = Telling("audit", __doc__ or "", argv)
    telling.count(missing=0, undetected=0, routes=0, routes_total=0, tampered=0)
    with Ground():
        every_route(telling)
        tamper(telling, SMALL if telling.small else FULL)
    return telling.end()


# --- completeness ---


def every_route(telling: Telling) -> None:
    """Each route, asked by GET and by POST by everybody, and the writes: nothing without its entry."""
    from accounts.models import User
    from drills.office import make_office, make_user
    from drills.readings import Matrix, addresses, routes
    from families.models import Person
    from settlement.models import Determination

    office = make_office("trace", people=1, families=FAMILIES)
    canaries = {}
    for number, family in enumerate(office.families):
        Person.objects.filter(family_id=family).update(given_names=f"Canary{number}Bird")
        canaries[family] = [f"Canary{number}Bird"]
    some = 1 if telling.small else 2
    families, screenings = office.families[:some], office.screenings[:some]
    determinations = Determination.objects.filter(family__in=families).values_list("pk", flat=True)
    persons = Person.objects.filter(family__in=families).values_list("pk", flat=True)
    keys = sorted({*families, *screenings, *persons, *determinations, 987_654_321})
    all_routes = routes()
    visited: set[str] = set()
    for role in User.Role.values:
        actor = make_user(office.organization, f"trace-{role}", role)
        matrix = Matrix(canaries)
        client = _signed_in(actor)
        for method in ("get", "post"):
            for route in all_routes:
                for address in addresses(route, keys):
                    if "_auth_user_id" not in client.session:
                        client, matrix = _signed_in(actor), Matrix(canaries)
                    visit = matrix.visit(client, actor, route, address, method)
                    visited.add(route)
                    telling.count(tried=1, missing=len(visit.missing))
                    for sentence in visit.missing:
                        telling.fault(f"{role} {method} {address}: {sentence}")
        telling.say(f"{len(all_routes)} routes asked by the {role}")
    telling.count(routes=len(visited), routes_total=len(all_routes))
    _writes(telling, Matrix(canaries), office)


def _signed_in(actor: Any) -> Any:
    from django.test import Client

    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    client.force_login(actor)
    return client


def _writes(telling: Telling, matrix: Any, office: Any) -> None:
    """Outcomes saved and added, families assigned: by page and API."""
    actor = office.people[0]
    for number, (pk, person) in enumerate(zip(office.screenings, office.mothers, strict=True)):
        day = f"2018-12-{number + 11}"
        values = {"version": 1, "status": "scheduled", "interview_on": day}
        page = {**values, "save": "1", "key": f"page {number}"}
        added = {"basis": "independent", "kind": "credible_fear", "status": "scheduled"}
        asked: list[tuple[str, str, dict[str, Any]]] = [
            ("post", f"/screenings/{pk}/record/", {"data": values}),
            ("post", f"/screenings/{pk}/record/", {"data": page}),
            ("patch", f"/api/v1/screenings/{pk}/", {"data": values, "content_type": "application/json"}),
            (
                "post",
                f"/api/v1/persons/{person}/screenings/",
                {"data": added, "content_type": "application/json", "headers": {"Idempotency-Key": f"api {number}"}},
            ),
        ]
        for method, address, sent in asked:
            visit = matrix.visit(_signed_in(actor), actor, address, address, method, **sent)
            telling.count(tried=1, missing=len(visit.missing))
            for sentence in visit.missing:
                telling.fault(f"{method} {address}: {sentence}")
    telling.say("outcomes recorded and added by page and API")


# --- tampering ---


def tamper(telling: Telling, times: int) -> None:
    """Changes of the trace by the owner of the database, each found and then taken back."""
    from django.db import transaction

    from audit.anchoring import heads
    from audit.verifying import findings
    from drills.tampering import KINDS

    anchors = heads()
    already = list(findings(anchors))
    if already:
        telling.fault(f"the trace is broken before anything was done to it: {already[0]}")
    rng = random.Random(2018)
    found_by: dict[str, int] = {}
    names: Sequence[str] = sorted(KINDS)
    for number in range(times):
        name = names[number % len(names)]
        kind: Callable[[random.Random], str] = KINDS[name]
        with transaction.atomic():
            done = kind(rng)
            found = next(findings(anchors), None)
            transaction.set_rollback(True)
        telling.count(tried=1, tampered=1, undetected=int(found is None))
        found_by[name] = found_by.get(name, 0) + int(found is not None)
        if found is None:
            telling.fault(f"{name} was not found: {done}")
    telling.say(", ".join(f"{name} {number}" for name, number in sorted(found_by.items())))
