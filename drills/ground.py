"""The ground of a drill: services, schema and web workers of its own, in the home that `./run drill` throws away."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

from config import embedded
from config.database.addresses import connect_as_owner
from config.embedded import PostgreSQL, Services, Valkey
from config.home import ROOT, ServiceError, home_folder, make_home
from config.supervisor import Supervisor

DRILL_DAY = "2018-12-10"


class Ground:
    """Used as a context: services up, schema made, Django ready; at the end all that was started is stopped."""

    def __init__(self, *, durable: bool = False) -> None:
        """With `durable` what PostgreSQL acknowledged outlives its crash, as in a real installation."""
        self.home: Path = home_folder()
        self.durable = durable
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        make_home(self.home)
        self.services = Services(self.home, throwaway=True, durable=self.durable)
        self.services.acquire()
        self._stack.callback(self.services.release)
        try:
            self._make_schema()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        from django.db import connections

        connections.close_all()
        self._stack.close()

    def _make_schema(self) -> None:
        """Migrations and static files, by a process of their own as `./run` does it; then Django in this one."""
        done = subprocess.run(
            [sys.executable, "-m", "config.prepare", "translations", "migrate", "static"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"the schema could not be made: {done.stderr[-2000:]}")
        os.environ.setdefault("AMPARO_TODAY", DRILL_DAY)
        import django

        connect_as_owner()  # a drill looks at everything; its web workers connect as in a real installation
        django.setup()

    @property
    def postgresql(self) -> PostgreSQL:
        """The database server."""
        return next(part for part in self.services.parts if isinstance(part, PostgreSQL))

    @property
    def valkey(self) -> Valkey:
        """The server of the queue and the cache."""
        return next(part for part in self.services.parts if isinstance(part, Valkey))

    def crash_postgresql(self) -> None:
        """End PostgreSQL as `pg_ctl -m immediate` does (SIGQUIT: every backend at once), and start it again."""
        pid = self.postgresql.pid()
        if pid is not None:
            os.kill(pid, signal.SIGQUIT)
            deadline = time.monotonic() + embedded.START_SECONDS
            while self.postgresql.pid() is not None and time.monotonic() < deadline:
                time.sleep(0.02)
        for _try in range(5):  # what it has to do again after a crash may take longer than a start
            with contextlib.suppress(ServiceError):
                self.postgresql.start()
                return
        self.postgresql.start()

    @contextlib.contextmanager
    def web(self) -> Iterator["Web"]:
        """Real web workers, as `./run` starts them, on a free port of the loopback address."""
        port = free_port()
        with Supervisor(self.home, port, names=("web server",)) as supervisor:
            environment = {**os.environ, "AMPARO_LOG_LEVEL": "INFO"}
            supervisor.start(environment)
            try:
                yield Web(port, supervisor)
            finally:
                supervisor.stop()


class Web:
    """The web workers of a ground."""

    def __init__(self, port: int, supervisor: Supervisor) -> None:
        self.port = port
        self._supervisor = supervisor

    def workers(self) -> list[int]:
        """The processes that answer; their master starts another for each that ends."""
        master = self._supervisor.pid("web server")
        listed = Path(f"/proc/{master}/task/{master}/children").read_text().split()
        return [int(pid) for pid in listed]

    def kill_worker(self) -> None:
        """kill -9 of the oldest worker, whatever it is doing."""
        workers = self.workers()
        if workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(workers[0], signal.SIGKILL)


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
