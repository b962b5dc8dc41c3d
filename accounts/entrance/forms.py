"""The forms of the entrance: in our words, with our counting of tries."""

from typing import Any, cast

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.core import context
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddWebAuthnForm
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.password_validation import validate_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.entrance.adapters import TOO_OFTEN, WRONG_CODE
from accounts.entrance.codes import STEP, matching_step, use_code
from accounts.entrance.finding import account_of
from accounts.entrance.throttling import Purpose, take
from accounts.models import User

LONGEST = 1024  # a longer password is refused, never cut
_REFUSAL = _("The e-mail address and the password do not go together. Look at both; capital and small letters differ.")


def password_field(label: Any, *, new: bool, hint: Any = "") -> forms.CharField:
    """A field for a password, which password managers know how to fill."""
    complete = "new-password" if new else "current-password"
    return forms.CharField(
        label=label,
        strip=False,
        max_length=LONGEST,
        help_text=hint,
        widget=forms.PasswordInput(attrs={"autocomplete": complete}),
    )


NEW = _("At least 12 characters. A few words that do not belong together are easy to keep in mind.")


def code_field() -> forms.CharField:
    """A field for a code of the app, or one of those on paper."""
    return forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autofocus": True}),
    )


class SignInForm(AuthenticationForm):
    """E-mail and password. The refusal is the same for an unknown address, a wrong password and a person who left."""

    error_messages = {"invalid_login": _REFUSAL, "inactive": _REFUSAL}
    too_often = False

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["password"].max_length = LONGEST  # type: ignore[attr-defined]
        self.fields["password"].validators.append(forms.CharField(max_length=LONGEST).validators[0])

    def clean(self) -> dict[str, Any]:
        """Look for the account, unless it was tried too often."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if not email or not password:
            return self.cleaned_data
        taken = take(Purpose.PASSWORD, cast(HttpRequest, self.request), email, account_of(email))
        if taken is None:
            self.too_often = True
            raise forms.ValidationError(TOO_OFTEN, code="too_often")
        self.user_cache = authenticate(self.request, username=email, password=password)
        if self.user_cache is None:
            raise self.get_invalid_login_error()
        taken.give_back()
        return self.cleaned_data


class _Code(forms.Form):
    """A code that is counted as a try and used up."""

    user: User
    purpose = Purpose.CODE

    def clean_code(self) -> str:
        """Refuses a wrong code, a used one, and too many tries; sets `authenticator` to what it was a code of."""
        taken = take(self.purpose, context.request, self.user.email, self.user)
        if taken is None:
            raise forms.ValidationError(TOO_OFTEN, code="too_often")
        used = use_code(self.user, self.cleaned_data["code"])
        if used is None:
            self._say_failed()
            raise forms.ValidationError(WRONG_CODE, code="incorrect_code")
        taken.give_back()
        self.authenticator = used
        return str(self.cleaned_data["code"])

    def _say_failed(self) -> None:
        """Tell those who listen for failures (the record of sign-ins)."""
        main = Authenticator.objects.filter(user_id=self.user.pk).order_by("-type").first()
        if main is not None:
            self._emit_authentication_failed(main)  # type: ignore[attr-defined]


class AuthenticateForm(_Code, AllauthAuthenticateForm):  # type: ignore[misc]
    """The second factor at sign-in."""

    code = code_field()


class ReauthenticateForm(_Code, AllauthReauthenticateForm):  # type: ignore[misc]
    """A code of who is asked again."""

    purpose = Purpose.AGAIN
    code = code_field()


class ActivateTOTPForm(AllauthActivateTOTPForm):  # type: ignore[misc]
    """The first code of a new app: it shows that the app is set up right, and serves for nothing else after."""

    code = code_field()

    def clean_code(self) -> str:
        """Refuses a code that is not the new app's."""
        taken = take(Purpose.AGAIN, context.request, self.user.email, self.user)
        if taken is None:
            raise forms.ValidationError(TOO_OFTEN, code="too_often")
        self.step = matching_step(self.secret, self.cleaned_data["code"])
        if self.step is None:
            raise mfa_adapter().validation_error("incorrect_code")
        taken.give_back()
        return str(self.cleaned_data["code"])

    def mark_used(self, authenticator: Authenticator) -> None:
        """The code has served."""
        authenticator.data[STEP] = self.step
        authenticator.save(update_fields=["data"])


class AddWebAuthnForm(AllauthAddWebAuthnForm):  # type: ignore[misc]
    """A passkey or security key."""

    name = forms.CharField(
        label=_("A name for this key"),
        required=False,
        max_length=60,
        help_text=_("So that you know it again in the list, such as “blue key on my key ring”."),
    )


class ChangePasswordForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """A new password, by who knows the old one."""

    oldpassword = password_field(_("Your password until now"), new=False)
    password1 = password_field(_("New password"), new=True, hint=NEW)
    password2 = password_field(_("The new password once more"), new=True)

    def clean_oldpassword(self) -> str:
        """Refuses a wrong one; each is counted as a try."""
        from allauth.account.adapter import get_adapter

        adapter = get_adapter()
        password = str(self.cleaned_data["oldpassword"])
        if not adapter.reauthenticate(cast(User, self.user), password):
            raise adapter.validation_error("enter_current_password")
        return password

    def clean_password1(self) -> str:
        """Refuses what is too short, too common, or like the person's name or address."""
        password = str(self.cleaned_data["password1"])
        validate_password(password, cast(User, self.user))
        return password
