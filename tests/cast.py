"""The people of the tests: one of each role and a volunteer in each of two organizations."""

from dataclasses import dataclass

from simple_history.utils import bulk_create_with_history

from accounts.models import Organization, User
from tests.factories import make_organization, new_user


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
            people[f"{prefix}{role}"] = new_user(organization, role)
        people[f"{prefix}volunteer"] = new_user(organization, User.Role.PARALEGAL, is_volunteer=True)
    bulk_create_with_history(list(people.values()), User)
    return Cast(organization=here, other_organization=there, **people)
