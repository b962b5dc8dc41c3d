"""What `./run` and `./test` do: starts on a bare Python, makes `.venv`, and goes on inside it."""

import argparse
import ast
import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # run as a file: modules are found from the checkout, not from this folder

from config import browser, embedded, install, prepare  # noqa: E402
from config.database.addresses import with_both_addresses  # noqa: E402
from config.home import (  # noqa: E402
    ServiceError,
    disk_is_full,
    explain_os_error,
    home_folder,
    keep_secret,
    make_home,
    readable_password,
    socket_folder,
)
from config.install import PYTHON, VENV, InstallError  # noqa: E402
from config.supervisor import Supervisor, port_is_free  # noqa: E402

DEMO_DAY = "2018-12-10"
# Tests and drills start hundreds of processes, each of which would compile every module anew.
_COMPILE_EACH_TIME = "PYTHONDONTWRITEBYTECODE"
DEMO_REFUSED = 2  # the exit status of `manage.py demo` on an installation that belongs to somebody
DEMO_USERS = [
    f"{role}@{place}.example"
    for place in ("demo", "other")
    for role in ("attorney", "paralegal", "supervisor", "administrator", "auditor", "volunteer")
]


class Stop(Exception):  # noqa: N818 (no error: somebody asked us to stop)
    """Somebody asked us to stop (SIGTERM, SIGHUP)."""


class StepError(Exception):
    """A step of the set-up failed; the message says in one line what happened and what to do."""


def tell(line: str) -> None:
    """Say something to the person who started us; the standard output is kept for a management command's own."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def main(arguments: list[str]) -> int:
    """Do what the first argument says: `run [OPTIONS]`, `run manage ARGS...`, `run drill ...` or `test [ARGS...]`."""
    verb, rest = arguments[0], arguments[1:]
    # A mistake, or --help, is answered before anything is made.
    if verb == "run" and rest[:1] == ["drill"] and not (rest[1:] and rest[1] in drills()):
        return _list_drills(rest[1:])
    if verb == "run" and rest[:1] not in (["manage"], ["drill"]):
        _run_options(rest)
    if Path(sys.prefix) != VENV:
        install.ensure(install.DEVELOP if verb == "test" or rest[:1] == ["drill"] else install.RUN)
        os.execv(PYTHON, [str(PYTHON), str(Path(__file__).resolve()), *arguments])  # noqa: S606
    if verb == "test":
        return test(rest)
    if rest[:1] == ["manage"]:
        return manage(rest[1:])
    if rest[:1] == ["drill"]:
        return drill(rest[1], rest[2:])
    return run(_run_options(rest))


def _run_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run", description="Start Amparo on this machine; Ctrl-C stops it.")
    parser.add_argument("--port", type=int, default=8000, help="the port on 127.0.0.1 (8000)")
    parser.add_argument("--no-demo", action="store_true", help="start with an empty record, on today's day")
    parser.epilog = (
        "./run manage ARGS... runs one management command on the same data; ./run drill tries what must hold on "
        "throw-away data."
    )
    options = parser.parse_args(arguments)
    if not 0 < options.port < 65536:
        parser.error("--port takes a number from 1 to 65535")
    return options


# --- ./run ---


def run(options: argparse.Namespace) -> int:
    """Start everything, say where it is, and watch over it until somebody stops us."""
    home = home_folder()
    make_home(home)
    if not port_is_free(options.port):
        raise StepError(
            f"Port {options.port} is taken: stop what uses it, or choose another, such as --port {options.port + 1}."
        )
    with Supervisor(home, options.port) as supervisor:
        services = embedded.services_wanted(home)
        services.acquire()
        try:
            _prepare(home, _environment(home, demo=False))
            demo = _demo_wanted(home, options.no_demo) and _demo_loaded(home)
            environment = _environment(home, demo)
            environment.pop("DATABASE_OWNER_URL", None)  # web and worker have no use for the owner's password
            supervisor.start(environment)
            _greet(home, options.port, demo)
            return supervisor.watch(services)
        finally:
            supervisor.stop()
            services.release()


def _demo_wanted(home: Path, without: bool) -> bool:
    """The first start of a home settles whether it is a demo; real data never meets made-up families or a fixed day."""
    kind = home / "kind"
    if not kind.exists():
        kind.write_text("empty\n" if without else "demo\n")
    is_demo = kind.read_text().strip() == "demo"
    if not is_demo and not without:
        tell(f"{home} was set up without the demo and stays so. For the demo set AMPARO_HOME to another folder.")
    return is_demo and not without


def _environment(home: Path, demo: bool) -> dict[str, str]:
    """What every process of this installation is told."""
    environment = {**with_both_addresses(dict(os.environ), home), "AMPARO_HOME": str(home)}
    environment.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
    if demo:
        environment.setdefault("AMPARO_TODAY", DEMO_DAY)
    # Made-up families alone may be seen without a second factor, whatever the shell says.
    environment["AMPARO_SECOND_FACTOR"] = "optional" if demo else "required"
    return environment


def _prepare(home: Path, environment: dict[str, str], steps: tuple[str, ...] = prepare.STEPS) -> None:
    """Bring translations, database and static files up to date with the code, as far as they are not."""
    due = prepare.due(home, steps)
    if due:
        tell(
            "Preparing the "
            + ", ".join({"migrate": "database", "static": "static files"}.get(step, step) for step in due)
            + " ..."
        )
        _step([str(PYTHON), "-m", "config.prepare", *due], home, environment, "The set-up failed")
        prepare.mark(home, due)


def _demo_loaded(home: Path) -> bool:
    """Load the demo once, and again for another password. False when the installation is somebody's own."""
    asked = os.environ.get("AMPARO_DEMO_PASSWORD")
    loaded = home / "demo-loaded"
    if asked and loaded.exists() and keep_secret(home, "demo-password", asked) != asked:
        (home / "secrets" / "demo-password").unlink()
        loaded.unlink()
    password = keep_secret(home, "demo-password", asked or readable_password())
    if not loaded.exists():
        tell("Loading the demo ...")
        environment = {**_environment(home, demo=True), "AMPARO_DEMO_PASSWORD": password}
        failure = "The demo could not be loaded"
        status = _step([str(PYTHON), str(ROOT / "manage.py"), "demo"], home, environment, failure, (0, DEMO_REFUSED))
        if status == DEMO_REFUSED:
            (home / "kind").write_text("empty\n")
            tell(f"{_last_line(home)} Going on without it.")
            return False
        loaded.touch()
    return True


def _step(
    command: list[str], home: Path, environment: dict[str, str], failure: str, expected: tuple[int, ...] = (0,)
) -> int:
    """Run one step of the set-up quietly; when it fails say why in one line. All it wrote is in setup.log."""
    log = home / "logs" / "setup.log"
    with open(log, "w") as out:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False
        )
    if done.returncode not in expected and disk_is_full(home):
        raise StepError(f"{failure}: {explain_os_error(OSError(errno.ENOSPC, ''), home)}")
    if done.returncode not in expected:
        raise StepError(f"{failure}: {_last_line(home)} (all of it in {log})")
    return done.returncode


def _last_line(home: Path) -> str:
    """The last thing that a step of the set-up said."""
    lines = (home / "logs" / "setup.log").read_text(errors="replace").splitlines()
    return next((line.strip() for line in reversed(lines) if line.strip()), "no reason given")


def _greet(home: Path, port: int, demo: bool) -> None:
    tell("")
    tell(f"Amparo answers at http://127.0.0.1:{port}")
    if demo:
        tell(f"It lives on {DEMO_DAY}, with made-up families. Sign in as one of")
        tell("".join(f"\n    {user}" for user in DEMO_USERS)[1:])
        tell(f"with the password {(home / 'secrets' / 'demo-password').read_text().strip()}")
    if not os.environ.get("AMPARO_MAIL"):
        tell(f"Mail it would send is in {home / 'mail'}.")
    tell(f"Logs are in {home / 'logs'}. Ctrl-C stops it.")


# --- ./run manage ---


def manage(arguments: list[str]) -> int:
    """Run one management command on this home's data, starting the services if needed; its exit status is ours."""
    home = home_folder()
    make_home(home)
    is_demo = (home / "demo-loaded").exists()
    services = embedded.services_wanted(home)
    services.acquire()
    try:
        environment = _environment(home, is_demo)
        if arguments[:1] in (["migrate"], ["flush"], ["dbshell"]):
            prepare.forget(home)
        else:
            _prepare(home, environment, ("translations", "migrate"))
        return _pass_through([str(PYTHON), str(ROOT / "manage.py"), *arguments], environment)
    finally:
        services.release()


def _pass_through(command: list[str], environment: dict[str, str], folder: Path | None = None) -> int:
    """Run a command in our place: same input and output, same folder if none is given; what stops us stops it."""
    process = subprocess.Popen(command, env=environment, cwd=folder)

    def forward(number: int, _: FrameType | None) -> None:
        # The terminal sends Ctrl-C to both of us; anything else reaches only us.
        if number != signal.SIGINT:
            process.send_signal(number)

    before = {number: signal.signal(number, forward) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        status = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return status if status >= 0 else 128 - status


# --- ./run drill ---


def drills() -> dict[str, str]:
    """The drills by name, each with what its module says of it in one line."""
    found = {}
    for file in sorted((ROOT / "drills").glob("*.py")):
        tree = ast.parse(file.read_text())
        if any(isinstance(part, ast.FunctionDef) and part.name == "main" for part in tree.body):
            found[file.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def _list_drills(arguments: list[str]) -> int:
    """Say which drills there are; the exit status: 2 when one was asked for that there is not."""
    tell("usage: ./run drill NAME [--small] [--json], where NAME is one of\n")
    for name, what in drills().items():
        tell(f"    {name:12}{what}")
    return 0 if not arguments or arguments[0] in ("-h", "--help") else 2


def drill(name: str, arguments: list[str]) -> int:
    """Run a drill in a home of its own, which is thrown away; nothing of this installation reaches it."""
    ours = ("AMPARO_", "DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    environment = {key: value for key, value in os.environ.items() if not key.startswith(ours)}
    home = Path(tempfile.mkdtemp(prefix="amparo-drill-"))
    environment |= {"AMPARO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "config.settings.base"}
    environment.pop(_COMPILE_EACH_TIME, None)
    try:
        make_home(home)
        return _pass_through([str(PYTHON), "-m", "drills", name, *arguments], environment, ROOT)
    finally:
        shutil.rmtree(socket_folder(home), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


# --- ./test ---


def test(arguments: list[str]) -> int:
    """All tests, among them lint and types; with arguments pytest with these."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.test", "PYTHONUNBUFFERED": "1"}
    environment.pop(_COMPILE_EACH_TIME, None)
    _ensure_browser()
    pytest = [str(PYTHON), "-m", "pytest", *(arguments or ["-n", "2", "--dist", "worksteal"])]
    return _pass_through(pytest, environment, ROOT)


def _ensure_browser() -> None:
    """Install what the browser tests need of Debian when it is missing and we may."""
    if browser.path() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    tell("Installing Chromium for the browser tests ...")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "-y", "--no-install-recommends", *browser.PACKAGES]):
        subprocess.run(
            ["apt-get", "-qq", *command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False
        )


def _stop(number: int, _: FrameType | None) -> NoReturn:
    raise Stop


if __name__ == "__main__":
    for asked in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(asked, _stop)
    try:
        status = main(sys.argv[1:])
    except (ServiceError, InstallError, StepError) as error:
        tell(str(error))
        status = 1
    except (KeyboardInterrupt, Stop):
        tell("Stopped.")
        status = 130
    sys.exit(status)
