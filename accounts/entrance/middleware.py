"""What holds for every request of somebody who is, or was, signed in."""

from collections.abc import Callable
from typing import Any

from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from allauth.account.utils import url_str_to_user_pk
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.entrance.finding import place_of
from accounts.entrance.kept import kept_page, may_be_kept
from accounts.entrance.sessions import FACTOR, is_over, note_presence
from accounts.scope import scope

GetResponse = Callable[[HttpRequest], HttpResponse]
# What somebody without a second factor reaches: to set one up, to leave, to be understood.
WITHOUT_FACTOR = {
    "health",
    "language",
    "sign-in",
    "sign-out",
    "signed-in",
    "account_reauthenticate",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}
# What a page asks by itself: it does not show that anybody is there.
UNATTENDED = {"/reminders/bell/"}


class SessionLimits:
    """Ends a session that has lasted too long or in which nobody is there any more. Stands behind the sessions."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, as to a stranger when the session is over."""
        if SESSION_KEY in request.session:
            if is_over(request.session):
                request.session.flush()
            elif request.path_info not in UNATTENDED:
                note_presence(request.session)
        return self.get_response(request)


class PendingSignIn:
    """Who has given their password but not yet the second factor is nobody, but can be found on the way in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the pages of signing in within the organization of the account that is on its way in."""
        if not request.path_info.startswith(settings.LOGIN_URL) or request.session.session_key is None:
            return self.get_response(request)
        pending = request.session.get(LOGIN_SESSION_KEY)
        pk = pending.get("user_pk") if isinstance(pending, dict) else None
        if pk is None or SESSION_KEY in request.session:
            return self.get_response(request)
        with scope(organization_id=place_of(int(url_str_to_user_pk(pk))), actor_id=None):
            return self.get_response(request)


class SecondFactor:
    """Who is signed in with a password alone reaches only the pages that set up, or ask for, a second factor."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        """Lead to those pages; the API refuses."""
        if not settings.SECOND_FACTOR_REQUIRED or not request.user.is_authenticated or request.session.get(FACTOR):
            return None
        request.needs_factor = True  # type: ignore[attr-defined]
        match = request.resolver_match
        if match is not None and match.url_name in WITHOUT_FACTOR:
            return None
        if request.path_info.startswith("/api/"):
            detail = _("Set up a second factor first: sign in with a browser, where you are led to it.")
            return JsonResponse({"detail": detail}, status=403)
        return redirect("mfa_index")


class KeepTyped:
    """Answers a form whose session has ended with a page that keeps what was typed, instead of the way to sign in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or keep."""
        response = self.get_response(request)
        refused = response.status_code == 302 and response.headers["Location"].startswith(f"{settings.LOGIN_URL}?next=")
        if refused and may_be_kept(request) and not request.user.is_authenticated:
            return kept_page(request, signed_in=False, status=401)
        return response
