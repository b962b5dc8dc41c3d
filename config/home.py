"""AMPARO_HOME: the one folder of all state of an installation on one machine (services' data, secrets, logs)."""

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import stat
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POSTGRESQL_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 107  # what Linux allows for the path of a unix socket


class ServiceError(Exception):
    """A service could not be started; the message says in one line what happened and what to do."""


def home_folder() -> Path:
    """The folder of all state: AMPARO_HOME, else `var/` in the checkout."""
    return Path(os.environ.get("AMPARO_HOME") or ROOT / "var").absolute()


def socket_folder(home: Path) -> Path:
    """Where the sockets lie: in the home, or, when its path is too long for that, in a private folder below /tmp."""
    inside = home / "sockets"
    if len(os.fsencode(inside / POSTGRESQL_SOCKET)) + len(".lock") <= _SOCKET_PATH_BYTES:
        return inside
    name = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    return Path("/tmp") / f"amparo-{os.geteuid()}-{name}"  # noqa: S108 (made private, or refused)


def secret(home: Path, name: str) -> str:
    """A secret of this home; a passing one when the home has none yet."""
    try:
        return (home / "secrets" / name).read_text().strip()
    except (FileNotFoundError, NotADirectoryError):
        return secrets.token_urlsafe(48)


def keep_secret(home: Path, name: str, value: str | None = None) -> str:
    """A secret of this home, made and kept (readable by its owner alone) when there is none yet."""
    file = home / "secrets" / name
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        passing = file.with_suffix(".new")
        passing.unlink(missing_ok=True)
        with open(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write((value or secrets.token_urlsafe(48)) + "\n")
        passing.rename(file)
    return file.read_text().strip()


def readable_password() -> str:
    """A random password that is easy to type: four groups of five letters and digits, none of them alike."""
    signs = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(signs) for _ in range(5)) for _ in range(4))


def make_home(home: Path) -> None:
    """Make the home with its folders and secrets, closed to others. Raises ServiceError when that cannot be."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("logs", "mail", "secrets"):
            (home / name).mkdir(mode=0o700, exist_ok=True)
        for name in ("secret-key", "postgresql-superuser", "postgresql-owner", "postgresql-application", "valkey"):
            keep_secret(home, name)
        _make_private(socket_folder(home))
    except OSError as error:
        raise ServiceError(explain_os_error(error, home)) from error


def _make_private(folder: Path) -> None:
    """Make a folder for ourselves alone, and refuse one that somebody else put there."""
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise ServiceError(f"{folder} belongs to somebody else: remove it, or set AMPARO_HOME to another folder.")
    folder.chmod(0o700)


def disk_is_full(place: Path) -> bool:
    """Whether so little space is left that a failure is likely for want of it: a program seldom says so itself."""
    return shutil.disk_usage(place).free < 1_000_000


def explain_os_error(error: OSError, place: Path) -> str:
    """One line for what the operating system refused."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full: free some space for {place}, or set AMPARO_HOME to a folder on another disk."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"{error.filename or place} cannot be written: set AMPARO_HOME to a folder of your own."
    return f"{error.filename or place}: {error.strerror}."
