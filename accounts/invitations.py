"""Inviting somebody to work here: one mail with a link that works once, for three days, and is stored only as a hash.

Whether an address has an account already, here or elsewhere, is told to nobody but its owner, by mail.
"""

import datetime
import hashlib
import secrets
from typing import Any, Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.access import access, organization_of
from accounts.errors import Invalid
from accounts.models import Invitation, User
from accounts.permissions import Permission, require
from accounts.receipts import once
from accounts.scope import account_by_email, continue_in, invitation_place
from accounts.services import user_create
from config import clock

LASTS: Final = datetime.timedelta(hours=72)
MOST_AN_HOUR: Final = 20
"""How many mails of invitation an organization sends in an hour, sent again included."""


class MailNotSentError(Exception):
    """The invitation is on file, but the mail server did not take the mail."""


def hash_of(token: str) -> str:
    """What is stored of a token, which has 256 random bits: a plain hash keeps it."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_send(
    *, actor: User, email: str, name: str, role: str, language: str, is_volunteer: bool, address: str, key: str | None
) -> int:
    """Invite somebody by mail; gives the invitation's pk. `address` is that of the page, ending where the token begins.

    The same is answered and kept whether or not the address has an account: its owner is told by mail. Raises
    `PermissionDenied`, `Invalid` with a sentence by field, and `MailNotSentError` when all is kept but for the mail:
    the link is stored nowhere, so that it can only be sent anew (`invitation_resend`).
    """
    require(actor, Permission.PEOPLE_INVITATION_SEND)

    def write() -> int:
        row = Invitation(
            organization=organization_of(actor),
            email=User.objects.normalize_email(email),
            name=name.strip(),
            role=role,
            language=language,
            is_volunteer=is_volunteer,
            invited_by=actor,
        )
        _check(row)
        _send(row, actor, address)
        return int(row.pk)

    return once(actor=actor, key=key, what="invitation_send", write=write)


def invitation_resend(*, actor: User, pk: int, address: str, key: str | None) -> int:
    """Send a new link, good for three days; the old one is dead. Gives the pk; raises as above, and `Http404`."""
    require(actor, Permission.PEOPLE_INVITATION_SEND)

    def write() -> int:
        row = access(Invitation.objects.open().select_for_update(), actor, pk)
        row.version += 1
        _send(row, actor, address)
        return int(row.pk)

    return once(actor=actor, key=key, what=f"invitation_resend {pk}", write=write)


def invitation_revoke(*, actor: User, pk: int, key: str | None) -> int:
    """Take an invitation back: its link is dead. Gives the pk; raises `PermissionDenied` and `Http404`."""
    require(actor, Permission.PEOPLE_INVITATION_SEND)

    def write() -> int:
        row = access(Invitation.objects.open().select_for_update(), actor, pk)
        row.revoked_at, row.version = clock.now(), row.version + 1
        _save(row, actor)
        return int(row.pk)

    return once(actor=actor, key=key, what=f"invitation_revoke {pk}", write=write)


def find_invitation(token: str) -> Invitation | None:
    """The invitation to which this link leads, while it works; for who has not signed in, of whichever organization.

    The caller's scope goes on as that of the invitation's organization, with nobody acting.
    """
    place = invitation_place(hash_of(token)) if token else None
    if place is None:
        return None
    continue_in(place[1])
    found: Invitation | None = (
        Invitation.objects.open().filter(pk=place[0], expires_at__gt=clock.now()).select_related("organization").first()
    )
    return found


def invitation_accept(*, token: str, name: str, password: str) -> User:
    """Make the account that was promised, with its owner's name and password. Once: the link is dead afterwards.

    Raises `Http404` for a link that does not work (any more), and `Invalid` with a sentence by field.
    """
    with transaction.atomic():
        found = find_invitation(token)
        row = found and Invitation.objects.open().select_for_update(of=("self",)).filter(pk=found.pk).first()
        if row is None or row.token_hash != hash_of(token):
            raise Http404
        _check_password(password, User(email=row.email, name=name))
        taken = _("This address has an account already. Sign in with it.")
        if account_by_email(row.email) is not None:
            raise Invalid({"": taken})
        try:
            with transaction.atomic():
                user = user_create(
                    organization=row.organization,
                    email=row.email,
                    name=name,
                    role=row.role,
                    password=password,
                    language=row.language,
                    is_volunteer=row.is_volunteer,
                )
        except IntegrityError:  # made elsewhere in this moment
            raise Invalid({"": taken}) from None
        row.accepted_at, row.version = clock.now(), row.version + 1
        _save(row, user)
    return user


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from None


def _check(row: Invitation) -> None:
    """Raises `Invalid` for what no account could have."""
    errors = {}
    try:
        validate_email(row.email)
    except ValidationError:
        errors["email"] = _("This is no e-mail address.")
    if not row.name:
        errors["name"] = _("This is needed.")
    if row.role not in User.Role.values:
        errors["role"] = _("Choose one of the list.")
    if row.language not in User.Language.values:
        errors["language"] = _("Choose one of the list.")
    if row.is_volunteer and row.role not in (User.Role.ATTORNEY, User.Role.PARALEGAL):
        errors["is_volunteer"] = _("Attorneys and paralegals can be volunteers, and nobody else.")
    if errors:
        raise Invalid(errors)


def _send(row: Invitation, actor: User, address: str) -> None:
    """Give the invitation a new link and mail it when the transaction is over; raises `Invalid` for too many."""
    _check_rate(actor)
    token = secrets.token_urlsafe(32)
    row.token_hash, row.sent_at, row.expires_at = hash_of(token), clock.now(), clock.now() + LASTS
    _save(row, actor)
    transaction.on_commit(lambda: _mail(row, f"{address}{token}/"))


def _check_rate(actor: User) -> None:
    """Wait for others who invite, then count the mails of the last hour off the history."""
    organization = organization_of(actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(3, %s::integer)", [organization.pk])
    since = clock.now() - datetime.timedelta(hours=1)
    sent = Invitation.history.filter(organization_id=organization.pk, sent_at__gt=since).values("id", "sent_at")
    if sent.distinct().count() >= MOST_AN_HOUR:
        raise Invalid({"": _("Your organization has sent many invitations this hour. Wait an hour, then go on.")})


def _save(row: Invitation, actor: User) -> None:
    signed: Any = row
    signed._history_user = actor
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Invalid({"email": _("This address is invited already. Send the invitation again.")}) from None


def _mail(row: Invitation, link: str) -> None:
    """The mail, in the language of who gets it: a link, or that there is an account already. It names no client."""
    with translation.override(row.language):
        known = account_by_email(row.email) is not None
        context = {"organization": row.organization.name, "name": row.name, "hours": LASTS.days * 24}
        text = render_to_string(
            "accounts/mail/has_account.txt" if known else "accounts/mail/invitation.txt",
            {
                **context,
                "link": "" if known else link,
            },
        )
        subject = _("An invitation to Amparo")
    try:
        send_mail(subject, text, None, [row.email], fail_silently=False)
    except OSError as error:
        raise MailNotSentError from error
