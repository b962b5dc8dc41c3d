"""A forgotten password: a link by mail, good once and for an hour, that lets nobody in by itself."""

from typing import Any

from allauth.account.signals import password_reset
from django import forms
from django.contrib.auth.forms import SetPasswordForm as DjangoSetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.contrib.auth.views import PasswordResetConfirmView, PasswordResetDoneView
from django.core.mail import EmailMessage
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse, reverse_lazy
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override
from django.views.generic.edit import FormView

from accounts.entrance.finding import account, account_of
from accounts.entrance.forms import NEW, password_field
from accounts.entrance.sessions import sessions_end
from accounts.entrance.throttling import Purpose, take
from accounts.models import User
from accounts.scope import continue_as


class ResetForm(forms.Form):
    """Whose password is forgotten."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class Reset(FormView):  # type: ignore[type-arg]
    """Asks for a link. The answer is the same, word for word and step for step, whoever has an account."""

    form_class = ResetForm
    template_name = "accounts/reset.html"
    success_url = reverse_lazy("password-reset-sent")

    def form_valid(self, form: ResetForm) -> HttpResponse:
        """Ring for the mail, which is made in the background; one too many is not sent, and nothing is said of it."""
        from accounts.tasks import ring, send_reset

        email = form.cleaned_data["email"]
        found = account_of(email)
        taken = take(Purpose.RESET, self.request, email, found)
        pk = found.pk if found and found.is_active and taken else 0
        ring(send_reset, pk, self.request.build_absolute_uri("/"))
        return super().form_valid(form)


class ResetSent(PasswordResetDoneView):
    """Says that a mail is on its way, if there is an account."""

    template_name = "accounts/reset_sent.html"
    title = gettext_lazy("Look into your mail")


class SetPasswordForm(DjangoSetPasswordForm):  # type: ignore[type-arg]
    """The new password, twice."""

    new_password1 = password_field(gettext_lazy("New password"), new=True, hint=NEW)
    new_password2 = password_field(gettext_lazy("The new password once more"), new=True)


class ResetConfirm(PasswordResetConfirmView):
    """Takes the new password. Whoever set it still signs in, with it and the second factor."""

    form_class = SetPasswordForm
    template_name = "accounts/reset_confirm.html"
    reset_url_token = "new"  # noqa: S105 (the last part of the address once the real one is in the session)
    title = gettext_lazy("Choose a new password")

    def get_user(self, uidb64: str) -> User | None:
        """The account that the link was made for; None when there is none."""
        try:
            found = account(int(urlsafe_base64_decode(uidb64).decode()))
        except ValueError:
            return None
        if found is not None:
            continue_as(found)  # the rest of this request looks and writes in their organization
        return found

    def form_valid(self, form: DjangoSetPasswordForm) -> HttpResponse:  # type: ignore[type-arg]
        """Store it, and end whatever sessions there are."""
        super().form_valid(form)
        sessions_end(user=form.user)
        password_reset.send(sender=User, request=self.request, user=form.user)
        return HttpResponseRedirect(f"{reverse('sign-in')}?changed=yes")

    success_url = reverse_lazy("sign-in")


def send_reset_mail(pk: int, site: str) -> None:
    """The mail with the link, to the account with this key at this site (`https://host/`)."""
    user = account(pk)
    if user is None:
        return
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    address = reverse("password-reset-confirm", args=[uid, default_token_generator.make_token(user)])
    _send(user, _subject_reset, "accounts/mail/reset.txt", {"address": site.rstrip("/") + address})


def send_notice_mail(pk: int, site: str) -> None:
    """A mail that something about signing in was changed: who did not do it themselves learns of it."""
    user = account(pk)
    if user is not None:
        _send(user, _subject_notice, "accounts/mail/notice.txt", {"address": site})


def _subject_reset() -> str:
    return _("Choose a new password for Amparo")


def _subject_notice() -> str:
    return _("How you sign in to Amparo was changed")


def _send(user: User, subject: Any, template: str, context: dict[str, str]) -> None:
    """A plain mail in the person's own language, without a name or anything else of theirs."""
    with override(user.language):
        EmailMessage(subject(), render_to_string(template, context), to=[user.email]).send()
