"""The people of the tests: three of one organization, three of another, and one who keeps the installation."""

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
    other_organization: Organization
    other_attorney: User
    other_paralegal: User
    other_supervisor: User
    keeper: User


def make_cast() -> Cast:
    """Both organizations, with everybody who works there."""
    here, there = make_organization("Here"), make_organization("There")
    return Cast(
        organization=here,
        attorney=make_user(here, User.Role.ATTORNEY),
        paralegal=make_user(here, User.Role.PARALEGAL),
        supervisor=make_user(here, User.Role.SUPERVISOR),
        other_organization=there,
        other_attorney=make_user(there, User.Role.ATTORNEY),
        other_paralegal=make_user(there, User.Role.PARALEGAL),
        other_supervisor=make_user(there, User.Role.SUPERVISOR),
        keeper=make_user(None, None),
    )
