"""The virtual environment `.venv`, made from the hash-locked requirements by uv. Needs the standard library only."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from config.home import ROOT, disk_is_full

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RUN = ("requirements.txt", "requirements-embedded.txt")
DEVELOP = ("requirements-dev.txt",)  # holds all of RUN's


class InstallError(Exception):
    """The environment could not be made; the message says in one line what to do."""


def ensure(files: tuple[str, ...]) -> None:
    """Make `.venv` hold what the lock files say, unless it does already. Raises InstallError."""
    if sys.version_info < (3, 11):  # noqa: UP036 (an older Python gets this far, and must be told)
        raise InstallError(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}.")
    with _alone():
        if not any(_installed(lock) for lock in {files, DEVELOP}):
            _make_venv()
            _sync(files)
            _stamp(files).write_text(_digest(files))


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One process at a time; a lock file of requirements serves as the lock."""
    with open(ROOT / "requirements.txt") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _stamp(files: tuple[str, ...]) -> Path:
    return VENV / f".{Path(files[0]).stem}"


def _digest(files: tuple[str, ...]) -> str:
    """What the environment must be made of: the locks and this Python."""
    content = b"".join((ROOT / file).read_bytes() for file in files)
    return f"{hashlib.sha256(content).hexdigest()} {sys.version.split()[0]}"


def _installed(files: tuple[str, ...]) -> bool:
    stamp = _stamp(files)
    return PYTHON.exists() and stamp.exists() and stamp.read_text() == _digest(files)


def _make_venv() -> None:
    """Make `.venv` with pip, unless a working one is there."""
    _tell("Making .venv ...")
    for stamp in VENV.glob(".requirements*"):
        stamp.unlink()
    works = [str(PYTHON), "-c", f"import sys, pip; sys.exit(sys.version.split()[0] != {sys.version.split()[0]!r})"]
    if PYTHON.exists() and subprocess.run(works, capture_output=True, check=False).returncode == 0:
        return
    if importlib.util.find_spec("ensurepip") is None:
        raise InstallError("Python's venv module is missing: install it (on Debian: apt-get install python3-venv).")
    shutil.rmtree(VENV, ignore_errors=True)
    _do([sys.executable, "-m", "venv", str(VENV)], "The folder .venv could not be made")


def _sync(files: tuple[str, ...]) -> None:
    """Install the locked requirements: uv by pip, the rest by uv; every file is checked against its hash."""
    _tell("Installing the locked requirements ...")
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    _do([*pip, "-r", str(ROOT / "requirements-uv.txt")], "uv could not be installed")
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON)]
    if not os.access(os.path.expanduser("~"), os.W_OK):
        uv.append("--no-cache")
    locked = [part for file in files for part in ("-r", str(ROOT / file))]
    # uv is much the faster, but knows nothing of what pip is told on this machine: index, certificates, proxy.
    if _run([*uv, *locked]).returncode != 0:
        _tell("uv could not install them; trying pip, which takes a minute ...")
        _do([*pip, *locked], "The requirements could not be installed")


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


def _do(command: list[str], failure: str) -> None:
    """Run a step; when it fails say why in one line."""
    done = _run(command)
    if done.returncode == 0:
        return
    output = done.stdout + done.stderr
    if any(sign in output for sign in ("No space left", "quota exceeded")) or disk_is_full(
        VENV if VENV.exists() else ROOT
    ):
        raise InstallError(f"{failure}: the disk is full. Free some space and start again.")
    if any(sign in output for sign in ("Permission denied", "Read-only file system")):
        raise InstallError(f"{failure}: {ROOT} cannot be written. Work in a checkout of your own.")
    if "CERTIFICATE_VERIFY_FAILED" in output:
        raise InstallError(
            f"{failure}: the package index's certificate is not trusted here. Set PIP_CERT to a file of those that are."
        )
    if any(sign in output for sign in ("resolution", "onnect", "dns error", "No matching distribution", "timed out")):
        raise InstallError(f"{failure}: the package index was not reached. Check the network and start again.")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    raise InstallError(f"{failure}: {lines[-1] if lines else f'exit {done.returncode}'}")


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")
