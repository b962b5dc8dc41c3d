"""Addresses of signing in and out, of one's own account, and of the language of the pages.

Of allauth's addresses only those that are needed; the names with an underscore are the ones by which it finds them.
"""

from allauth.account.views import password_change, reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes.views import generate_recovery_codes, view_recovery_codes
from allauth.mfa.totp.views import deactivate_totp
from allauth.mfa.webauthn import views as keys
from django.urls import path
from django.views.decorators.http import require_http_methods, require_safe

from accounts import views
from accounts.entrance import passwords

FACTOR = "account/second-factor/"
reading = require_safe
forms = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.language, name="language"),
    path("sign-in/", forms(views.SignIn.as_view()), name="sign-in"),
    path("sign-in/", forms(views.SignIn.as_view()), name="account_login"),
    path("sign-in/code/", forms(mfa.authenticate), name="mfa_authenticate"),
    path("sign-in/done/", views.signed_in, name="signed-in"),
    path("sign-in/reset/", forms(passwords.Reset.as_view()), name="password-reset"),
    path("sign-in/reset/sent/", reading(passwords.ResetSent.as_view()), name="password-reset-sent"),
    path(
        "sign-in/reset/<str:uidb64>/<str:token>/",
        forms(passwords.ResetConfirm.as_view()),
        name="password-reset-confirm",
    ),
    path("sign-in/again/", forms(reauthenticate), name="account_reauthenticate"),
    path("sign-in/again/code/", forms(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("sign-in/again/key/", forms(keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("sign-out/", views.sign_out, name="account_logout"),
    path("account/", views.account, name="account"),
    path("account/password/", forms(password_change), name="account_change_password"),
    path("account/sessions/", views.sessions, name="usersessions_list"),
    path(FACTOR, reading(mfa.index), name="mfa_index"),
    path(f"{FACTOR}app/", forms(views.ActivateTOTP.as_view()), name="mfa_activate_totp"),
    path(f"{FACTOR}app/remove/", forms(deactivate_totp), name="mfa_deactivate_totp"),
    path(f"{FACTOR}keys/", reading(keys.list_webauthn), name="mfa_list_webauthn"),
    path(f"{FACTOR}keys/add/", forms(keys.add_webauthn), name="mfa_add_webauthn"),
    path(f"{FACTOR}keys/<int:pk>/remove/", forms(views.RemoveKey.as_view()), name="mfa_remove_webauthn"),
    path(f"{FACTOR}recovery-codes/", reading(view_recovery_codes), name="mfa_view_recovery_codes"),
    path(f"{FACTOR}recovery-codes/new/", forms(generate_recovery_codes), name="mfa_generate_recovery_codes"),
]
