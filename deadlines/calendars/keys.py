"""The secret address of somebody's dates: made, replaced, revoked, and found again by a program that has it.

The secret has 256 random bits, is shown once and kept only as a hash. It dies with the account (also one that may not
sign in for a time), when it is replaced and when it is revoked; it outlives a change of password (docs/adr/0018).
"""

import secrets

from django.utils.translation import gettext as _

from accounts.access import organization_of
from accounts.errors import Invalid
from accounts.invitations import hash_of
from accounts.models import Organization, User
from accounts.permissions import Permission, allows, require
from accounts.receipts import once
from accounts.scope import continue_as, continue_in, feed_place
from config import clock
from deadlines.calendars.models import FeedKey

SECRET_BYTES = 32


def new_secret() -> str:
    """A secret for an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def own_feed(actor: User) -> FeedKey | None:
    """The address that this person has; None when there is none."""
    found: FeedKey | None = FeedKey.objects.visible_to(actor).filter(user=actor, revoked_at=None).first()
    return found


def feed_make(*, actor: User, secret: str, shows_initials: bool, key: str | None) -> int:
    """Make the address with this secret, the old one being dead from now on; gives its pk.

    The same `key` again gives the same pk, whose secret is then another: `is_secret_of` tells. Raises
    `PermissionDenied` for who has no dates, and `Invalid` for initials that the organization does not allow.
    """
    require(actor, Permission.FAMILY_RECORD_VIEW)

    def write() -> int:
        # Two at the same moment wait for one another here.
        organization = Organization.objects.select_for_update(no_key=True).get(pk=organization_of(actor).pk)
        if shows_initials and not organization.feed_initials:
            raise Invalid({"shows_initials": _("Your organization does not allow initials in calendar programs.")})
        _end(actor)
        row = FeedKey(organization=organization, user=actor, token_hash=hash_of(secret), made_at=clock.now())
        row.shows_initials = shows_initials
        row.save()
        return int(row.pk)

    return once(actor=actor, key=key, what="feed_make", write=write)


def feed_revoke(*, actor: User, key: str | None) -> int:
    """End the address that this person has; gives how many were ended: one, or none. Raises `PermissionDenied`."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    return once(actor=actor, key=key, what="feed_revoke", write=lambda: _end(actor))


def _end(actor: User) -> int:
    rows = FeedKey.objects.visible_to(actor).filter(user=actor, revoked_at=None)
    return int(rows.update(revoked_at=clock.now()))


def is_secret_of(pk: int, secret: str) -> bool:
    """Whether the address with this key has this secret."""
    return FeedKey.objects.filter(pk=pk, token_hash=hash_of(secret), revoked_at=None).exists()


def open_feed(secret: str) -> FeedKey | None:
    """The address that has this secret, with its owner, while it works; the rest of the scope is then its owner's.

    For a program, which has not signed in. None for a wrong secret, a revoked one, and one whose owner may not sign in
    or may see no families (any more).
    """
    place = feed_place(hash_of(secret))
    if place is None:
        return None
    continue_in(place[1])
    row = FeedKey.objects.select_related("user__organization").filter(pk=place[0], revoked_at=None).first()
    if row is None or not allows(row.user, Permission.FAMILY_RECORD_VIEW):
        return None
    continue_as(row.user)
    return row


def feed_read(row: FeedKey) -> None:
    """A program has read the dates at this moment."""
    FeedKey.objects.filter(pk=row.pk).update(last_read_at=clock.now())


def initials_allow(*, actor: User, allowed: bool, key: str | None) -> int:
    """Say whether initials may stand in calendar programs; it holds at once, also for addresses that are in use.

    Gives the organization's pk; raises `PermissionDenied`.
    """
    require(actor, Permission.PEOPLE_INITIALS_ALLOW)

    def write() -> int:
        row = Organization.objects.select_for_update(no_key=True).get(pk=organization_of(actor).pk)
        if row.feed_initials != allowed:
            row.feed_initials = allowed
            row._history_user = actor  # type: ignore[attr-defined]  # how simple-history is told
            row.save(update_fields=["feed_initials"])
        return int(row.pk)

    return once(actor=actor, key=key, what="initials_allow", write=write)
