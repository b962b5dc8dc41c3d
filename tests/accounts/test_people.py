"""People and organizations: who can be one, and what their role lets them do."""

import pytest
from django.db import IntegrityError, transaction

from accounts.errors import Invalid
from accounts.models import User
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
        {"language": "fr"},
        {"email": ""},
        {"is_volunteer": True, "role": "supervisor"},
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
