"""Random histories of the ledger of reminders: `python -m bench.reminders_model [HISTORIES]`, 10,000 if none is said.

The state machine of tests/deadlines/machine.py, with other histories each time. Prints how many held, and the rate.
"""

import os
import subprocess
import sys
import time

from config.home import ROOT


def main() -> int:
    """Run them as a test; the exit status is 1 when one does not hold, and the history is shown."""
    histories = sys.argv[1] if len(sys.argv) > 1 else "10000"
    began = time.monotonic()
    command = [str(ROOT / "test"), "tests/deadlines/test_model.py", "-q"]
    done = subprocess.run(command, env={**os.environ, "AMPARO_HISTORIES": histories}, check=False)
    taken = time.monotonic() - began
    held = "hold" if done.returncode == 0 else "were tried, and one does not hold"
    print(f"{histories} histories {held}: {taken:.0f} s, {int(histories) / taken:.1f} a second")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
