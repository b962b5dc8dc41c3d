"""Whether the time of an answer tells who has an account.

    python -m bench.entrance [--rounds 60]

On throw-away services, with Argon2 as in production: a wrong password for a known address and for an unknown one, in
turns; the same for asking for a new password. Exit status 1 when the medians differ by more than a tenth, or by 3 ms.
"""

from __future__ import annotations

import argparse
import sys
from statistics import median, quantiles
from time import perf_counter

from bench.intake import throwaway_services

KNOWN, UNKNOWN = "somebody@mail.example", "nobodyat@mail.example"


def timed(address: str, form: dict[str, str]) -> float:
    """Milliseconds of one answer to a browser that is new each time."""
    from django.test import Client

    from accounts.models import Tally

    Tally.objects.all().delete()
    client = Client(SERVER_NAME="localhost")
    start = perf_counter()
    answer = client.post(address, form)
    taken = (perf_counter() - start) * 1000
    if answer.status_code not in (200, 302):
        sys.exit(f"{address} answered {answer.status_code}")
    return taken


def measure(rounds: int) -> bool:
    """Prints a line for each kind of answer; whether the time of none tells anything."""
    from accounts.services import organization_create, user_create

    organization = organization_create(slug="bench", name="Bench")
    user_create(organization=organization, email=KNOWN, name="Somebody", role="attorney", password="x" * 20)
    asked: dict[str, tuple[str, str, dict[str, str]]] = {
        "wrong password": ("/sign-in/", "username", {"password": "y" * 20}),
        "new password": ("/sign-in/reset/", "email", {}),
    }
    good = True
    print(f"{'what':<16}{'known, ms':>11}{'unknown, ms':>13}{'difference':>12}{'spread':>9}")
    for name, (address, field, more) in asked.items():
        times: dict[str, list[float]] = {KNOWN: [], UNKNOWN: []}
        for _ in range(rounds):
            for email, taken in times.items():
                taken.append(timed(address, {field: email, **more}))
        known, unknown = median(times[KNOWN]), median(times[UNKNOWN])
        quarters = quantiles(times[KNOWN], n=4)
        good &= abs(known - unknown) < max(3, known / 10)
        spread = quarters[2] - quarters[0]
        print(f"{name:<16}{known:>11.1f}{unknown:>13.1f}{known - unknown:>+12.2f}{spread:>9.2f}")
    return good


def main() -> None:
    """Measure on services of our own."""
    parser = argparse.ArgumentParser(description="Whether the time of an answer tells who has an account.")
    parser.add_argument("--rounds", type=int, default=60)
    rounds = parser.parse_args().rounds
    with throwaway_services():
        from django.core.management import call_command

        call_command("collectstatic", interactive=False, verbosity=0)
        sys.exit(0 if measure(rounds) else 1)


if __name__ == "__main__":
    main()
