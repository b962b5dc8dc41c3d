"""Browsers in which an account has signed in before: their mistakes are counted apart from a stranger's.

The cookie lets nobody in and replaces no factor. It is only good for its own account, and, since the password's hash
goes into its mark, only until the password changes.
"""

import re
import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User

_KEPT = 5  # accounts that one shared browser remembers
_SHAPE = re.compile(r"[0-9a-f]{32}-[0-9a-f]{64}")


def known_device(request: HttpRequest, user: User | None) -> str | None:
    """The name of this browser among those that the account knows; None for a strange browser or no account."""
    if user is None:
        return None
    for name, mark in _entries(request):
        if constant_time_compare(mark, _mark(user, name)):
            return name
    return None


def remember_device(request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """Have this browser be one that the account knows; call it when somebody has come in with all they need."""
    if known_device(request, user) is not None:
        return
    name = secrets.token_hex(16)
    entries = [(name, _mark(user, name)), *_entries(request)][:_KEPT]
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        ".".join("-".join(entry) for entry in entries),
        max_age=180 * 24 * 60 * 60,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _entries(request: HttpRequest) -> list[tuple[str, str]]:
    """What the cookie says, as far as it has the shape of ours."""
    parts = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "").split(".")[:_KEPT]
    return [(part[:32], part[33:]) for part in parts if _SHAPE.fullmatch(part)]


def _mark(user: User, name: str) -> str:
    secret = f"{user.pk}:{name}:{user.get_session_auth_hash()}"
    return salted_hmac("accounts.devices", secret, algorithm="sha256").hexdigest()
