"""`./run` from outside, as a person starts it: on a home of its own, with the real web server, worker and services."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.home import ROOT

RUN = str(ROOT / "run")


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="amparo-run-"))
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def environment(home: Path) -> dict[str, str]:
    """What a person's shell would hand to `./run`: none of the settings of this test run."""
    ours = ("AMPARO_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "PYTEST")
    clean = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    return {**clean, "AMPARO_HOME": str(home)}


def manage(
    environment: dict[str, str], *arguments: str, cwd: Path | None = None, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    command = [RUN, "manage", *arguments]
    return subprocess.run(command, env=environment, cwd=cwd, input=typed, capture_output=True, text=True, check=False)


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {what}"
        time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")


def processes_of(home: Path) -> list[int]:
    """Every process that knows the home from its command or its environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            told = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if os.fsencode(home) in told and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def test_a_management_command_on_a_new_home(environment: dict[str, str], home: Path, tmp_path: Path) -> None:
    """The database is ready; output, input, folder and exit status are the command's own; nothing is left running."""
    code = "import os, sys; print(os.getcwd(), sys.stdin.read()); sys.exit(7)"
    done = manage(environment, "shell", "-v", "0", "-c", code, cwd=tmp_path, typed="typed")
    assert (done.stdout, done.returncode) == (f"{tmp_path} typed\n", 7), done.stderr
    count = "from families.models import Family; print(Family.objects.count())"
    assert manage(environment, "shell", "-v", "0", "-c", count).stdout == "0\n"
    assert processes_of(home) == []


def test_start_watch_and_stop(environment: dict[str, str], home: Path) -> None:
    port = free_port()
    started = subprocess.Popen(
        [RUN, "--no-demo", "--port", str(port)], env=environment, stderr=subprocess.PIPE, text=True
    )
    assert started.stderr is not None
    try:
        said = ""
        while "Ctrl-C" not in said:
            line = started.stderr.readline()
            assert line, f"it ended early: {said}"
            said += line
        assert f"http://127.0.0.1:{port}" in said
        assert "@demo.example" not in said
        assert status(port) == 200

        # A management command uses the services that are up and leaves them up; its task reaches the worker.
        send = "from settlement.tasks import renew_day; print(renew_day.delay().id)"
        task = manage(environment, "shell", "-v", "0", "-c", send).stdout.strip()
        worker_log = home / "logs" / "worker.log"
        wait_for(lambda: f"[{task}] succeeded" in worker_log.read_text(), "the worker to do a task")
        assert status(port) == 200

        # Reminders wait for nothing that the other worker does: here it does nothing at all.
        (worker,) = [child for child in children(started.pid) if "worker@" in command_of(child)]
        os.kill(worker, signal.SIGSTOP)
        try:
            send = "from deadlines.tasks import sweep; print(sweep.delay().id)"
            task = manage(environment, "shell", "-v", "0", "-c", send).stdout.strip()
            reminders_log = home / "logs" / "reminders.log"
            wait_for(lambda: f"[{task}] succeeded" in reminders_log.read_text(), "the sweep of the reminders")
        finally:
            os.kill(worker, signal.SIGCONT)

        # A second start is refused, in one line.
        for arguments in (["--port", str(port)], ["--port", str(free_port())]):
            second = subprocess.run([RUN, *arguments], env=environment, capture_output=True, text=True, check=False)
            assert second.returncode == 1
            assert len(second.stderr.strip().splitlines()) == 1, second.stderr

        # What ends by itself is reported and started again.
        (web,) = [child for child in children(started.pid) if "gunicorn" in command_of(child)]
        os.kill(web, signal.SIGKILL)
        assert "web server ended by itself" in started.stderr.readline()
        wait_for(lambda: status(port) == 200, "the web server")
        (postmaster,) = [child for child in children(started.pid) if "bin/postgres" in command_of(child)]
        os.kill(postmaster, signal.SIGKILL)
        assert "PostgreSQL ended by itself" in started.stderr.readline()
        wait_for(lambda: status(port) == 200, "PostgreSQL")
    finally:
        started.send_signal(signal.SIGTERM)
        started.wait(30)
        started.stderr.close()
    wait_for(lambda: processes_of(home) == [], "everything to stop", 10)
    assert status(port) == 0


def test_mistakes_on_the_command_line_change_nothing(environment: dict[str, str], tmp_path: Path) -> None:
    elsewhere = {**environment, "AMPARO_HOME": str(tmp_path / "home")}
    for arguments in (["--port", "0"], ["--port", "x"], ["--nonsense"], ["surplus"]):
        done = subprocess.run([RUN, *arguments], env=elsewhere, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "usage" in done.stderr
    assert not (tmp_path / "home").exists()


def test_the_drills_are_listed_and_one_that_there_is_not_is_refused(environment: dict[str, str]) -> None:
    listed = subprocess.run([RUN, "drill"], env=environment, capture_output=True, text=True, check=False)
    assert (listed.returncode, listed.stdout) == (0, "")
    assert "conflicts" in listed.stderr
    for name in ("nonsense", "ground", "../config/launch", "--small"):
        done = subprocess.run([RUN, "drill", name], env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "usage" in done.stderr


def test_a_home_that_cannot_be_made_is_told_in_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    done = subprocess.run(
        [RUN, "--no-demo"],
        env={**environment, "AMPARO_HOME": str(tmp_path / "file" / "home")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert str(tmp_path) in done.stderr
