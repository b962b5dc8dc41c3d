"""Named points at which the drill ends the process as `kill -9` would. Without AMPARO_FAILPOINT they do nothing.

AMPARO_FAILPOINT is NAME, or NAME:COUNT to die when the point is reached for the COUNT-th time. Settings of production
refuse to start with it.
"""

import os
import signal
from typing import Final

NAMES: Final = frozenset(
    {
        "before_claim",
        "after_claim",
        "before_smtp",
        "inside_smtp_before_data",
        "after_data",
        "after_250_before_update",
        "after_update",
    }
)
VARIABLE: Final = "AMPARO_FAILPOINT"
_reached: dict[str, int] = {}


def reached(name: str) -> None:
    """Ends this process, at once and without a word, if this is the point that the environment names."""
    wanted = os.environ.get(VARIABLE)
    if not wanted:
        return
    chosen, _colon, count = wanted.partition(":")
    if chosen not in NAMES:
        raise ValueError(f"{VARIABLE} names no point: {chosen}")
    if chosen == name:
        _reached[name] = _reached.get(name, 0) + 1
        if _reached[name] >= int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
