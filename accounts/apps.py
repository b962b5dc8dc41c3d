from typing import Any

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.signals import connection_created
from django.utils.translation import gettext_lazy as _

from config.database.pool import insist_on_wall


class AccountsConfig(AppConfig):
    """Ties scopes to the connection and to signing in, and listens to what allauth says of sign-ins and factors."""

    default_auto_field = "django.db.models.BigAutoField"
    name = "accounts"
    verbose_name = _("Accounts")

    def ready(self) -> None:
        """Connect the signals."""
        from accounts.entrance import notices, sessions  # noqa: F401

        connection_created.connect(_connected, dispatch_uid="accounts.scope")
        user_logged_in.connect(_signed_in, dispatch_uid="accounts.scope")


def _connected(*, connection: Any, **_: Any) -> None:
    from accounts import scope

    if connection.alias == DEFAULT_DB_ALIAS:
        insist_on_wall(connection.connection)
        scope.tell_new_connection()


def _signed_in(*, user: Any, **_: Any) -> None:
    """The rest of the request that signed somebody in is theirs."""
    from accounts import scope

    if scope.current().request:
        scope.continue_as(user)
