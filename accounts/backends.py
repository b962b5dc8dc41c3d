"""How an account is found by somebody who has not signed in yet, and so sees nobody."""

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest

from accounts.models import User
from accounts.scope import account_by_email, scope


class ScopedBackend(BaseBackend):
    """E-mail and password, looked at in the scope of the account that the typed address names."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The person, when address and password go together and they may sign in."""
        if username is None or password is None:
            return None
        found = account_by_email(username)
        if found is None:
            make_password(password)  # takes the time that a look at a password takes
            return None
        account_id, organization_id = found
        with scope(organization_id=organization_id, actor_id=None):
            user = User.objects.get(pk=account_id)
            return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, within its scope; None for one who may not sign in any more."""
        user: User | None = User.objects.filter(pk=user_id, is_active=True).first()
        return user
