"""An account, before anybody is signed in: the one place where a request without an organization finds a person."""

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.models import User


def account_of(email: str) -> User | None:
    """Who signs in with this address, whether or not they still may; None when nobody does."""
    found: User | None = User.objects.filter(email=User.objects.normalize_email(email)).first()
    return found


def account(pk: int) -> User | None:
    """The account with this key, if it may sign in."""
    found: User | None = User.objects.filter(pk=pk, is_active=True).first()
    return found


class PasswordBackend(ModelBackend):
    """E-mail and password. An unknown address costs the same statements and the same hashing as a known one."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: object
    ) -> User | None:
        """The account that address and password belong to; None for an unknown one, a wrong one, or who left."""
        if not username or not password:
            return None
        found = account_of(username)
        if found is None:
            User().set_password(password)
            return None
        return found if found.check_password(password) and self.user_can_authenticate(found) else None
