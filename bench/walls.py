"""What row-level security costs: the same save, list and search as the owner and, held by policies, as the application.

    python -m bench.walls [--families 780] [--names 90000] [--rounds 60]

On throw-away services, in turns in one process, so that both meet the same machine; medians. The search is measured
twice: through `persons_matching`, and as a plain condition, which a policy keeps from the index.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any

from bench.intake import DAY, make_sheet, throwaway_services

FAMILIES_OF_NAMES = 100


def taken(act: Callable[[], object], *, rounds: int, actor: Any) -> dict[str, float]:
    """Milliseconds as the owner and as the application, in turns, and their ratio."""
    from django.test import override_settings

    from accounts import scope

    found: dict[str, list[float]] = {"owner": [], "application": []}
    for turn in range(2 * rounds + 4):
        name = ("owner", "application")[turn % 2]
        with ExitStack() as stack:
            stack.enter_context(override_settings(AMPARO_DATABASE_ROLE="amparo_app" if turn % 2 else None))
            stack.enter_context(scope.application())
            stack.enter_context(scope.acting_for(actor))
            began = perf_counter()
            act()
            if turn >= 4:
                found[name].append((perf_counter() - began) * 1000)
    owner, application = median(found["owner"]), median(found["application"])
    return {
        "owner_ms": round(owner, 2),
        "application_ms": round(application, 2),
        "ratio": round(application / owner, 3),
    }


def save(actor: Any) -> Callable[[], object]:
    """Records another day of an interview, each time another."""
    from datetime import timedelta

    from screenings.models import Screening
    from screenings.services import screening_record

    screening = Screening.objects.filter(organization=actor.organization, status="scheduled").order_by("pk").first()
    if screening is None:
        sys.exit("The sheet has no scheduled screening.")
    pk, times = screening.pk, iter(range(10**6))

    def act() -> None:
        version = Screening.objects.values_list("version", flat=True).get(pk=pk)
        values = {"interview_on": DAY - timedelta(days=next(times) % 200)}
        screening_record(actor=actor, screening_id=pk, version=version, values=values, key=None, day=DAY)

    return act


def first_page(actor: Any) -> Callable[[], object]:
    """The first page of the list of families, as its view reads it, and how many there are."""
    from families.filters import Filters
    from families.lists import families_list, families_sorted

    def act() -> None:
        rows = families_list(actor, Filters(), DAY)
        rows.count()
        list(families_sorted(rows, Filters().sort, DAY)[:50])

    return act


def make_names(office: Any, count: int) -> None:
    """Persons with made-up names, in a few families."""
    from django.db import connection, transaction

    from demo import names
    from families.models import Family, Person

    rng = Random(7)
    with transaction.atomic():
        families = [Family(organization=office, reference=f"N{number}") for number in range(FAMILIES_OF_NAMES)]
        Family.objects.bulk_create(families)
        Person.objects.bulk_create(
            (
                Person(
                    organization=office,
                    family=families[number % FAMILIES_OF_NAMES],
                    reference=f"p{number}",
                    role="parent",
                    given_names=names.given_names(rng),
                    family_names=names.two_surnames(names.surname(rng), names.surname(rng), rng),
                )
                for number in range(count)
            ),
            batch_size=5000,
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def searches(actor: Any, text: str) -> dict[str, Callable[[], object]]:
    """A search through the function, and the same as conditions of a query."""
    from django.db.models import Func, TextField, Value

    from families.models import Person
    from families.search import persons_matching, search_terms

    def plain() -> list[int]:
        rows = Person.objects.visible_to(actor)
        for term in search_terms(text):
            rows = rows.filter(search__contains=Func(Value(term), function="amparo_fold", output_field=TextField()))
        return list(rows.order_by("pk").values_list("pk", flat=True)[:50])

    def function() -> list[int]:
        return list(persons_matching(actor, text).order_by("pk").values_list("pk", flat=True)[:50])

    return {"search by function": function, "search by condition": plain}


def measure(folder: Path, options: argparse.Namespace) -> dict[str, dict[str, float]]:
    """Everything, by name."""
    from accounts.services import organization_create, user_create
    from families.intake.importing import import_sheet
    from families.models import Person

    office = organization_create(slug="bench", name="Bench")
    person: dict[str, Any] = {
        "email": "bench@office.example",
        "name": "Bench",
        "role": "supervisor",
        "password": "made up for a bench",
    }
    actor = user_create(organization=office, **person)
    _text, path = make_sheet(folder, options.families, xlsx=False)
    import_sheet(actor=None, organization=office, path=path, day=DAY)
    found = {}
    for name, act in (("save", save(actor)), ("list", first_page(actor))):
        found[name] = taken(act, rounds=options.rounds, actor=actor)
    make_names(office, options.names)
    newest = Person.objects.order_by("-pk")[0]
    for name, act in searches(actor, newest.full_name).items():
        found[name] = taken(act, rounds=max(5, options.rounds // 4), actor=actor)
    return found


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser(prog="python -m bench.walls", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--families", type=int, default=780)
    parser.add_argument("--names", type=int, default=90_000)
    parser.add_argument("--rounds", type=int, default=60)
    options = parser.parse_args()
    with throwaway_services() as folder:
        for name, figures in measure(folder, options).items():
            print(json.dumps({"what": name, **figures}))


if __name__ == "__main__":
    main()
