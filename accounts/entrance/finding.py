"""An account, before anybody is signed in: the one place where a request without an organization finds a person.

PostgreSQL shows such a request nobody; through its doors (config/database/functions.sql) it learns the key and the
organization of one account, and looks within that scope. Who is not found costs the same statements as who is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.backends import BaseBackend
from django.db import connection
from django.http import HttpRequest

from accounts.models import User
from accounts.scope import account_by_email, scope

_NOBODY = 0


def account_of(email: str) -> User | None:
    """Who signs in with this address, whether or not they still may; None when nobody does."""
    with _in_scope_of(email) as found:
        return found


def place_of(pk: int) -> int | None:
    """The organization of the account with this key, if it may sign in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_place(%s::bigint)", [pk])
        [place] = cursor.fetchone()
    return int(place) if place is not None else None


def account(pk: int) -> User | None:
    """The account with this key, if it may sign in."""
    if not 0 < pk < 2**63:
        return None
    with scope(organization_id=place_of(pk), actor_id=None):
        found: User | None = User.objects.select_related("organization").filter(pk=pk, is_active=True).first()
        return found


@contextmanager
def _in_scope_of(email: str) -> Iterator[User | None]:
    """The account of this address, within its organization's scope."""
    pk, place = account_by_email(User.objects.normalize_email(email)) or (_NOBODY, None)
    with scope(organization_id=place, actor_id=None):
        yield User.objects.filter(pk=pk).first()


class PasswordBackend(BaseBackend):
    """E-mail and password. An unknown address costs the same statements and the same hashing as a known one."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: object
    ) -> User | None:
        """The account that address and password belong to; None for an unknown one, a wrong one, or who left."""
        if not username or not password:
            return None
        with _in_scope_of(username) as found:
            if found is None:
                User().set_password(password)
                return None
            return found if found.check_password(password) and found.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, within its scope; None for one who may not sign in any more."""
        user: User | None = User.objects.select_related("organization").filter(pk=user_id, is_active=True).first()
        return user
