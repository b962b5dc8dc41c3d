"""`python -m settlement.engine decide|explain`: JSON Lines of facts on standard input, an answer for each, in order.

Exit status 1 when a line was in error, 2 when the command is not known, else 0.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from .decide import Decision, decide
from .explain import explain
from .reading import parse_line

_to_json = json.JSONEncoder().encode


def answers(lines: BinaryIO) -> Iterator[Decision]:
    """A decision or an error for each line that is not blank."""
    for line in lines:
        if line.strip():
            yield _answer(line)


def _answer(line: bytes) -> Decision:
    try:
        record: Any = parse_line(line.decode("utf-8-sig"))
    except ValueError as error:  # also a line that is no UTF-8
        return {"family": None, "error": [{"at": "", "message": f"the line is no JSON object: {error}"}]}
    return decide(record)


def main(arguments: list[str], lines: BinaryIO, out: BinaryIO) -> int:
    """Runs one command, writing UTF-8 to `out`; gives the exit status."""
    render: Callable[[Decision], str] | None = {"decide": _to_json, "explain": explain}.get(" ".join(arguments))
    if render is None:
        sys.stderr.write("Usage: python -m settlement.engine decide|explain, JSON Lines of facts on standard input\n")
        return 2
    failed = False
    for decision in answers(lines):
        failed = failed or "error" in decision
        out.write((render(decision) + "\n").encode())
    out.flush()
    return int(failed)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:], sys.stdin.buffer, sys.stdout.buffer))
    except (BrokenPipeError, KeyboardInterrupt):
        # Whoever read the answers has gone, or wants no more of them. What Python would still flush has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
