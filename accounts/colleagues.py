"""Who works at an organization: the list, and what administrators change of an account that is not their own."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import access_colleague
from accounts.entrance.sessions import second_factor_remove, sessions_end
from accounts.errors import Invalid
from accounts.models import Invitation, User
from accounts.permissions import Permission, allows, require
from accounts.receipts import once
from audit.models import Act
from audit.services import note

FIELDS = ("role", "is_volunteer", "is_active")


class Colleagues(NamedTuple):
    """Everybody of the organization, those who may sign in first, and the invitations that nobody has accepted yet."""

    people: Sequence[User]
    invitations: Sequence[Invitation]
    may_change: bool


def colleagues_list(actor: User) -> Colleagues:
    """What the page of colleagues shows, in two queries. Raises `PermissionDenied`."""
    require(actor, Permission.PEOPLE_COLLEAGUE_VIEW)
    invites = allows(actor, Permission.PEOPLE_INVITATION_SEND)
    invitations: Any = Invitation.objects.visible_to(actor).open().order_by("-pk") if invites else []
    people = User.objects.visible_to(actor).order_by("-is_active", "name", "pk")
    return Colleagues(list(people), list(invitations), allows(actor, Permission.PEOPLE_COLLEAGUE_CHANGE))


def colleague_to_change(actor: User, pk: int) -> User:
    """A colleague whose account the actor may change. Raises `PermissionDenied` and `Http404`."""
    require(actor, Permission.PEOPLE_COLLEAGUE_CHANGE)
    found = access_colleague(actor, pk)
    require(actor, Permission.PEOPLE_COLLEAGUE_CHANGE, found)
    return found


def colleague_change(
    *, actor: User, user_id: int, version: int, role: str, is_volunteer: bool, is_active: bool, key: str | None
) -> int:
    """Change what a colleague is here, or whether they may sign in; gives their pk.

    Who changes is still an administrator when it is their turn: of two who take the role from one another at the same
    time, one is too late, so that an organization keeps one. Raises `PermissionDenied`, `Http404`, `Invalid`, and
    `Conflict`.
    """
    from families.writing import change_row, check_version  # the families' room knows this one

    colleague_to_change(actor, user_id)

    def write() -> int:
        _wait_for_administrators(actor)
        user: Any = colleague_to_change(actor, user_id)
        theirs = {"role": role, "is_volunteer": is_volunteer, "is_active": is_active}
        check_version(user, version, current={name: getattr(user, name) for name in FIELDS}, theirs=theirs)
        if role not in User.Role.values:
            raise Invalid({"role": _("Choose one of the list.")})
        if is_volunteer and role not in (User.Role.ATTORNEY, User.Role.PARALEGAL):
            raise Invalid({"is_volunteer": _("Attorneys and paralegals can be volunteers, and nobody else.")})
        change_row(user, theirs, actor=actor)
        return int(user.pk)

    return once(actor=actor, key=key, what=f"colleague_change {user_id}", write=write)


def colleague_sign_out(*, actor: User, user_id: int, without_factor: bool) -> None:
    """End all sessions of a colleague, whose laptop is lost, say; `without_factor` takes off their second factor, too,
    so that they set up a new one when they sign in. Done twice it is the same. Raises `PermissionDenied`, `Http404`."""
    user = colleague_to_change(actor, user_id)
    with transaction.atomic():
        if without_factor:
            second_factor_remove(user=user)
        else:
            sessions_end(user=user)
        note(act=Act.SIGNED_OUT, thing="accounts_user", thing_id=user.pk, detail={"without_factor": without_factor})


def _wait_for_administrators(actor: User) -> None:
    """Locks the organization's administrators, in order, and looks whether the actor still is one."""
    rows = User.objects.visible_to(actor).filter(role=User.Role.ADMINISTRATOR, is_active=True).order_by("pk")
    if actor.pk not in {user.pk for user in rows.select_for_update(no_key=True)}:
        raise PermissionDenied(_("You are no administrator any more. Ask another administrator."))
