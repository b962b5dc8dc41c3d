"""What the tests of PostgreSQL's walls share: a row in every table, and the application's role."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg import Connection

from accounts import scope
from accounts.models import Receipt
from config import embedded
from config.addresses import database_settings
from config.database.walls import Table, tables
from families.intake.models import ImportJob
from settlement.models import CourtEvent
from tests.cast import Cast
from tests.factories import DAY, everything, make_family, make_sheet_row, make_written


@contextmanager
def as_application(organization_id: int | None, actor_id: int | None = None) -> Iterator[None]:
    """As a web request: the application role, in the scope of an organization, or of none."""
    with scope.application(), scope.scope(organization_id=organization_id, actor_id=actor_id):
        yield


@contextmanager
def as_role(role: str) -> Iterator[None]:
    """As this role, and undone afterwards, whatever it did."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"SET ROLE {role}")
        yield
        transaction.set_rollback(True)


def walled() -> list[Table]:
    """Every table that belongs to organizations."""
    with connection.cursor() as cursor:
        return [table for table in tables(cursor, "amparo_app") if table.column is not None]


@pytest.fixture
def full(cast: Cast) -> Cast:
    """Both organizations with a row in every table of facts, as far as this file knows them."""
    for organization, user in (
        (cast.organization, cast.supervisor),
        (cast.other_organization, cast.other_supervisor),
    ):
        family = make_family(organization, everything(), attorney=user, paralegal=user)
        make_sheet_row(family.persons.get(reference="p1"))
        make_written(family, user)
        CourtEvent.objects.create(organization=organization, kind="stay", on=DAY)
        Receipt.objects.create(organization=organization, user=user, key="k", what="test")
        ImportJob.objects.create(organization=organization, user=user, file_name="families.csv")
    return cast


@pytest.fixture
def application(db: None) -> Iterator[Connection[Any]]:
    """A connection of its own as which the web server connects: signed in, not by SET ROLE."""
    read = database_settings(embedded.addresses(settings.AMPARO_HOME).application)
    given = os.environ.get("DATABASE_URL")
    if given:
        pytest.skip("the application's password is known for the embedded server only")
    name = connection.settings_dict["NAME"]
    with psycopg.connect(
        host=read["HOST"], user=read["USER"], password=read["PASSWORD"], dbname=name, autocommit=True
    ) as signed_in:
        yield signed_in
