"""As whom a process connects to PostgreSQL: needs the standard library only, for the launcher reads it as well.

The *owner* makes the tables and sees every organization; migrations and management commands connect as it. The
*application role* owns nothing, and sees only the organization that is set (accounts/scope.py); web, worker and beat
connect as it. A process is the owner's only when it says so itself, as `manage.py` does.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from config import embedded
from config.home import secret

APPLICATION = embedded.APPLICATION
_as_owner = False  # not in the environment, which the web server and the worker would inherit


@dataclass(frozen=True)
class Login:
    """A role that may sign in to PostgreSQL."""

    role: str
    password: str


def connect_as_owner() -> None:
    """Called before the settings are read: this process makes tables or works for the installation as a whole."""
    global _as_owner
    _as_owner = True


def is_owner_process() -> bool:
    """Whether this process connects as the owner."""
    return _as_owner


def database_url(home: Path) -> str:
    """Where this process finds the database: DATABASE_OWNER_URL or DATABASE_URL, else the embedded one of the home."""
    given = os.environ.get("DATABASE_URL")
    if is_owner_process():
        return os.environ.get("DATABASE_OWNER_URL") or given or embedded.addresses(home).owner
    return given or embedded.addresses(home).application


def application_login() -> Login | None:
    """The application role as DATABASE_URL names it beside DATABASE_OWNER_URL.

    None without both: the embedded server is given its roles when it is started (config/embedded.py).
    """
    if not (os.environ.get("DATABASE_URL") and os.environ.get("DATABASE_OWNER_URL")):
        return None
    parts = urlsplit(os.environ["DATABASE_URL"])
    return Login(unquote(parts.username or ""), unquote(parts.password or ""))


def with_both_addresses(environment: dict[str, str], home: Path) -> dict[str, str]:
    """The environment with DATABASE_URL as the application's address, where only the owner's was given.

    `./run` on a server of somebody's own is told one address; the application role's password is a secret of the home.
    """
    owner = environment.get("DATABASE_URL", "")
    if not owner or environment.get("DATABASE_OWNER_URL"):
        return environment
    parts = urlsplit(owner)
    place = parts.netloc.rpartition("@")[2]
    login = f"{APPLICATION}:{quote(secret(home, 'postgresql-application'), safe='')}"
    application = parts._replace(netloc=f"{login}@{place}").geturl()
    return {**environment, "DATABASE_URL": application, "DATABASE_OWNER_URL": owner}
