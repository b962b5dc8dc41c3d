"""The trace: every route leaves its entries, and whatever is done to them afterwards is found."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from drills.ground import Ground
from drills.telling import Telling

FAMILIES = 6
FULL, SMALL = 1_000, 60
SHOWN = 25  # pages, the fewest that anybody sees
# Whose key stands in an address; in the small drill by verb.
EVERY = ("own", "walled", "foreign", "missing")
SOME = {"GET": ("own", "foreign"), "POST": ("own",)}


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
    from django.conf import settings

    from drills.canaries import SIDES, make_side
    from drills.office import make_office, signed_in
    from drills.readings import Matrix
    from drills.routes import classified
    from families.models import Person
    from tests.factories import DAY

    settings.AMPARO_TODAY = DAY
    sides = [make_side(name) for name in SIDES]
    canaries = {}
    for family in (family.pk for side in sides for family in side.families.values()):
        Person.objects.filter(family=family).update(given_names=f"Canary{family}Bird")
        canaries[family] = [f"Canary{family}Bird"]
    routes = classified()
    visited: set[str] = set()
    for role, actor in sides[0].people.items():
        client, matrix, shown = signed_in(actor), Matrix(canaries), 0
        for verb in ("GET", "POST"):
            for address, route in routes.items():
                for path in _paths(address, route.key, sides, SOME[verb] if telling.small else EVERY):
                    if "_auth_user_id" not in client.session:
                        client, matrix = signed_in(actor), Matrix(canaries)
                    visit = matrix.visit(client, actor, address, path, verb.lower())
                    visited.add(address)
                    shown += visit.status == 200
                    telling.count(tried=1, missing=len(visit.missing))
                    for sentence in visit.missing:
                        telling.fault(f"{role} {verb} {path}: {sentence}")
        # Blind once: somebody without a second factor is led to set one up, whatever they ask for.
        if shown < SHOWN:
            telling.fault(f"only {shown} answers showed the {role} a page")
        telling.say(f"{len(routes)} routes asked by the {role}: {shown} pages")
    telling.count(routes=len(visited), routes_total=len(routes))
    _writes(telling, Matrix(canaries), make_office("trace", people=1, families=FAMILIES))


def _paths(address: str, kind: str, sides: Sequence[Any], whose: Sequence[str]) -> Iterator[str]:
    """The address with the key of a row of one's own office, of the other one, from behind a wall, and of none."""
    from drills.canaries import MISSING, OFFICE
    from drills.routes import path_of

    if "<" not in address:
        yield path_of(address)
        return
    here, there = (side.keys for side in sides)
    keys = {
        "own": here["open"].get(kind) or here[OFFICE].get(kind),
        "walled": here["walled"].get(kind),
        "foreign": there["open"].get(kind) or there[OFFICE].get(kind),
        "missing": MISSING,
    }
    for key in {keys[place] for place in whose} - {None} or {MISSING}:
        yield path_of(address, **dict.fromkeys(re.findall(r"<\w+:(\w+)>", address), key))


def _writes(telling: Telling, matrix: Any, office: Any) -> None:
    """Outcomes saved and added, families assigned: by page and API."""
    from drills.office import signed_in

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
            visit = matrix.visit(signed_in(actor), actor, address, address, method, **sent)
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
