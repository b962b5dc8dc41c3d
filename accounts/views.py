"""Signing in and out, one's own account, and the language of the pages."""

from typing import cast

from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.logout import logout
from allauth.account.utils import perform_login
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.views import ActivateTOTPView as AllauthActivateTOTPView
from allauth.mfa.webauthn.views import RemoveWebAuthnView as AllauthRemoveWebAuthnView
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.entrance.adapters import MFAAdapter
from accounts.entrance.forms import SignInForm
from accounts.entrance.sessions import FACTOR, sessions_end
from accounts.language import speak
from accounts.models import User
from accounts.services import user_set_language


class SignIn(LoginView):
    """Takes e-mail and password; then allauth asks for the second factor of who has one, and lets them in."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_template_names(self) -> list[str]:
        """The page; only a notice for a part of a page that asks for news after the session has ended."""
        return ["accounts/_signed_out.html" if getattr(self.request, "htmx", False) else self.template_name]

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Go on to the second factor, or in."""
        user = form.get_user()
        record_authentication(self.request, user, method="password")
        response: HttpResponse = perform_login(self.request, user, redirect_url=self.get_success_url())
        return response

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Show what is wrong; 429 after too many tries."""
        response = super().form_invalid(form)
        if cast(SignInForm, form).too_often:
            response.status_code = 429
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session, on the server too; only by POST, so that no foreign link can do it. A GET asks."""
    if request.method != "POST":
        return render(request, "accounts/sign_out.html") if request.user.is_authenticated else redirect("sign-in")
    if request.user.is_authenticated:
        UserSession.objects.filter(session_key=request.session.session_key).delete()
    logout(request, show_message=False)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@require_safe
@login_required
def signed_in(request: HttpRequest) -> HttpResponse:
    """What the tab says in which somebody signed in to go on in another."""
    return render(request, "accounts/signed_in.html")


@require_safe
@login_required
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: what one can change about signing in."""
    factors = Authenticator.objects.filter(user_id=request.user.pk).exclude(type=Authenticator.Type.RECOVERY_CODES)
    return render(request, "accounts/account.html", {"has_factor": factors.exists()})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; ends one of these sessions, or all but this one."""
    actor = cast(User, request.user)
    if request.method == "POST":
        if request.POST.get("session", "").isdecimal():
            rows = UserSession.objects.filter(user_id=actor.pk, pk=int(request.POST["session"][:18]))
            for row in rows.exclude(session_key=request.session.session_key):
                row.end()
                messages.success(request, _("This session is ended."))
        else:
            sessions_end(user=actor, but=request.session.session_key)
            messages.success(request, _("You are signed out everywhere else."))
        return redirect("usersessions_list")
    rows = sorted(UserSession.objects.purge_and_list(actor), key=lambda row: row.last_seen_at, reverse=True)
    return render(request, "usersessions/list.html", {"sessions": rows, "key": request.session.session_key})


class ActivateTOTP(AllauthActivateTOTPView):  # type: ignore[misc]
    """Sets up an app; the code that shows that it is right has then served."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Store the app, and mark the code."""
        response: HttpResponse = super().form_valid(form)
        app = Authenticator.objects.get(user_id=self.request.user.pk, type=Authenticator.Type.TOTP)
        form.mark_used(app)  # type: ignore[attr-defined]
        self.request.session[FACTOR] = True
        return response


class RemoveKey(AllauthRemoveWebAuthnView):  # type: ignore[misc]
    """Removes a passkey or security key, but not somebody's only factor where one is required."""

    def form_valid(self, form: Form) -> HttpResponse:
        """Remove it, or say why not."""
        adapter = MFAAdapter()
        if not adapter.can_delete_authenticator(self.get_object()):
            messages.error(self.request, str(adapter.error_messages["cannot_delete_authenticator"]))
            return redirect("mfa_list_webauthn")
        response: HttpResponse = super().form_valid(form)
        return response


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The bare address leads straight to one's desk: on a bad line each further step takes a second."""
    return redirect(request.user.first_page if isinstance(request.user, User) else "desk")


@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, for this browser and whoever is signed in, and go back to the page.

    Who comes by GET (Back, or from signing in again) only goes on.
    """
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen not in User.Language.values:
        return response
    if request.user.is_authenticated:
        user_set_language(actor=request.user, language=chosen)
    return speak(response, chosen)
