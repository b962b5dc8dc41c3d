"""Random histories of the ledger of reminders: `python -m bench.reminders_model [HISTORIES]`, 10,000 if none is said.

The state machine of tests/deadlines/machine.py, with other histories each time, as many processes at once as there are
processors. Prints how many held, and the rate.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from config.home import ROOT

AT_ONCE = 1000  # histories in one process, which keeps all of them in one transaction


def main() -> int:
    """Run them as tests; the exit status is 1 when one does not hold, and the history is shown."""
    histories = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    batches = [min(AT_ONCE, histories - begun) for begun in range(0, histories, AT_ONCE)]
    began = time.monotonic()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        held = sum(pool.map(_hold, batches))
    taken = time.monotonic() - began
    print(f"{held} of {histories} histories hold: {taken:.0f} s, {histories / taken:.1f} a second")
    return 0 if held == histories else 1


def _hold(histories: int) -> int:
    """How many of them hold: all, or none of a batch that has one that does not."""
    command = [str(ROOT / "test"), "tests/deadlines/test_model.py", "-q"]
    done = subprocess.run(
        command, env={**os.environ, "AMPARO_HISTORIES": str(histories)}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        print(done.stdout[-20_000:], done.stderr[-2_000:])
        return 0
    return histories


if __name__ == "__main__":
    sys.exit(main())
