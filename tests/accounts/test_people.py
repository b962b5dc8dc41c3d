"""People and organizations: who can be one, and what their role lets them do."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import GRANTED, REFUSALS, Permission, allows, require
from accounts.services import organization_create, user_create
from tests.cast import Cast
from tests.factories import PASSWORD


def test_an_address_is_one_persons_whatever_its_case(cast: Cast) -> None:
    user = user_create(
        organization=cast.organization, email=" Ibis@Mail.Example ", name="Ibis", role="attorney", password=PASSWORD
    )
    assert user.email == "ibis@mail.example"
    assert User.objects.get_by_natural_key("IBIS@mail.EXAMPLE") == user
    with pytest.raises(Invalid) as refusal:
        user_create(
            organization=cast.other_organization,
            email="IBIS@MAIL.EXAMPLE",
            name="Other",
            role="attorney",
            password=PASSWORD,
        )
    assert list(refusal.value.errors) == ["email"]
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="Ibis@mail.example")


@pytest.mark.parametrize(
    "fields",
    [
        {"organization": None},
        {"role": None},
        {"role": "janitor"},
        {"is_staff": True},
        {"language": "fr"},
        {"email": ""},
    ],
)
def test_postgresql_refuses_who_has_no_place(cast: Cast, fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=cast.attorney.pk).update(**fields)
    User.objects.filter(pk=cast.attorney.pk).update(role="paralegal", language="es")


def test_the_history_of_a_person_has_no_password(cast: Cast) -> None:
    [state] = User.history.filter(id=cast.attorney.pk)
    assert state.email == cast.attorney.email
    assert not hasattr(state, "password")


def test_two_organizations_have_two_short_names(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        organization_create(slug=cast.organization.slug, name="Again")
    assert "slug" in refusal.value.errors
    with pytest.raises(Invalid):
        organization_create(slug="not a slug", name="")


def test_each_role_has_what_its_work_needs_and_no_more(cast: Cast) -> None:
    for actor in (cast.attorney, cast.paralegal, cast.supervisor):
        require(actor, Permission.SCREENING_OUTCOME_RECORD)
        require(actor, Permission.INTAKE_SHEET_IMPORT)
    require(cast.attorney, Permission.FAMILY_ASSIGNMENT_CHANGE)
    require(cast.supervisor, Permission.COURT_EVENT_RECORD)
    for actor, permission in (
        (cast.paralegal, Permission.FAMILY_ASSIGNMENT_CHANGE),
        (cast.paralegal, Permission.EXPORT_FAMILIES_DOWNLOAD),
        (cast.attorney, Permission.COURT_EVENT_RECORD),
    ):
        with pytest.raises(PermissionDenied, match="Ask one of them"):
            require(actor, permission)


def test_who_left_or_belongs_nowhere_may_do_nothing(cast: Cast) -> None:
    assert all(allows(cast.supervisor, permission) for permission in Permission)
    cast.supervisor.is_active = False
    assert not any(allows(actor, permission) for actor in (cast.supervisor, cast.keeper) for permission in Permission)


def test_every_role_and_every_permission_is_in_the_tables() -> None:
    assert set(GRANTED) == set(User.Role)
    assert set(REFUSALS) == set(Permission)
    assert set().union(*GRANTED.values()) == set(Permission)
