"""`python -m drills NAME ARGS...`: what `./run drill` starts, with an AMPARO_HOME that is thrown away afterwards."""

import importlib
import os
import signal
import sys
from types import FrameType
from typing import NoReturn


def _stop(number: int, _: FrameType | None) -> NoReturn:
    """End in order, so that everything that was started is stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    for asked in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(asked, _stop)
    os.environ.setdefault("AMPARO_LOG_LEVEL", "ERROR")  # a drill speaks for itself
    sys.exit(importlib.import_module(f"drills.{sys.argv[1]}").main(sys.argv[2:]))
