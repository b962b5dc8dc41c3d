"""Scopes: they nest, end, survive errors and new connections, and leave nothing on a pooled connection."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, connection, transaction
from psycopg import Connection

from accounts import scope
from accounts.models import User
from config.database import pool
from families.models import Family
from tests.cast import Cast, make_cast
from tests.factories import make_family


def told() -> tuple[str, str, str, str]:
    """What PostgreSQL has been told."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.organization', true), ''), "
            "coalesce(current_setting('app.actor', true), ''), coalesce(current_setting('app.request', true), ''), "
            "current_user::text"
        )
        row: tuple[str, str, str, str] = cursor.fetchone()
        return row


NOBODY = ("", "", "", "amparo_owner")


def test_scopes_nest_and_end(cast: Cast) -> None:
    with scope.application(request="r1"):
        assert told() == ("", "", "r1", "amparo_app")
        with scope.acting_for(cast.attorney):
            mine = (str(cast.organization.pk), str(cast.attorney.pk), "r1", "amparo_app")
            assert told() == mine
            with scope.scope(organization_id=cast.other_organization.pk, actor_id=None, request="r2"):
                assert told() == (str(cast.other_organization.pk), "", "r2", "amparo_app")
            assert told() == mine
        assert told() == ("", "", "r1", "amparo_app")
    assert told() == NOBODY
    assert scope.current() == scope.Scope()


def test_an_error_is_not_hidden_and_the_scope_ends(cast: Cast) -> None:
    with pytest.raises(DataError, match="division"), transaction.atomic(), scope.acting_for(cast.attorney):  # noqa: SIM117
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
    assert told() == NOBODY
    with scope.acting_for(cast.attorney):
        with pytest.raises(DataError), transaction.atomic(), scope.acting_for(cast.other_attorney):  # noqa: SIM117
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        assert told()[0] == str(cast.organization.pk)


@pytest.mark.parametrize("is_active", [True, False])
def test_an_account_that_may_not_sign_in_is_nobody(cast: Cast, is_active: bool) -> None:
    User.objects.filter(pk=cast.attorney.pk).update(is_active=is_active)
    with scope.application(account_id=cast.attorney.pk, request="r"):
        mine = (str(cast.organization.pk), str(cast.attorney.pk)) if is_active else ("", "")
        assert told() == (*mine, "r", "amparo_app")
        assert Family.objects.count() == 0
        assert User.objects.filter(pk=cast.attorney.pk).exists() == is_active
    with scope.application(account_id=2**60):
        assert told()[:2] == ("", "")


def test_a_stranger_learns_the_place_of_an_address_and_no_more(cast: Cast) -> None:
    User.objects.filter(pk=cast.attorney.pk).update(is_active=False)
    with scope.application():
        found = scope.account_by_email(f"  {cast.attorney.email.upper()} ")
        assert found == (cast.attorney.pk, cast.organization.pk)
        assert scope.account_by_email("nobody@mail.example") is None
        assert scope.organization_ids() == [cast.organization.pk, cast.other_organization.pk]
        assert not User.objects.exists()


def test_whoever_comes_in_goes_on_as_themselves(cast: Cast) -> None:
    with pytest.raises(RuntimeError):
        scope.continue_as(cast.attorney)
    with scope.application(request="r"):
        scope.continue_as(cast.attorney)
        assert told() == (str(cast.organization.pk), str(cast.attorney.pk), "r", "amparo_app")
    assert told() == NOBODY


@pytest.mark.django_db(transaction=True)
def test_a_connection_made_in_the_midst_of_a_scope_is_told() -> None:
    cast = make_cast()
    make_family(cast.organization)
    connection.close()
    with scope.application(), scope.acting_for(cast.attorney):
        assert connection.connection is None, "nothing is asked before it must be"
        assert Family.objects.count() == 1
        connection.close()
        assert told()[0] == str(cast.organization.pk)
        assert Family.objects.count() == 1
        with scope.acting_for(cast.other_attorney):
            raw: Any = connection.connection
            raw.close()  # PostgreSQL went away
        assert Family.objects.count() == 1
    assert told() == NOBODY


def test_what_comes_back_to_the_pool_is_clean_and_an_emptied_variable_shows_no_row(
    cast: Cast, application: Connection[object]
) -> None:
    application.execute("SELECT set_config('app.organization', %s, false)", [str(cast.organization.pk)])
    pool.forget_scope(application)
    assert application.execute("SELECT current_setting('app.organization')").fetchone() == ("",)
    for table in ("accounts_user", "families_family", "accounts_historicaluser"):
        assert application.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)


def test_web_and_worker_refuse_to_work_as_the_owner(
    cast: Cast, application: Connection[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "is_owner_process", lambda: False)
    monkeypatch.setattr(pool, "_is_held", False)
    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"):
        pool.insist_on_wall(connection.connection)
    pool.insist_on_wall(application)
