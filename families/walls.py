"""Making and ending walls and openings, each in one transaction with the family locked, so that nobody is given the
family in the same moment."""

import datetime
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import access, access_colleague, access_family
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, allows, require
from accounts.receipts import once
from accounts.walls import Opening, Wall
from config import clock
from families.locks import lock_families
from families.models import Family
from families.writing import add_row, change_row, check_version, require_reason

HOURS: Final = {
    2: gettext_lazy("2 hours"),
    10: gettext_lazy("10 hours"),
    24: gettext_lazy("1 day"),
    72: gettext_lazy("3 days"),
}
USUAL_HOURS: Final = 10


class WhoSees(NamedTuple):
    """Who is kept from a family and for whom it is open, the newest first; `may_…` says what the actor may do here."""

    family: Family
    walls: Sequence[Wall]
    openings: Sequence[Opening]
    may_wall: bool
    colleagues: Sequence[User]
    volunteers: Sequence[User]


def who_sees(actor: User, family_id: int) -> WhoSees:
    """What the page about one family's walls and openings shows. Raises `Http404` and `PermissionDenied`."""
    require(actor, Permission.FAMILY_OPENING_CHANGE)
    family = access_family(actor, family_id)
    require(actor, Permission.FAMILY_OPENING_CHANGE, family)
    may_wall = allows(actor, Permission.FAMILY_WALL_CHANGE, family)
    walls = Wall.objects.visible_to(actor).filter(family=family).select_related("user", "made_by", "ended_by")
    openings = Opening.objects.visible_to(actor).filter(family=family).select_related("user", "opened_by", "ended_by")
    staff = [user for user in User.objects.visible_to(actor).order_by("name", "pk") if user.does_case_work]
    return WhoSees(
        family=family,
        walls=list(walls.order_by("-pk")) if may_wall else [],
        openings=list(openings.order_by("-pk")),
        may_wall=may_wall,
        colleagues=[user for user in staff if user != actor],
        volunteers=[user for user in staff if user.is_volunteer],
    )


def wall_make(*, actor: User, family_id: int, user_id: int, reason: str, key: str | None) -> int:
    """Keep a colleague from a family, take them off it, and end what was open to them; gives the wall's pk.

    Raises `PermissionDenied`, `Http404`, and `Invalid`.
    """
    require(actor, Permission.FAMILY_WALL_CHANGE)

    def write() -> int:
        family = _locked(actor, family_id)
        user = access_colleague(actor, user_id)
        if user == actor:
            raise Invalid({"user": _("Ask another supervisor to make a wall for you.")})
        if not user.does_case_work:
            raise Invalid({"user": _("%(name)s sees no families.") % {"name": user.name}})
        wall = Wall(organization_id=family.organization_id, family=family, user=user, made_by=actor)
        wall.reason = reason.strip()
        add_row(wall, actor=actor)
        held = {place for place in ("attorney", "paralegal") if getattr(family, f"{place}_id") == user.pk}
        change_row(family, dict.fromkeys(held), actor=actor)
        for opening in Opening.objects.visible_to(actor).filter(family=family, user=user, ended_at=None):
            change_row(opening, {"ended_by": actor, "ended_at": clock.now()}, actor=actor)
        return wall.pk

    return once(actor=actor, key=key, what=f"wall_make {family_id}", write=write)


def wall_end(*, actor: User, wall_id: int, version: int, reason: str, key: str | None) -> int:
    """Let the colleague see the family again, which gives them nothing back; gives the family's pk. Raises as above,
    and `Conflict`."""
    require(actor, Permission.FAMILY_WALL_CHANGE)

    def write() -> int:
        wall, family = _locked_row(actor, Wall, wall_id, version)
        require_reason(reason)
        if wall.ended_at is None:
            change_row(wall, {"ended_by": actor, "ended_at": clock.now()}, actor=actor, reason=reason)
        return family.pk

    return once(actor=actor, key=key, what=f"wall_end {wall_id}", write=write)


def opening_make(*, actor: User, family_id: int, user_id: int, hours: int, reason: str, key: str | None) -> int:
    """Open a family to a volunteer for these hours from now; gives the opening's pk. One that ran out is used again.

    Raises `PermissionDenied`, `Http404`, and `Invalid`.
    """
    require(actor, Permission.FAMILY_OPENING_CHANGE)

    def write() -> int:
        family = _locked(actor, family_id)
        require(actor, Permission.FAMILY_OPENING_CHANGE, family)
        user = access_colleague(actor, user_id)
        if not user.is_volunteer or not user.is_active:
            raise Invalid({"user": _("%(name)s is no volunteer.") % {"name": user.name}})
        if Wall.objects.in_force().filter(family=family, user=user).exists():
            told = _("This family cannot be opened to %(name)s. A supervisor can say why.")
            raise Invalid({"user": told % {"name": user.name}})
        if not reason.strip():
            raise Invalid({"reason": _("Say what the volunteer is to do.")})
        values = {"until": _until(hours), "reason": reason.strip(), "opened_by": actor}
        old = Opening.objects.filter(family=family, user=user, ended_at=None).first()
        if old is not None:
            change_row(old, values, actor=actor)
            return int(old.pk)
        return add_row(
            Opening(organization_id=family.organization_id, family=family, user=user, **values), actor=actor
        ).pk

    return once(actor=actor, key=key, what=f"opening_make {family_id}", write=write)


def opening_change(*, actor: User, opening_id: int, version: int, hours: int | None, key: str | None) -> int:
    """Let an opening last these hours from now, or, with None, end it at once; gives the family's pk.

    Raises as `opening_make`, and `Conflict`.
    """
    require(actor, Permission.FAMILY_OPENING_CHANGE)

    def write() -> int:
        opening, family = _locked_row(actor, Opening, opening_id, version)
        require(actor, Permission.FAMILY_OPENING_CHANGE, family)
        if opening.ended_at is not None:
            raise Invalid({"": _("This opening has ended already. Open the family again.")})
        ended = {"ended_by": actor, "ended_at": clock.now()}
        change_row(opening, ended if hours is None else {"until": _until(hours)}, actor=actor)
        return family.pk

    return once(actor=actor, key=key, what=f"opening_change {opening_id}", write=write)


def _until(hours: int) -> datetime.datetime:
    if hours not in HOURS:
        raise Invalid({"hours": _("Choose one of the list.")})
    return clock.now() + datetime.timedelta(hours=hours)


def _locked(actor: User, family_id: int) -> Family:
    """The family as it is once nobody else can change it; raises `Http404`."""
    found = access_family(actor, family_id)
    lock_families(found.organization_id, [found.pk])
    return access_family(actor, family_id)


def _locked_row(actor: User, model: Any, pk: int, version: int) -> tuple[Any, Family]:
    """A wall or an opening, in the version that the caller saw, and its family; raises `Http404` and `Conflict`."""
    family = _locked(actor, access(model.objects.all(), actor, pk).family_id)
    row = access(model.objects.all(), actor, pk)
    check_version(row, version, current={"ended_at": row.ended_at}, theirs={})
    return row, family
