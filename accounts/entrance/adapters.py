"""What allauth asks us: who may be asked again, how secrets are stored, what is said."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode import QRCode
from qrcode.image.svg import SvgPathFillImage

from accounts.asking_again import is_fresh
from accounts.entrance import codes
from accounts.entrance.devices import remember_device
from accounts.entrance.sessions import FACTOR, has_factor
from accounts.entrance.throttling import Purpose, take
from accounts.language import speak
from accounts.models import User
from config.client import client_address

TOO_OFTEN = gettext_lazy(
    "There were too many tries. Wait 15 minutes and try again; nobody else is kept waiting. In a browser where you have"
    " signed in before you can go on now."
)
WRONG_CODE = gettext_lazy("This code is not right, or it was used already. Wait for the next one and type that.")
WRONG_PASSWORD = gettext_lazy("This is not your password. Look at capital and small letters.")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's questions about accounts."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": TOO_OFTEN,
        "rate_limited": TOO_OFTEN,
        "incorrect_password": WRONG_PASSWORD,
        "enter_current_password": WRONG_PASSWORD,
        "incorrect_code": WRONG_CODE,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes themselves an account."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that the list of sessions shows."""
        return client_address(request)

    def post_login(self, request: HttpRequest, user: User, **more: Any) -> HttpResponse:
        """Somebody has come in with all they need: note their factor, know their browser, speak their language."""
        if has_factor(request, user):
            request.session[FACTOR] = True
        response: HttpResponse = super().post_login(request, user, **more)
        remember_device(request, response, user)
        return speak(response, user.language)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Whether this is the password of who is asked again. Too many tries raise a `ValidationError`."""
        taken = take(Purpose.AGAIN, context.request, user.email, user)
        if taken is None:
            raise self.validation_error("too_many_login_attempts")
        if not user.check_password(password):
            return False
        taken.give_back()
        return True

    def is_reauthentication_required(self, *, app: str, **more: Any) -> bool:
        """Whether the factor they gave last is too long ago."""
        return not is_fresh(context.request)

    def get_reauthentication_methods(self, user: User) -> list[dict[str, Any]]:
        """In what ways one can be asked again, in our words."""
        words = {
            "reauthenticate": _("Use my password"),
            "mfa_reauthenticate": _("Use a code of my app"),
            "mfa_reauthenticate:webauthn": _("Use my passkey or security key"),
        }
        return [{**way, "description": words[way["id"]]} for way in super().get_reauthentication_methods(user)]

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Where one goes on after a new password."""
        return reverse("account")

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what was done, in our words; nothing about signing in and out, which one sees."""
        said = {
            "account/messages/password_changed.txt": _("Your password is changed. You are signed out everywhere else."),
            "mfa/messages/totp_activated.txt": _("Your app is set up."),
            "mfa/messages/totp_deactivated.txt": _("Your app is removed."),
            "mfa/messages/webauthn_added.txt": _("Your passkey or security key is set up."),
            "mfa/messages/webauthn_removed.txt": _("The passkey or security key is removed."),
            "usersessions/messages/sessions_logged_out.txt": _("You are signed out everywhere else."),
        }
        text = message or said.get(message_template or "")
        if text:
            messages.add_message(request, level, text, extra_tags=extra_tags)


class _Picture(SvgPathFillImage):  # type: ignore[misc]
    """The square to be photographed, dark on light in both colour schemes, without a declaration of XML."""


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """allauth's questions about second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": WRONG_CODE,
        "cannot_delete_authenticator": gettext_lazy(
            "This is your only second factor, and everybody needs one. Set up another first, then remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        """See `codes.encrypt`."""
        return codes.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """See `codes.decrypt`."""
        return codes.decrypt(encrypted_text)

    def build_totp_svg(self, url: str) -> str:
        """The picture for the app's camera, to stand within the page: our policy loads no picture out of an address."""
        code = QRCode(image_factory=_Picture, border=2)
        code.add_data(url)
        return str(code.make_image().to_string(encoding="unicode"))

    def get_totp_issuer(self) -> str:
        """The name under which the app keeps the code."""
        return f"Amparo {context.request.get_host()}"

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a key is called unless its owner says otherwise."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return _("Key {number}").format(number=count + 1)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether a factor may go: where one is required, never the last."""
        if not settings.SECOND_FACTOR_REQUIRED:
            return True
        others = Authenticator.objects.filter(user_id=authenticator.user_id).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())
