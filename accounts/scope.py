"""For which organization, for whom and in which request PostgreSQL is asked: the session variables of the policies.

Row-level security shows rows of the organization that `app.organization` names, and none without it; the audit signs
with `app.actor` and `app.request`. Every request has its scope from `accounts/middleware.py`; tasks and commands open
theirs. A scope is a matter of this thread and its connection, which is told at once, or as soon as there is one: also
one made anew in the midst of a scope, after a restart of PostgreSQL, is told.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, connection
from psycopg.pq import TransactionStatus

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Scope:
    """What the connection is told. `role` is the one that is acted as; "none" stands for the one that connected."""

    organization_id: int | None = None
    actor_id: int | None = None
    request: str = ""
    role: str = "none"


_NOBODY = Scope()
_current: ContextVar[Scope] = ContextVar("amparo_scope", default=_NOBODY)

_TELL = (
    "SELECT set_config('app.organization', coalesce(%s::text, ''), false), "
    "set_config('app.actor', coalesce(%s::text, ''), false), "
    "set_config('app.request', %s, false), set_config('role', %s, false)"
)
# OFFSET 0 keeps PostgreSQL from asking for the place more than once.
_TELL_ACCOUNT = (
    "SELECT place, set_config('app.organization', coalesce(place::text, ''), false), "
    "set_config('app.actor', CASE WHEN place IS NULL THEN '' ELSE account::text END, false), "
    "set_config('app.request', %s, false), set_config('role', %s, false) "
    "FROM (SELECT account, account_place(account) AS place FROM (SELECT %s::bigint AS account) AS given OFFSET 0) "
    "AS found"
)


def current() -> Scope:
    """The scope of this moment; one without organization, actor and request outside of all scopes."""
    return _current.get()


@contextmanager
def scope(*, organization_id: int | None, actor_id: int | None, request: str = "") -> Iterator[None]:
    """Ask and write for this organization and person within the block; afterwards all is as it was before.

    Scopes nest, inside and outside of transactions. Without a name of its own the request is that of the scope around.
    """
    now = _current.get()
    with resume(replace(now, organization_id=organization_id, actor_id=actor_id, request=request or now.request)):
        yield


@contextmanager
def acting_for(actor: "User") -> Iterator[None]:
    """The scope of this person, in their organization."""
    with scope(organization_id=actor.organization_id, actor_id=actor.pk):
        yield


@contextmanager
def application(*, account_id: int | None = None, request: str = "") -> Iterator[None]:
    """Around a request or a task: the application at work for nobody, or for the account of a session.

    An account that may not sign in (any more) is nobody. Where the connection is the owner's, in tests, the block acts
    as the application role.
    """
    nobody = Scope(request=request, role=settings.AMPARO_DATABASE_ROLE or "none")
    with _ending_at(_current.get()):
        if account_id is None:
            _become(nobody)
        else:
            connection.ensure_connection()
            [place, *_] = _ask(_TELL_ACCOUNT, [nobody.request, nobody.role, account_id])
            _current.set(nobody if place is None else replace(nobody, organization_id=place, actor_id=account_id))
        yield


@contextmanager
def resume(found: Scope) -> Iterator[None]:
    """A scope that held before (`current()`), again: for what a request leaves to be done when it is over."""
    with _ending_at(_current.get()):
        _become(found)
        yield


def continue_as(actor: "User") -> None:
    """The rest of the scope around is this person's: for entrances that learn only on the way who comes in.

    Raises RuntimeError outside of all scopes, where nothing would ever end it.
    """
    around = _current.get()
    if around == _NOBODY:
        raise RuntimeError("continue_as goes on with a scope: open one first.")
    _become(replace(around, organization_id=actor.organization_id, actor_id=actor.pk))


def continue_in(organization_id: int) -> None:
    """The rest of the scope around is this organization's, with nobody acting. Without a scope around it does nothing:
    then the connection is the owner's."""
    around = _current.get()
    if around != _NOBODY:
        _become(replace(around, organization_id=organization_id, actor_id=None))


def organization_ids() -> list[int]:
    """The keys of all organizations, for work that opens the scope of one after another."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM organization_keys()")
        return [key for (key,) in cursor]


def account_by_email(email: str) -> tuple[int, int] | None:
    """The key and the organization of the account with this address, whether it may sign in or not; else None.

    For the pages of somebody who has not signed in: they open the scope with it, and then look for themselves.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, organization FROM account_by_email(%s)", [email])
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def invitation_place(hashed: str) -> tuple[int, int] | None:
    """The key and the organization of the invitation whose link has this hash, whether it still works or not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT invitation, organization FROM invitation_place(%s)", [hashed])
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def feed_place(hashed: str) -> tuple[int, int] | None:
    """The key and the organization of the calendar address whose secret has this hash, while it works."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed, organization FROM feed_place(%s)", [hashed])
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def tell_new_connection() -> None:
    """Called when a connection has been made: one made within a scope must know of it."""
    if _current.get() != _NOBODY:
        _tell(_current.get())


@contextmanager
def _ending_at(around: Scope) -> Iterator[None]:
    """Whatever scopes were begun in the block, and however it ends: afterwards this one holds."""
    try:
        yield
    finally:
        _current.set(around)
        _return_to(around)


def _become(wanted: Scope) -> None:
    _current.set(wanted)
    if connection.connection is not None:
        _tell(wanted)


def _return_to(around: Scope) -> None:
    """Tell the connection what it was told before. Never raises: the error that ended the block is the one to see."""
    raw = connection.connection
    if raw is None:
        return
    if raw.info.transaction_status == TransactionStatus.INERROR and connection.in_atomic_block:
        return  # the rollback that must come also takes the variables back
    try:
        _tell(around)
    except DatabaseError:
        connection.close()  # a connection that could not be told carries nothing on


def _tell(wanted: Scope) -> None:
    _ask(_TELL, [wanted.organization_id, wanted.actor_id, wanted.request, wanted.role])


def _ask(statement: str, values: Sequence[Any]) -> Sequence[Any]:
    """One round trip past Django's cursor, which refuses all statements in a transaction that is to be rolled back."""
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(statement, values)
        row: Sequence[Any] = cursor.fetchone()
    return row
