"""`python -m settlement.engine decide|explain`: JSON Lines of facts on standard input, an answer for each, in order.

Exit status 1 when a line was in error, 2 when the command is not known, else 0.
"""

import io
import json
import os
import sys
from collections.abc import Callable
from typing import BinaryIO

from .decide import Decision, decide_line
from .explain import explain

_to_json = json.JSONEncoder().encode


def main(arguments: list[str], lines: BinaryIO, out: BinaryIO) -> int:
    """Runs one command, writing UTF-8 to `out`; gives the exit status."""
    render: Callable[[Decision], str] | None = {"decide": _to_json, "explain": explain}.get(" ".join(arguments))
    if render is None:
        sys.stderr.write("Usage: python -m settlement.engine decide|explain, JSON Lines of facts on standard input\n")
        return 2
    failed = False
    for line in lines:
        if not line.strip():
            continue
        decision = decide_line(line)
        failed = failed or "error" in decision
        out.write((render(decision) + "\n").encode())
    out.flush()
    return int(failed)


if __name__ == "__main__":
    try:
        # A closed standard input is one without lines.
        sys.exit(main(sys.argv[1:], sys.stdin.buffer if sys.stdin else io.BytesIO(), sys.stdout.buffer))
    except (BrokenPipeError, KeyboardInterrupt):
        # Whoever read the answers has gone, or wants no more of them. What Python would still flush has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
