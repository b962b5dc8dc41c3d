"""How long it takes to find what to ask about one family: every fact tried with every value.

    python -m bench.asking [--rounds 3]

The families are those of `tests/contracts/cases.jsonl` in which there is something to ask. Exit status 1 when
95 of 100 families of four persons or fewer do not stay under the limit.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from settlement.asking.options import plain_record
from settlement.asking.questions import asking
from settlement.engine import decide

LIMIT = 150.0  # milliseconds
ORDINARY = 4  # persons
CASES = Path(__file__).parents[1] / "tests" / "contracts" / "cases.jsonl"


def measure(rounds: int) -> dict[int, list[float]]:
    """Milliseconds for each family with something to ask, by how many persons it has: the best of the rounds."""
    found: dict[int, list[float]] = {}
    for line in CASES.read_text(encoding="utf-8").splitlines():
        facts = json.loads(line)["facts"]
        times, persons = [], len(facts["persons"])
        for _ in range(rounds):
            start = perf_counter()
            asked = asking(plain_record(facts), decide)
            times.append((perf_counter() - start) * 1000)
        if asked.persons:
            found.setdefault(persons, []).append(min(times))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.asking", description=__doc__.split("\n\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    found = measure(parser.parse_args().rounds)
    for persons, times in sorted(found.items()):
        at_95 = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        print(f"{persons} persons: {len(times):4} families, median {median(times):6.1f} ms, 95 % {at_95:6.1f} ms")
    ordinary = [time for persons, times in found.items() if persons <= ORDINARY for time in times]
    at_95 = quantiles(ordinary, n=20)[-1]
    print(f"ordinary families (up to {ORDINARY}): 95 % {at_95:.1f} ms, worst {max(ordinary):.1f} ms; limit {LIMIT:g}")
    return int(at_95 > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
