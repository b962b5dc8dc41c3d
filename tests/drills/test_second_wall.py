"""The wall in PostgreSQL holds where no code asks for it: the guard that drills/guards.py takes out."""

import pytest
from django.db import connection

from accounts import scope
from config.database.addresses import APPLICATION
from families.models import Family, Person
from tests.cast import Cast
from tests.factories import make_family

pytestmark = pytest.mark.django_db


def role() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (name,) = cursor.fetchone()
    return str(name)


def test_the_application_sees_one_organization_or_none(cast: Cast) -> None:
    make_family(cast.organization)
    make_family(cast.other_organization)
    assert (Family.objects.count(), Person.objects.count()) == (2, 4), "the owner sees all"
    with scope.application():
        assert role() == APPLICATION
        assert (Family.objects.count(), Person.objects.count()) == (0, 0)
        with scope.acting_for(cast.other_attorney):
            assert {family.organization_id for family in Family.objects.all()} == {cast.other_organization.pk}
            assert Person.objects.count() == 2
            assert Person.objects.filter(family__organization=cast.organization).update(notes="theirs") == 0
    assert role() != APPLICATION
