"""How long a session lasts, and which ones a person has."""

import time
from importlib import import_module
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.signals import authentication_step_completed, password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_used
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import SESSION_KEY, user_logged_in
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User

BEGAN, SEEN, FRESH, FACTOR = "began", "seen", "fresh", "second_factor"
_SEEN_EVERY = 60  # seconds: each page need not write that somebody is there


def is_over(session: SessionBase) -> bool:
    """Whether somebody's session has lasted too long, or nobody has been there for too long."""
    now = time.time()
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:
        return True
    return bool(now - began >= settings.SESSION_COOKIE_AGE or now - seen >= settings.SESSION_IDLE_AGE)


def note_presence(session: SessionBase) -> None:
    """Somebody is there; written once a minute."""
    if time.time() - session[SEEN] >= _SEEN_EVERY:
        session[SEEN] = time.time()
        UserSession.objects.filter(session_key=session.session_key).update(last_seen_at=timezone.now())


def has_factor(request: HttpRequest, user: User) -> bool:
    """Whether this person has given a second factor in this session, not only a password."""
    return any(record.get("method") == "mfa" for record in get_authentication_records(request, user))


def sessions_end(*, user: User, but: str | None = None) -> int:
    """End this person's sessions on the server, all but the one with this key; gives how many were known."""
    rows = UserSession.objects.filter(user_id=user.pk).exclude(session_key=but or "")
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    keys = list(rows.values_list("session_key", flat=True))
    for key in keys:
        store.delete(key)
    rows.delete()
    return len(keys)


def second_factor_remove(*, user: User) -> None:
    """Take off every factor of this person and end their sessions. Whoever asks for it knows them, and looked twice."""
    with transaction.atomic():
        Authenticator.objects.filter(user_id=user.pk).delete()
        sessions_end(user=user)


@receiver(user_logged_in)
def _begin(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """Somebody has signed in: from now on the clock runs."""
    request.session[BEGAN] = request.session[SEEN] = request.session[FRESH] = time.time()


@receiver(authentication_step_completed)
def _freshen(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """Somebody who is signed in has been asked again."""
    if more.get("reauthenticated") and request.session.get(SESSION_KEY) == str(user.pk):
        request.session[FRESH] = time.time()


@receiver([authenticator_added, authenticator_used])
def _give_factor(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **more: Any) -> None:
    """Who sets up a factor in a session, or gives it when asked again, has it there."""
    given = authenticator.type != Authenticator.Type.RECOVERY_CODES or more.get("reauthenticated")
    if given and request.session.get(SESSION_KEY) == str(user.pk):
        request.session[FACTOR] = True


@receiver(authenticator_removed)
def _take_factor(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """A factor is gone: sessions elsewhere may have come in by it."""
    sessions_end(user=user, but=request.session.session_key)
    if not Authenticator.objects.filter(user_id=user.pk).exists():
        request.session.pop(FACTOR, None)


@receiver(password_changed)
def _end_others(sender: Any, request: HttpRequest, user: User, **more: Any) -> None:
    """A new password: whoever knew the old one is out."""
    sessions_end(user=user, but=request.session.session_key)
