"""Starts the web server and the workers of `./run`, waits until they answer, and watches over them."""

import contextlib
import fcntl
import http.client
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, Self

from config.addresses import broker_location
from config.embedded import Services, addresses
from config.home import ROOT, ServiceError
from config.install import PYTHON

ANSWER_SECONDS = 60.0
STOP_SECONDS = 15.0
RESTARTS = 5  # in RESTART_SECONDS; more, and something is wrong that a restart does not mend
RESTART_SECONDS = 120.0
LOG_BYTES = 10_000_000
_CELERY = (str(PYTHON), "-m", "celery", "-A", "config.celery", "worker")
_ALONE = ("--without-gossip", "--without-mingle")  # workers that need not know of each other


def port_is_free(port: int) -> bool:
    """Whether we can listen on the port of this machine. Raises ServiceError when listening is not allowed at all."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            raise ServiceError(
                f"Port {port} may not be used by you: choose one above 1023, such as --port 8000."
            ) from None
        except OSError:
            return False
    return True


class Supervisor:
    """The processes of one installation; a second supervisor on the same home is refused."""

    def __init__(
        self, home: Path, port: int, names: Sequence[str] = ("web server", "worker", "reminders worker")
    ) -> None:
        """Nothing is started yet. `names` says which of the three there will be."""
        self.home = home
        self.environment: dict[str, str] = {}
        self.port = port
        commands = {"web server": self._web(), "worker": self._worker(), "reminders worker": self._reminders()}
        self._commands = {name: commands[name] for name in names}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._restarts: list[float] = []
        self._lock: IO[str] | None = None

    def __enter__(self) -> Self:
        """Claim the home. Raises ServiceError when it is claimed."""
        self._lock = open(self.home / "run.lock", "w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise ServiceError(f"Amparo already runs from {self.home}: stop it first, or set AMPARO_HOME.") from None
        return self

    def __exit__(self, *_: object) -> None:
        """Let the home go."""
        assert self._lock is not None  # noqa: S101 (entered)
        self._lock.close()

    def _web(self) -> list[str]:
        scratch = ["--worker-tmp-dir", "/dev/shm"] if os.access("/dev/shm", os.W_OK) else []  # noqa: S108 (gunicorn's heartbeat)
        serve = [
            str(PYTHON),
            "-m",
            "gunicorn",
            "config.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--no-control-socket",
        ]
        return [*serve, "--preload", "--worker-class", "gthread", "--workers", "2", "--threads", "4", *scratch]

    def _worker(self) -> list[str]:
        beat = ["-B", "-s", str(self.home / "celerybeat-schedule")]
        return [*_CELERY, *beat, "-Q", "celery", "-n", "worker@%h", "-P", "threads", "-c", "4", *_ALONE]

    def _reminders(self) -> list[str]:
        """Reminders have a process of their own: no sheet, however long, stands before them or takes their time."""
        return [*_CELERY, "-Q", "reminders", "-n", "reminders@%h", "-P", "threads", "-c", "2", *_ALONE]

    def start(self, environment: dict[str, str]) -> None:
        """Start them and wait until they answer. Raises ServiceError."""
        self.environment = {"AMPARO_SITE": f"http://127.0.0.1:{self.port}", **environment}
        for name in self._commands:
            self._start(name)
        deadline = time.monotonic() + ANSWER_SECONDS
        for name in self._commands:
            while not self._answers(name):
                if self._processes[name].poll() is not None:
                    raise ServiceError(
                        f"The {name} did not start: {_last_line(self._log(name))} (all of it in {self._log(name)})"
                    )
                if time.monotonic() > deadline:
                    raise ServiceError(
                        f"The {name} did not answer in {ANSWER_SECONDS:.0f} seconds: see {self._log(name)}"
                    )
                time.sleep(0.1)

    def _start(self, name: str) -> None:
        # In a session of its own, so that Ctrl-C reaches us alone; ended with us even when we are killed.
        tether = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []
        log = self._log(name)
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.rename(log.with_suffix(".log.1"))
        with open(log, "ab") as out:
            self._processes[name] = subprocess.Popen(
                [*tether, *self._commands[name]],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def _log(self, name: str) -> Path:
        return self.home / "logs" / f"{name.split()[0]}.log"

    def _answers(self, name: str) -> bool:
        # A worker's node is called by the first word of its name.
        return self._web_answers() if name == "web server" else self._worker_answers(name.split()[0])

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def _worker_answers(self, node: str) -> bool:
        """Ask the worker of this name over the broker: that it runs does not mean that it listens."""
        from celery import Celery  # the bare library: our own application would load all of Django into this process

        redis = self.environment.get("REDIS_URL") or addresses(self.home).redis
        replies: list[Any] = []
        with contextlib.suppress(OSError):
            control = Celery(broker=broker_location(redis, 0)).control
            replies = control.ping(destination=[f"{node}@{socket.gethostname()}"], timeout=0.5, limit=1)
        return bool(replies)

    def pid(self, name: str) -> int:
        """The process of this name, which was started."""
        return self._processes[name].pid

    def watch(self, services: Services) -> int:
        """Start again, and say so, whatever ends by itself. Returns 1 when something will not stay up."""
        while True:
            time.sleep(0.5)
            for name, process in self._processes.items():
                if process.poll() is not None:
                    _tell(
                        f"The {name} ended by itself ({process.returncode}): see {self._log(name)}. Starting it again."
                    )
                    if not self._may_restart():
                        return 1
                    self._start(name)
            for service in services.parts:
                if service.pid() is None:
                    _tell(f"{service.name} ended by itself: see {service.log}. Starting it again.")
                    if not self._may_restart():
                        return 1
                    service.start()

    def _may_restart(self) -> bool:
        now = time.monotonic()
        self._restarts = [moment for moment in self._restarts if now - moment < RESTART_SECONDS] + [now]
        if len(self._restarts) > RESTARTS:
            _tell(f"That was {RESTARTS} times in {RESTART_SECONDS:.0f} seconds: stopping everything.")
            return False
        return True

    def stop(self) -> None:
        """End all, giving work that has begun some seconds to finish."""
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._processes.clear()


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
