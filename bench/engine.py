"""How long the engine takes for many families, against what reading and writing the same lines as JSON takes.

    python -m bench.engine [--families 20000] [--rounds 5] [--file FACTS.jsonl]

Both are measured in the same process, in turns, so that a busy machine slows them alike; the medians are compared.
Without a file the families are those of `tests/contracts/cases.jsonl`, over and over under other names. Exit status 1
when the ratio of `decide` is over the limit.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

from settlement.engine import decide
from settlement.engine.__main__ import main as command

LIMIT = 6.0
GOAL = 3.0
CASES = Path(__file__).parents[1] / "tests" / "contracts" / "cases.jsonl"


def lines_of(path: Path | None, count: int) -> list[str]:
    """`count` lines of facts: those of the file, or of the contract's cases, repeated under other names."""
    with (path or CASES).open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file if line.strip()]
    if path is None:
        records = [case["facts"] for case in records]
    return [json.dumps(records[n % len(records)] | {"family": f"family-{n:06d}"}) for n in range(count)]


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes, with no garbage left from what came before."""
    gc.collect()
    start = perf_counter()
    work()
    return perf_counter() - start


def measure(lines: list[str], rounds: int) -> dict[str, float]:
    """Median seconds of each way through all lines."""
    records = [json.loads(line) for line in lines]
    text = "\n".join(lines).encode()

    def json_alone() -> None:
        for line in lines:
            json.dumps(json.loads(line))

    def decide_alone() -> None:
        for record in records:
            decide(record)

    def whole_command() -> None:
        command(["decide"], io.BytesIO(text), io.BytesIO())

    ways = {"json": json_alone, "decide": decide_alone, "command": whole_command}
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for work in ways.values():
        work()  # once to warm up
    for _ in range(rounds):
        for name, work in ways.items():
            taken[name].append(seconds(work))
    return {name: median(times) for name, times in taken.items()}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.engine", description=__doc__.split("\n\n")[0])
    parser.add_argument("--families", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--file", type=Path, help="JSON Lines of facts, as export_facts prints them")
    options = parser.parse_args()
    times = measure(lines_of(options.file, options.families), options.rounds)
    json_alone = times["json"]
    print(f"{options.families:,} families, medians of {options.rounds} rounds in turns, one process")
    print(f"  json.loads and json.dumps  {json_alone:7.3f} s")
    print(f"  decide                     {times['decide']:7.3f} s   {times['decide'] / json_alone:5.2f} times")
    print(f"  the whole command          {times['command']:7.3f} s   {times['command'] / json_alone:5.2f} times")
    ratio = times["decide"] / json_alone
    print(f"decide: {ratio:.2f}; limit {LIMIT:g}, goal {GOAL:g}")
    return int(ratio > LIMIT)


if __name__ == "__main__":
    sys.exit(main())
