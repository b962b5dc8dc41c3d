"""Who is to be told of a family's dates, read when the time has come: so a family that changes hands needs no repair.

The paralegal and the attorney of the family; for who is away, their substitute; where nobody is left, the supervisors.
Who is walled off, or may not sign in any more, is never told, whatever they were assigned.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Q

from accounts.models import User
from accounts.walls import Opening, Wall
from config import clock
from deadlines.reminders.ways import Absence, PushSubscription, Ways
from families.models import Family

Role = User.Role
_LONGEST_CHAIN = 3  # a substitute who is away themselves, and so on

Quiet = tuple[datetime.time, datetime.time] | None


@dataclass
class Recipients:
    """Who of one organization can be told of these families' dates now. Made with `load`; then it asks nothing."""

    people: dict[int, User] = field(default_factory=dict)
    walls: set[tuple[int, int]] = field(default_factory=set)
    openings: set[tuple[int, int]] = field(default_factory=set)
    substitutes: dict[int, int] = field(default_factory=dict)
    quiet: dict[int, Quiet] = field(default_factory=dict)
    devices: set[int] = field(default_factory=set)
    only_ones: set[int] = field(default_factory=set)  # away, and yet told by mail, for there is nobody else

    def may_see(self, user_id: int, family_id: int) -> bool:
        """Whether this person may see the family: as `visible_to` says, for many at once."""
        user = self.people.get(user_id)
        if user is None or (family_id, user_id) in self.walls:
            return False
        return not user.is_volunteer or (family_id, user_id) in self.openings

    def first(self, family: Family) -> list[int]:
        """Those who are told first: never nobody, as long as anybody at the office may see the family."""
        assigned = [one for one in (family.paralegal_id, family.attorney_id) if one is not None]
        present = [self._in_place_of(one, family.pk) for one in assigned]
        found = [one for one in present if one is not None] or self.last(family)
        # Who is away still finds it in Amparo when they come back; `channels` keeps their mail free of it.
        return list(dict.fromkeys([*found, *(one for one in assigned if self.may_see(one, family.pk))]))

    def last(self, family: Family) -> list[int]:
        """The last rung of escalation: the supervisors; without any, the attorneys, then whoever does case work."""
        away: list[int] = []
        for role in (Role.SUPERVISOR, Role.ATTORNEY, Role.PARALEGAL):
            of_role = [pk for pk, one in self.people.items() if one.role == role and self.may_see(pk, family.pk)]
            present = [self._in_place_of(pk, family.pk) for pk in of_role]
            found = list(dict.fromkeys(pk for pk in present if pk is not None))
            if found:
                return found
            away += of_role
        self.only_ones.update(away)
        return away

    def channels(self, user_id: int) -> tuple[str, ...]:
        """In which ways the person is told. One who is away, and in whose place somebody is told, only in Amparo."""
        if user_id in self.substitutes and user_id not in self.only_ones:
            return ("app",)
        return ("app", "mail", "push") if user_id in self.devices else ("app", "mail")

    def _in_place_of(self, user_id: int, family_id: int) -> int | None:
        """The person, or who stands in for them; None where nobody of these is there and may see the family."""
        one = user_id
        for _step in range(_LONGEST_CHAIN):
            if one not in self.substitutes:
                return one if self.may_see(one, family_id) else None
            one = self.substitutes[one]
        return None


def load(organization_id: int, families: Iterable[int], day: datetime.date) -> Recipients:
    """Who can be told of the dates of these families on this day. Six queries, however many families there are."""
    keys = list(set(families))
    in_them = Q(organization_id=organization_id, family_id__in=keys)
    users = User.objects.filter(
        organization_id=organization_id, is_active=True, role__in=[Role.PARALEGAL, Role.ATTORNEY, Role.SUPERVISOR]
    ).order_by("pk")
    away = Absence.objects.filter(organization_id=organization_id, from_on__lte=day, to_on__gte=day).order_by("pk")
    quiet: dict[int, Quiet] = defaultdict(lambda: None)
    ways = Ways.objects.filter(organization_id=organization_id, quiet_from__isnull=False)
    for one, begin, end in ways.values_list("user_id", "quiet_from", "quiet_to"):
        quiet[one] = (begin, end) if begin is not None and end is not None else None
    devices = PushSubscription.objects.filter(organization_id=organization_id).values_list("user_id", flat=True)
    return Recipients(
        people={user.pk: user for user in users},
        walls=set(Wall.objects.in_force().filter(in_them).values_list("family_id", "user_id")),
        openings=set(
            Opening.objects.filter(in_them, ended_at=None, until__gt=clock.now()).values_list("family_id", "user_id")
        ),
        substitutes=dict(away.values_list("user_id", "substitute_id")),
        quiet=quiet,
        devices=set(devices),
    )
