"""The application role: made by the owner where it may make roles, else asked for in one line."""

import psycopg
from django.core.management.base import CommandError
from django.db import connection
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from config.database.addresses import APPLICATION, Login, application_login

_HARMLESS = "NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS NOREPLICATION"


def ensure_application_role(cursor: CursorWrapper) -> tuple[str, str]:
    """The names of the owner and of the application role, which is made if it is missing.

    Raises CommandError, with what to do, when it is missing and may not be made, and when it could get around the wall.
    """
    login = application_login()
    name = login.role if login else APPLICATION
    cursor.execute("SELECT current_user, (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user)")
    owner, may_create = cursor.fetchone()
    if name == owner:
        raise CommandError(
            f"DATABASE_URL and DATABASE_OWNER_URL both name the role {owner}: give the application a role of its own, "
            f"such as {APPLICATION}, in DATABASE_URL."
        )
    cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = %s", [name])
    found = cursor.fetchone()
    if found is None and not may_create:
        raise CommandError(
            f"The role {name}, as which Amparo's pages ask the database, is missing, and {owner} may not make it: have "
            f"an administrator of PostgreSQL run CREATE ROLE {name} LOGIN PASSWORD '…', then migrate again."
        )
    if found is None:
        _create(cursor, name, owner, login)
    elif found[0]:
        raise CommandError(
            f"The role {name} gets around the wall between organizations: have an administrator of PostgreSQL run "
            f"ALTER ROLE {name} {_HARMLESS}, or name another role in DATABASE_URL."
        )
    elif login is not None and may_create and not _lets_in(login):
        cursor.execute(_spell("ALTER ROLE {} LOGIN PASSWORD {}", name, login))
    return owner, name


def _create(cursor: CursorWrapper, name: str, owner: str, login: Login | None) -> None:
    if login is not None:
        cursor.execute(_spell(f"CREATE ROLE {{}} LOGIN {_HARMLESS} PASSWORD {{}}", name, login))
    else:
        cursor.execute(sql.SQL(f"CREATE ROLE {{}} {_HARMLESS}").format(sql.Identifier(name)))
    # So that the owner may act as it (SET ROLE), never the other way round.
    cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(name), sql.Identifier(owner)))


def _spell(statement: str, name: str, login: Login) -> sql.Composed:
    return sql.SQL(statement).format(sql.Identifier(name), sql.Literal(login.password))


def _lets_in(login: Login) -> bool:
    """Whether the role's password is the one that the application has."""
    parameters = {**connection.get_connection_params(), "user": login.role, "password": login.password}
    parameters = {
        key: value for key, value in parameters.items() if key in {"host", "port", "dbname", "user", "password"}
    }
    try:
        psycopg.connect(**parameters).close()
    except psycopg.OperationalError:
        return False
    return True
