"""Single senders: processes that run the real sweep once each, at a given time, and may die at a named point of it.

A process (`python -m drills.senders`) that has Django, connects as the application does and touches no database forks
one for each try, which costs a twentieth of a worker's start.
"""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time
from typing import Any, Self

from config.home import ROOT

FAILPOINT = "AMPARO_FAILPOINT"
LONGEST = 120.0  # seconds; a sender that takes longer is killed, and that is told


@dataclasses.dataclass(frozen=True)
class Try:
    """One run of the sweep: `ahead` seconds of the real clock, to die at the `point` (empty: nowhere).

    After the sweep the clock jumps by each of `jumps` seconds, and the sweep runs again.
    """

    ahead: float = 0.0
    point: str = ""
    jumps: tuple[float, ...] = ()


@dataclasses.dataclass(frozen=True)
class Ended:
    """How a sender ended: by which signal (0: by itself), with which status, and after how many seconds."""

    signal: int
    status: int
    seconds: float

    @property
    def killed(self) -> bool:
        """Whether it died at its point."""
        return self.signal == signal.SIGKILL

    @property
    def well(self) -> bool:
        """Whether it did all that it should."""
        return self.signal == 0 and self.status == 0


class Senders:
    """The process that forks them; a context."""

    def __init__(self, environment: dict[str, str]) -> None:
        """`environment` is added to ours."""
        self.environment = {**os.environ, "AMPARO_LOG_LEVEL": "CRITICAL", **environment}
        self.kills = 0

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "drills.senders"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._line()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None  # noqa: S101, PT018 (asked for)
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def _line(self) -> Any:
        assert self._process.stdout is not None  # noqa: S101 (asked for)
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the senders of the drill have ended")
        return json.loads(line)

    def run(self, *tries: Try) -> list[Ended]:
        """Run these at the same time, wait for all of them, and say how each ended."""
        assert self._process.stdin is not None  # noqa: S101 (asked for)
        self._process.stdin.write(json.dumps([dataclasses.asdict(one) for one in tries]) + "\n")
        self._process.stdin.flush()
        ended = [Ended(**one) for one in self._line()]
        self.kills += sum(one.killed for one in ended)
        return ended


# --- the forking process ---


def _send(one: Try) -> None:
    """In the forked process: sweep as a worker does."""
    import time_machine

    from deadlines.reminders.sweep import sweep
    from drills.clockwork import go_ahead

    if one.point:
        os.environ[FAILPOINT] = one.point
    go_ahead(one.ahead)
    sweep()
    for jump in one.jumps:
        current = time.time()
        with time_machine.travel(current + jump, tick=True):
            sweep()


def _fork(one: Try) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        os.setpgid(0, 0)
        _send(one)
        status = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        os._exit(status)


def _wait(pids: list[int]) -> list[dict[str, Any]]:
    began = time.monotonic()
    ended: dict[int, dict[str, Any]] = {}
    while len(ended) < len(pids):
        for pid in set(pids) - ended.keys():
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
                code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else 0
                ended[pid] = {"signal": number, "status": code, "seconds": time.monotonic() - began}
            elif time.monotonic() - began > LONGEST:
                os.kill(pid, signal.SIGTERM)
        time.sleep(0.002)
    return [ended[pid] for pid in pids]


def _main() -> None:
    import django

    django.setup()
    from django.urls import get_resolver

    import deadlines.reminders.sweep  # noqa: F401  # before the forks
    import drills.clockwork  # noqa: F401

    _ = get_resolver().reverse_dict  # every view is imported for the first address that is written into a mail

    sys.stdout.write("{}\n")
    sys.stdout.flush()
    for line in sys.stdin:
        tries = [Try(**{**one, "jumps": tuple(one["jumps"])}) for one in json.loads(line)]
        sys.stdout.write(json.dumps(_wait([_fork(one) for one in tries])) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    _main()
