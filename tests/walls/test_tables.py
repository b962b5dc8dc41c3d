"""PostgreSQL's wall, looked at for every table there is, also those that will be added."""

from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from accounts.models import Organization
from config.database.walls import Table, build_walls, statements
from tests.cast import Cast
from tests.walls.conftest import as_application, as_role, walled

# The trace's tables are read by their own rules: tests/audit.
OWN_RULES = ("audit_entry",)
REFUSALS = ("row-level security", "permission denied", "never moves to another organization")


def rows(table: Table) -> list[int]:
    """Whose rows are seen."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {table.column} FROM {table.name}")
        return [key for (key,) in cursor.fetchall()]


def touched(statement: str) -> int:
    """How many rows a statement touches; none where PostgreSQL refuses it. All is undone."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            count: int = cursor.rowcount
            transaction.set_rollback(True)
            return count
    except (ProgrammingError, IntegrityError) as refusal:
        if not any(word in str(refusal) for word in REFUSALS):
            raise
        return 0


@pytest.mark.django_db
def test_every_table_with_an_organization_has_its_policy() -> None:
    assert len(walled()) > 30


@pytest.mark.django_db
def test_without_an_organization_there_is_no_row(full: Cast) -> None:
    filled = [table for table in walled() if rows(table)]
    assert len(filled) > 25, "the rows of this test are gone"
    with as_application(None):
        assert [table.name for table in filled if rows(table)] == []


def test_with_an_organization_there_are_only_its_rows(full: Cast) -> None:
    here, there = full.organization.pk, full.other_organization.pk
    both = {table.name for table in walled() if {here, there} <= set(rows(table))}
    assert {"families_person", "screenings_screening", "accounts_historicaluser", "accounts_organization"} <= both
    for own in (here, there):
        with as_application(own):
            for table in walled():
                assert set(rows(table)) <= {own}, table.name
                assert rows(table) or table.name not in both, table.name


def test_nothing_is_written_across(full: Cast) -> None:
    here, there = full.organization.pk, full.other_organization.pk
    for table in walled():
        if table.name in OWN_RULES or there not in rows(table):
            continue
        theirs = f"{table.column} = {there}"
        with as_application(here):
            assert touched(f"DELETE FROM {table.name} WHERE {theirs}") == 0, table.name
            assert touched(f"UPDATE {table.name} SET {table.column} = {there} WHERE {theirs}") == 0, table.name
            assert touched(f"UPDATE {table.name} SET {table.column} = {there}") == 0, f"{table.name} can be given away"
            assert touched(copy_of(table, here, there)) == 0, f"{table.name} can be put there"
        assert there in rows(table)
    with as_application(here):
        assert touched("UPDATE families_family SET version = version") == 1, "its own it may change"


def copy_of(table: Table, mine: int, theirs: int) -> str:
    """Puts a copy of a row into the other organization; whether its keys are free is looked at after the policy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
            "AND attgenerated = '' AND attidentity <> 'a'",
            [table.name],
        )
        columns = [name for (name,) in cursor.fetchall()]
    values = [str(theirs) if name == table.column else f'"{name}"' for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO {table.name} ({names}) SELECT {', '.join(values)} FROM {table.name} LIMIT 1"


@pytest.mark.django_db
def test_all_is_as_it_should_be_and_a_second_time_changes_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]
        assert statements(cursor, owner, "amparo_app") == []
        cursor.execute("CREATE TABLE families_new (id bigint, organization_id bigint NOT NULL)")
        cursor.execute("INSERT INTO families_new VALUES (1, 1), (2, 2)")
        cursor.execute("CREATE FUNCTION new_door() RETURNS bigint LANGUAGE sql SECURITY DEFINER RETURN 1")
        cursor.execute("ALTER POLICY organization_wall ON families_family USING (true)")
        assert len(statements(cursor, owner, "amparo_app")) == 10
    build_walls()
    with connection.cursor() as cursor:
        assert statements(cursor, owner, "amparo_app") == []
    new = next(table for table in walled() if table.name == "families_new")
    with as_application(2):
        assert rows(new) == [2]
    with as_application(None), connection.cursor() as cursor, transaction.atomic():
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute("SELECT new_door()")
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "SET ROLE amparo_owner",
        "TRUNCATE families_family CASCADE",
        "ALTER TABLE families_family DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE families_family NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY organization_wall ON families_family",
        "ALTER TABLE families_family DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "CREATE TABLE mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "DELETE FROM django_migrations",
        "INSERT INTO django_migrations (app, name, applied) VALUES ('a', 'b', now())",
        "SELECT setval('families_family_id_seq', 1)",
        "CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1",
        "ALTER FUNCTION account_place(bigint) SECURITY INVOKER",
        "ALTER ROLE amparo_app BYPASSRLS",
    ],
)
def test_the_application_cannot_take_the_wall_down(statement: str, application: Any) -> None:
    with pytest.raises(Exception, match=r"denied|must be|not allowed|permission"):
        application.execute(statement)


@pytest.mark.django_db
def test_the_application_role_owns_and_is_nothing() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication, "
            "(SELECT count(*) FROM pg_class WHERE relowner = r.oid), "
            "(SELECT count(*) FROM pg_proc WHERE proowner = r.oid), "
            "(SELECT count(*) FROM pg_auth_members WHERE member = r.oid) "
            "FROM pg_roles AS r WHERE rolname = 'amparo_app'"
        )
        assert cursor.fetchone() == (False, False, False, False, False, 0, 0, 0)


def test_a_check_sees_rows_whoever_asks(full: Cast) -> None:
    """A trigger that counted a family's persons in nobody's scope would find none, nor the family: and let it pass."""
    with transaction.atomic(), connection.cursor() as cursor:
        with as_application(full.organization.pk):
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute("UPDATE families_person SET family_id = family_id + 1000000")
        with as_application(None), pytest.raises(IntegrityError, match="a family has at least one person"):
            cursor.execute("SET CONSTRAINTS families_person_leaves_persons IMMEDIATE")
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_a_role_without_any_grant_sees_nothing(full: Cast) -> None:
    with as_role("amparo_app"):
        assert Organization.objects.count() == 0
    assert Organization.objects.count() >= 2
