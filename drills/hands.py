"""Celery workers and beats as an installation runs them, which can be killed; what dies is started again."""

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import IO, Self

from config.home import ROOT

# What drills/clockwork.py reads in the environment.
AHEAD, TICK = "AMPARO_DRILL_AHEAD", "AMPARO_DRILL_TICK"
START_SECONDS = 90.0
STOP_SECONDS = 20.0


class Hands:
    """So many worker nodes with so many processes each, and so many beats: a context that ends them all."""

    def __init__(
        self, home: Path, environment: dict[str, str], *, nodes: int, processes: int, beats: int, tick: float | None
    ) -> None:
        """Nothing runs yet. `environment` is added to ours; `tick` is the seconds between rings, None as usual."""
        self.home = home
        self.environment = {**os.environ, **environment}
        if tick is not None:
            self.environment[TICK] = str(tick)
        celery = [sys.executable, "-m", "celery", "-A", "drills.clockwork"]
        work = [
            "worker",
            "-Q",
            "reminders",
            "-c",
            str(processes),
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "WARNING",
        ]
        self._commands = {f"node{number}": [*celery, *work, "-n", f"node{number}@drill"] for number in range(nodes)}
        for number in range(beats):
            schedule = ["-s", str(home / f"beat{number}"), "--pidfile", "", "--loglevel", "WARNING"]
            self._commands[f"beat{number}"] = [*celery, "beat", *schedule]
        self.nodes, self.processes, self.beats = nodes, processes, beats
        self.kills = 0  # processes that do the work, and were killed
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._random = random.Random(5)

    def __enter__(self) -> Self:
        for name in self._commands:
            self._start(name)
        threading.Thread(target=self._mind, daemon=True).start()
        return self

    def wait_until_whole(self) -> None:
        """Until all worker processes are there. Raises RuntimeError when that takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while len(self.children()) < self.nodes * self.processes:
            if time.monotonic() > deadline:
                raise RuntimeError(f"the workers did not start: see {self.home / 'logs'}")
            time.sleep(0.2)

    def __exit__(self, *_: object) -> None:
        self._over.set()
        with self._lock:
            for process in self._running.values():
                process.terminate()
            deadline = time.monotonic() + STOP_SECONDS
            for process in self._running.values():
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.1, deadline - time.monotonic()))
                _end_group(process)
            self._running.clear()

    def _start(self, name: str) -> None:
        with self._log(name) as log:
            self._running[name] = subprocess.Popen(
                self._commands[name],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _log(self, name: str) -> IO[bytes]:
        return open(self.home / "logs" / f"{name}.log", "ab")

    def _mind(self) -> None:
        """Start again what has ended, as a supervisor does."""
        while not self._over.wait(0.5):
            with self._lock:
                ended = [name for name, process in self._running.items() if process.poll() is not None]
                for name in ended if not self._over.is_set() else []:
                    _end_group(self._running[name])
                    self._start(name)

    def children(self) -> list[int]:
        """The worker processes that do the work."""
        found: list[int] = []
        for name, process in list(self._running.items()):
            if name.startswith("node"):
                with contextlib.suppress(OSError):
                    listed = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
                    found += [int(pid) for pid in listed if _is_celery(int(pid))]
        return found

    def kill_one(self) -> None:
        """kill -9 of a worker process, or, once in four times, of a whole node as a machine would lose it."""
        with self._lock:
            children = self.children()
            if not children or self._random.random() < 0.25:
                name = self._random.choice([name for name in self._running if name.startswith("node")])
                _end_group(self._running[name])
                self.kills += self.processes
            else:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(self._random.choice(children), signal.SIGKILL)
                self.kills += 1


def _is_celery(pid: int) -> bool:
    try:
        return b"celery" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """kill -9 of a process that we started, with all that it forked: they are a session of their own."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
