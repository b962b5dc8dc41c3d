"""Sign-ins, good and bad, and sign-outs, whichever library or page they pass through."""

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed

from accounts.models import User
from accounts.scope import account_by_email, scope
from audit.models import Act
from audit.services import note


def connect() -> None:
    """Called once, when Django starts."""
    user_logged_in.connect(_signed_in, dispatch_uid="audit.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="audit.signed_out")
    user_login_failed.connect(_refused, dispatch_uid="audit.sign_in_refused")


def _signed_in(user: User, **_rest: Any) -> None:
    with scope(organization_id=user.organization_id, actor_id=user.pk):
        note(act=Act.SIGNED_IN)


def _signed_out(user: User | None, **_rest: Any) -> None:
    if user is not None:
        with scope(organization_id=user.organization_id, actor_id=user.pk):
            note(act=Act.SIGNED_OUT)


def _refused(credentials: dict[str, Any], **_rest: Any) -> None:
    """In the trace of the organization whose account it was tried with; never what was typed."""
    typed = credentials.get("username") or credentials.get("email")
    account, organization = (account_by_email(str(typed)) if typed else None) or (None, None)
    with scope(organization_id=organization, actor_id=None):
        note(act=Act.SIGN_IN_REFUSED, thing="accounts_user" if account else "", thing_id=account)
