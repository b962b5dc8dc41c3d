"""The embedded services: started once, shared, safe after a crash, reachable only by us."""

import os
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config import embedded
from config.addresses import database_settings
from config.embedded import PostgreSQL, Services, Valkey
from config.home import ServiceError, make_home, socket_folder


@pytest.fixture
def home() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="amparo-embedded-"))
    yield made
    shutil.rmtree(socket_folder(made), ignore_errors=True)
    shutil.rmtree(made)


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    """Services of a home of their own, up; stopped at the end whatever happened."""
    made = Services(home, throwaway=True)
    made.acquire()
    yield made
    made.release()
    for part in made.parts:
        part.stop()


def query(home: Path, statement: str, *, password: str | None = None) -> object:
    read = database_settings(embedded.addresses(home).owner)
    with psycopg.connect(
        host=read["HOST"], user=read["USER"], password=password or read["PASSWORD"], dbname=read["NAME"]
    ) as connection:
        cursor = connection.execute(statement)
        row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def test_both_answer_and_only_to_those_who_know_the_password(services: Services) -> None:
    home = services.home
    assert query(home, "SELECT current_user") == embedded.OWNER
    assert query(home, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert redis.Redis.from_url(embedded.addresses(home).redis).ping()
    with pytest.raises(psycopg.OperationalError, match="password"):
        query(home, "SELECT 1", password="wrong")
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(unix_socket_path=str(socket_folder(home) / "valkey.sock"), retry=Retry(NoBackoff(), 0)).ping()


def test_the_home_is_closed_to_others_and_secrets_are_not_on_a_command_line(services: Services) -> None:
    home = services.home
    assert stat.S_IMODE((home / "secrets").stat().st_mode) == 0o700
    assert stat.S_IMODE(socket_folder(home).stat().st_mode) == 0o700
    secrets = [file.read_text().strip() for file in (home / "secrets").iterdir()]
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in (home / "secrets").iterdir())
    for part in services.parts:
        command = Path(f"/proc/{part.pid()}/cmdline").read_text()
        assert not any(secret in command for secret in secrets)


def test_the_last_one_to_let_go_stops_them(services: Services) -> None:
    second = Services(services.home, throwaway=True)
    pids = [part.pid() for part in services.parts]
    second.acquire()
    assert [part.pid() for part in second.parts] == pids
    services.release()
    assert query(services.home, "SELECT 1") == 1
    second.release()
    assert [part.pid() for part in second.parts] == [None, None]


def test_data_outlive_a_stop_and_a_killed_postmaster(services: Services) -> None:
    home = services.home
    query(home, "CREATE TABLE kept AS SELECT 7 AS number")
    services.release()
    services.acquire()
    assert query(home, "SELECT number FROM kept") == 7
    (postgresql,) = [part for part in services.parts if isinstance(part, PostgreSQL)]
    pid = postgresql.pid()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    began = time.monotonic()
    while postgresql.pid() is not None:
        time.sleep(0.01)
    postgresql.start()
    assert query(home, "SELECT number FROM kept") == 7
    assert time.monotonic() - began < embedded.START_SECONDS + 5


def test_a_half_made_cluster_is_made_again(home: Path) -> None:
    make_home(home)
    (home / "postgresql").mkdir()
    (home / "postgresql" / "PG_VERSION").write_text("17\n")
    made = Services(home, throwaway=True)
    made.acquire()
    assert query(home, "SELECT 1") == 1
    made.release()


def test_a_home_with_a_long_path_has_its_sockets_in_a_private_folder(home: Path) -> None:
    deep = home / ("long" * 25)
    made = Services(deep, throwaway=True)
    made.acquire()
    try:
        folder = socket_folder(deep)
        assert not folder.is_relative_to(home)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert query(deep, "SELECT 1") == 1
    finally:
        made.release()
        shutil.rmtree(folder)


def test_a_socket_folder_of_somebody_else_is_refused(home: Path) -> None:
    deep = home / ("long" * 25)
    socket_folder(deep).symlink_to(home)
    try:
        with pytest.raises(ServiceError, match="belongs to somebody else"):
            make_home(deep)
    finally:
        socket_folder(deep).unlink()


def test_only_what_is_asked_for_is_started(home: Path) -> None:
    made = Services(home, throwaway=True, postgresql=False)
    made.acquire()
    assert [type(part) for part in made.parts] == [Valkey]
    assert not (home / "postgresql").exists()
    made.release()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another way to run PostgreSQL")
def test_root_without_user_namespaces_runs_it_as_nobody(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = home / "programs"
    programs.mkdir()
    refusing = programs / "unshare"
    refusing.write_text("#!/bin/sh\nexit 1\n")
    refusing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    closed = home / "closed"  # a folder that nobody may not pass through
    closed.mkdir(mode=0o700)
    installed = Path(embedded._pg("postgres")).parent.parent
    shutil.copytree(installed, closed / "pginstall")  # the programs as well may lie in such a folder
    monkeypatch.setattr(embedded, "_pg", lambda tool: str(closed / "pginstall" / "bin" / tool))
    made = Services(closed, throwaway=True)
    made.acquire()
    try:
        assert query(closed, "SELECT 1") == 1
        pid = next(part.pid() for part in made.parts if isinstance(part, PostgreSQL))
        assert Path(f"/proc/{pid}").stat().st_uid != 0
        assert (closed / "postgresql").stat().st_uid != 0
    finally:
        made.release()


def test_a_failure_is_told_in_one_line(home: Path) -> None:
    make_home(home)
    (home / "valkey").mkdir()
    (socket_folder(home) / "valkey.sock").mkdir()  # Valkey cannot put its socket here
    made = Services(home, throwaway=True, postgresql=False)
    with pytest.raises(ServiceError) as caught:
        made.acquire()
    assert "Valkey did not start" in str(caught.value)
    assert "\n" not in str(caught.value)
