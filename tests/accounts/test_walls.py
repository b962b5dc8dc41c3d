"""No organization ever sees or touches another's rows: looked at for every table there is, also ones added later."""

from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.http import Http404

from accounts.access import access_colleague, access_family, access_person, access_screening
from accounts.models import Organization, Receipt, Tally, User
from accounts.owned import Owned, OwnedQuerySet, SameOrganization
from config import clock
from deadlines.reminders.models import Tick
from families.intake.models import ImportJob
from families.models import Family, Person
from families.wizard.models import IntakeDraft
from screenings.models import Screening
from settlement.models import CourtEvent
from tests.cast import Cast
from tests.factories import (
    DAY,
    everything,
    make_dates,
    make_family,
    make_invitation,
    make_opening,
    make_proposal,
    make_sheet_row,
    make_wall,
    make_written,
)

ROOMS = ("accounts", "families", "screenings", "settlement", "deadlines", "documents", "desks")


def tables() -> list[type[models.Model]]:
    """Every table of the rooms but the organizations' own, the histories, and the installation's counts and clock."""
    found = [model for room in ROOMS for model in apps.get_app_config(room).get_models()]
    return [
        model
        for model in found
        if not model._meta.proxy and not hasattr(model, "history_id") and model not in (Organization, Tally, Tick)
    ]


def full_volunteer(cast: Cast, organization: Organization) -> User:
    return cast.volunteer if organization == cast.organization else cast.other_volunteer


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Both organizations with a row in every table."""
    for organization, user in (
        (cast.organization, cast.supervisor),
        (cast.other_organization, cast.other_supervisor),
    ):
        family = make_family(organization, everything(), attorney=user, paralegal=user)
        make_sheet_row(family.persons.get(reference="p1"))
        make_written(family, user)
        make_dates(family, user)
        make_proposal(family, user)
        CourtEvent.objects.create(organization=organization, kind="stay", on=DAY)
        Receipt.objects.create(organization=organization, user=user, key="k", what="test")
        volunteer = full_volunteer(cast, organization)
        make_wall(family, volunteer, user)
        make_opening(family, volunteer, user)
        make_invitation(user)
        ImportJob.objects.create(organization=organization, user=user, file_name="families.csv")
        IntakeDraft.objects.create(organization=organization, user=user, updated_at=clock.now())
    return cast


def test_every_table_belongs_to_an_organization_and_is_seen_only_there(full: Cast) -> None:
    assert len(tables()) == 44
    for model in tables():
        assert issubclass(model, Owned) or model is User, f"{model.__name__} has no owner"
        manager: Any = model._default_manager
        for actor in (full.attorney, full.other_attorney):
            seen = manager.visible_to(actor)
            assert seen.exists(), f"give the family of this test a row of {model.__name__}"
            assert {row.organization_id for row in seen} == {actor.organization_id}, model.__name__


def test_every_key_that_leads_to_another_row_stays_inside_the_organization(full: Cast) -> None:
    for model in tables():
        walls = {wall.field for wall in model._meta.constraints if isinstance(wall, SameOrganization)}
        keys = {
            field.name
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.related_model is not Organization
        }
        assert keys == walls, f"{model.__name__}: a SameOrganization constraint for each of {keys}"


def update_and_check(rows: Any, **values: Any) -> None:
    """Update the rows as if the transaction ended here."""
    with transaction.atomic():
        rows.update(**values)
        connection.check_constraints()


def test_postgresql_refuses_to_move_a_row_to_another_organization(full: Cast) -> None:
    for model in tables():
        manager: Any = model._default_manager
        row = manager.visible_to(full.supervisor).first()
        if not any(isinstance(wall, SameOrganization) for wall in model._meta.constraints):
            continue
        own = manager.filter(pk=row.pk)
        with pytest.raises(IntegrityError):
            update_and_check(own, organization=full.other_organization)
        update_and_check(own, organization=full.organization)


def test_postgresql_refuses_an_attorney_of_another_organization(full: Cast) -> None:
    family = Family.objects.visible_to(full.attorney)
    update_and_check(family, attorney=full.attorney, paralegal=None)
    with pytest.raises(IntegrityError):
        update_and_check(family, attorney=full.other_attorney)


def test_the_missing_and_the_forbidden_look_the_same(full: Cast) -> None:
    own: Any
    for reach, own in (
        (access_family, Family.objects.visible_to(full.attorney).first()),
        (access_person, Person.objects.visible_to(full.attorney).first()),
        (access_screening, Screening.objects.visible_to(full.attorney).first()),
        (access_colleague, full.paralegal),
    ):
        assert reach(full.attorney, own.pk) == own
        for actor, pk in ((full.other_attorney, own.pk), (full.attorney, 2**62)):
            with pytest.raises(Http404):
                reach(actor, pk)


def test_a_manager_without_the_wall_is_found(full: Cast) -> None:
    for model in tables():
        assert isinstance(model._default_manager.all(), OwnedQuerySet), model.__name__


def test_what_hangs_on_a_family_says_so(full: Cast) -> None:
    for model in tables():
        path: str = getattr(model, "family_path", "")
        if path:
            assert set(model._default_manager.values_list(path, flat=True)) == set(
                Family.objects.values_list("pk", flat=True)
            ), model.__name__
            continue
        keys = {field.related_model for field in model._meta.local_fields if isinstance(field, models.ForeignKey)}
        assert not any(getattr(of, "family_path", "") for of in keys), f"{model.__name__} needs a family_path"


def test_a_user_never_moves_to_another_organization(cast: Cast) -> None:
    own = User.objects.filter(pk=cast.attorney.pk)
    own.update(organization=cast.organization, name="Nova")
    with pytest.raises(IntegrityError, match="never moves"), transaction.atomic():
        own.update(organization=cast.other_organization)
