"""Brings the database to its walls after each `migrate`: row-level security, grants, and the functions between them.

Everything is found in PostgreSQL's catalog, so a new table has its wall with no further act, and only what differs is
changed: a policy costs an ACCESS EXCLUSIVE lock, which a deployment of nothing new must not take.
"""

import json
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from config.database.roles import ensure_application_role

COLUMN = "organization_id"
# These are an organization, rather than belonging to one.
COLUMN_OF = {"accounts_organization": "id", "accounts_historicalorganization": "id"}
# The trace's tables have walls and rights of their own kind: audit/installing.py.
TRACE = "audit_"
# The functions with the owner's rights that the application role may execute.
DOORS = frozenset(
    {
        "account_by_email",
        "account_place",
        "audit_heads",
        "audit_of_family",
        "feed_place",
        "invitation_place",
        "organization_keys",
        "persons_matching",
    }
)
_FUNCTIONS = Path(__file__).parent / "functions.sql"
_SETTING = "(NULLIF(current_setting('app.organization'::text, true), ''::text))::bigint"
_LOCK = 7_061_001  # of two `migrate` at the same time one waits

_TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped),
    (SELECT coalesce(jsonb_object_agg(polname, jsonb_build_array(
        ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(polroles) AS r),
        polcmd, polpermissive, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)
    )), '{}') FROM pg_policy WHERE polrelid = c.oid)::text,
    ARRAY(SELECT privilege_type FROM aclexplode(c.relacl) WHERE grantee = to_regrole(%s)),
    EXISTS (SELECT FROM aclexplode(c.relacl) WHERE grantee = 0)
FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT EXISTS (
    SELECT FROM pg_depend WHERE objid = c.oid AND classid = 'pg_class'::regclass AND deptype = 'e')
ORDER BY c.relname
"""
_SEQUENCES = """
SELECT c.relname FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND NOT EXISTS (
    SELECT FROM aclexplode(c.relacl) WHERE grantee = to_regrole(%s) AND privilege_type = 'USAGE')
ORDER BY c.relname
"""
_ROUTINES = """
SELECT p.oid::regprocedure::text, p.proname, p.prorettype = 'trigger'::regtype, p.prosecdef, p.proconfig::text,
    EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) WHERE grantee = 0),
    EXISTS (SELECT FROM aclexplode(p.proacl) WHERE grantee = to_regrole(%s))
FROM pg_proc AS p
WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
    SELECT FROM pg_depend WHERE objid = p.oid AND classid = 'pg_proc'::regclass AND deptype = 'e')
ORDER BY 1
"""
_SEARCH_PATH = '{"search_path=public, pg_temp"}'


class Table(NamedTuple):
    """A table as the catalog has it. `policies`: name -> [roles, command, permissive, using, with check]."""

    name: str
    is_enabled: bool
    is_forced: bool
    columns: list[str]
    policies: dict[str, list[Any]]
    granted: list[str]
    is_granted_to_all: bool

    @property
    def column(self) -> str | None:
        """The column that says whose a row is; None for a table that belongs to the installation."""
        return COLUMN_OF.get(self.name) or (COLUMN if COLUMN in self.columns else None)


def privileges_on(table: str) -> tuple[str, ...]:
    """What the application role may do with a table."""
    return ("SELECT",) if table == "django_migrations" else ("DELETE", "INSERT", "SELECT", "UPDATE")


def build_walls(**_: Any) -> None:
    """What `post_migrate` calls, as the owner. Raises CommandError when there is no application role to be had."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        owner, role = ensure_application_role(cursor)
        cursor.execute("SET LOCAL check_function_bodies = off")  # a `migrate` to an earlier state has fewer tables
        cursor.execute(_FUNCTIONS.read_text())
        for statement in statements(cursor, owner, role):
            cursor.execute(statement)


def statements(cursor: CursorWrapper, owner: str, role: str) -> list[str]:
    """What is to be done until tables, sequences and functions are as they should be; nothing when they are."""
    quote = connection.ops.quote_name
    found = [
        statement
        for table in tables(cursor, role)
        if not table.name.startswith(TRACE)
        for statement in _for_table(table, owner, role)
    ]
    cursor.execute(_SEQUENCES, [quote(role)])
    found += [f"GRANT USAGE ON SEQUENCE {quote(name)} TO {quote(role)}" for (name,) in cursor.fetchall()]
    cursor.execute(_ROUTINES, [quote(role)])
    for routine in cursor.fetchall():
        found += _for_routine(*routine, role=quote(role))
    cursor.execute(
        "SELECT has_schema_privilege(r, 'public', 'CREATE'), has_schema_privilege(r, 'public', 'USAGE'), "
        "has_database_privilege(r, d, 'TEMPORARY'), d "
        "FROM (SELECT %s::text AS r, current_database()::text AS d) AS who",
        [role],
    )
    may_create, may_use, may_temp, database = cursor.fetchone()
    found += [f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {quote(role)}"] if may_create else []
    found += [] if may_use else [f"GRANT USAGE ON SCHEMA public TO {quote(role)}"]
    # On a table of its own a role could call the functions of triggers, with rows that it made up.
    return found + ([f"REVOKE TEMPORARY ON DATABASE {quote(database)} FROM PUBLIC"] if may_temp else [])


def tables(cursor: CursorWrapper, role: str) -> list[Table]:
    """Every table in the schema `public` that belongs to no extension."""
    cursor.execute(_TABLES, [connection.ops.quote_name(role)])
    return [
        Table(name, enabled, forced, columns, json.loads(policies), granted, to_all)
        for name, enabled, forced, columns, policies, granted, to_all in cursor.fetchall()
    ]


def _for_table(table: Table, owner: str, role: str) -> list[str]:
    """Policies and grants of one table.

    Whoever is not the owner sees the rows of the organization that is set. FORCE holds the owner to policies too, and
    one of its own lets it through: so what the owner may see is written down, where BYPASSRLS would need a superuser.
    """
    quote = connection.ops.quote_name
    name, found = quote(table.name), []
    if table.column is not None:
        wall = f"({table.column} = {_SETTING})"
        wanted: dict[str, list[Any]] = {
            "organization_wall": [["public"], "*", True, wall, wall],
            "owner_passes": [[owner], "*", True, "true", "true"],
        }
        for policy in table.policies.keys() - {key for key in wanted if table.policies.get(key) == wanted[key]}:
            found.append(f"DROP POLICY {quote(policy)} ON {name}")
        for policy, (to, _command, _permissive, using, check) in wanted.items():
            if table.policies.get(policy) != wanted[policy]:
                whom = "PUBLIC" if to == ["public"] else quote(to[0])
                found.append(f"CREATE POLICY {policy} ON {name} TO {whom} USING ({using}) WITH CHECK ({check})")
        found += [] if table.is_enabled else [f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"]
        found += [] if table.is_forced else [f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"]
    found += [f"REVOKE ALL ON {name} FROM PUBLIC"] if table.is_granted_to_all else []
    privileges = privileges_on(table.name)
    if tuple(sorted(table.granted)) != privileges:
        found.append(f"REVOKE ALL ON {name} FROM {quote(role)}")
        found.append(f"GRANT {', '.join(privileges)} ON {name} TO {quote(role)}")
    return found


def _for_routine(
    signature: str,
    name: str,
    is_trigger: bool,
    is_definer: bool,
    settings: str | None,
    is_for_all: bool,
    is_granted: bool,
    *,
    role: str,
) -> list[str]:
    """Rights of one function.

    A trigger that checks rows looks at them as the owner: a check that saw nothing, for want of an organization, would
    let everything pass. What runs with the owner's rights finds only our own tables, and is for nobody who needs not.
    """
    found = []
    if is_trigger and not is_definer:
        found.append(f"ALTER FUNCTION {signature} SECURITY DEFINER")
    if (is_trigger or is_definer) and settings != _SEARCH_PATH:
        found.append(f"ALTER FUNCTION {signature} SET search_path = public, pg_temp")
    if (is_trigger or is_definer) and is_for_all:
        found.append(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
    if name in DOORS and not is_granted:
        found.append(f"GRANT EXECUTE ON FUNCTION {signature} TO {role}")
    if (is_trigger or is_definer) and name not in DOORS and is_granted:
        found.append(f"REVOKE ALL ON FUNCTION {signature} FROM {role}")
    return found
