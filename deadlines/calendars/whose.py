"""Whose dates a calendar shows: one's own, a colleague's, a team's, or all that one sees; addresses have keys alone."""

import re
from typing import Final, NamedTuple

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from families.models import Family

Text = str | Promise

MINE: Final = "me"
ALL: Final = "all"
_TEAM = re.compile(r"team-([0-9]{1,18})")


class Whose(NamedTuple):
    """What the address may say, in the order of the page: pairs of value and label; `value` is the one that holds."""

    value: str
    choices: list[tuple[str, Text]]


def whose_choices(actor: User) -> list[tuple[str, Text]]:
    """The values of `who` with their labels, in one query; a volunteer has but the families that are open to them."""
    if actor.is_volunteer:
        return [(ALL, _("all that is open to me"))]
    staff = [
        user for user in User.objects.visible_to(actor).filter(is_active=True).order_by("name", "pk") if user.place
    ]
    teams = [user for user in staff if user.place == "attorney"]
    return [
        (MINE, _("my families")),
        (ALL, _("the whole office")),
        *((str(user.pk), user.name) for user in staff if user.pk != actor.pk),
        *((f"team-{user.pk}", _("%(name)s and paralegals") % {"name": user.name}) for user in teams),
    ]


def first_choice(actor: User) -> str:
    """Whose dates are shown to somebody who has not chosen: their own."""
    return ALL if actor.is_volunteer else MINE


def of_whose(actor: User, value: str, prefix: str = "") -> Q:
    """True of a family (at `prefix`) whose dates these are; `value` is one of `whose_choices`.

    A team is an attorney with the paralegals of their families: every family that one of them has is the team's.
    """
    if value == ALL:
        return Q()
    if found := _TEAM.fullmatch(value):
        return _of_team(actor, int(found[1]), prefix)
    return _of_one(actor.pk if value == MINE else int(value), prefix)


def _of_one(pk: int, prefix: str) -> Q:
    return Q(**{f"{prefix}attorney": pk}) | Q(**{f"{prefix}paralegal": pk})


def _of_team(actor: User, pk: int, prefix: str) -> Q:
    shared = Family.objects.visible_to(actor).filter(attorney=pk, paralegal__isnull=False).values("paralegal")
    return _of_one(pk, prefix) | Q(**{f"{prefix}paralegal__in": shared})
