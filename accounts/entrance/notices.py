"""Whoever's way of signing in was changed learns of it by mail: perhaps it was not they."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import User


@receiver([password_changed, password_reset, authenticator_added, authenticator_removed, authenticator_reset])
def _tell(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """Ring for the mail."""
    from accounts.tasks import ring, send_notice

    ring(send_notice, user.pk, request.build_absolute_uri("/"))
