"""Signing in and out, and the language of the pages."""

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import activate
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.services import user_set_language

_REFUSAL = _("The e-mail address and the password do not go together. Look at both; capital and small letters differ.")


class SignInForm(AuthenticationForm):
    """E-mail and password. The refusal is the same for an unknown address, a wrong password and a person who left."""

    error_messages = {"invalid_login": _REFUSAL, "inactive": _REFUSAL}


class SignIn(LoginView):
    """Lets somebody in and shows the pages in the language they chose last."""

    form_class = SignInForm
    template_name = "accounts/sign_in.html"
    redirect_authenticated_user = True

    def get_template_names(self) -> list[str]:
        """The page; only a notice for a part of a page that asks for news after the session has ended."""
        return ["accounts/_signed_out.html" if getattr(self.request, "htmx", False) else self.template_name]

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Sign in, and put the person's own language on the browser."""
        response = super().form_valid(form)
        return _speak(response, form.get_user().language)


class SignOut(LogoutView):
    """Ends the session; only by POST, so that no foreign link can do it."""

    next_page = settings.LOGOUT_REDIRECT_URL


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The bare address leads to one's desk."""
    return redirect("desk")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, for this browser and whoever is signed in, and go back to the page."""
    chosen = request.POST.get("language", "")
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    if chosen not in User.Language.values:
        return response
    if request.user.is_authenticated:
        user_set_language(actor=request.user, language=chosen)
    return _speak(response, chosen)


def _speak(response: HttpResponse, chosen: str) -> HttpResponse:
    """The response, with the language kept in Django's own cookie."""
    activate(chosen)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=365 * 24 * 60 * 60,
        path=settings.LANGUAGE_COOKIE_PATH,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )
    return response
