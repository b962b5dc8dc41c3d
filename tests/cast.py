"""The people of the tests: one of each role and a volunteer in each of two organizations."""

from dataclasses import dataclass

from accounts.models import Organization, User
from tests.factories import make_organization, make_user


@dataclass(frozen=True)
class Cast:
    """Those of the first organization have bare names; those of the other one begin with `other`."""

    organization: Organization
    attorney: User
    paralegal: User
    supervisor: User
    administrator: User
    auditor: User
    volunteer: User
    other_organization: Organization
    other_attorney: User
    other_paralegal: User
    other_supervisor: User
    other_administrator: User
    other_auditor: User
    other_volunteer: User


def make_cast() -> Cast:
    """Both organizations, with everybody who works there. The volunteers do a paralegal's work."""
    here, there = make_organization("Here"), make_organization("There")
    people: dict[str, User] = {}
    for prefix, organization in (("", here), ("other_", there)):
        for role in User.Role.values:
            people[f"{prefix}{role}"] = make_user(organization, role)
        people[f"{prefix}volunteer"] = make_user(organization, User.Role.PARALEGAL, is_volunteer=True)
    return Cast(organization=here, other_organization=there, **people)
