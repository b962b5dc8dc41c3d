"""Puts the triggers, the chain and the rights into the database, after each `migrate`, as the owner of the tables.

Everything is looked up first: an installation that is up to date is left as it is, and no table is locked for nothing.
"""

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

from audit import chain, triggers

APPLICATION = "amparo_app"
_ORGANIZATION = "nullif(current_setting('app.organization', true), '')::bigint"
# The owner is not held (no FORCE): its functions write for every organization, and verifying reads all of them.
POLICIES = {
    "audit_entry": {
        "audit_entry_read": f"FOR SELECT USING (organization_id = {_ORGANIZATION})",
        # An act of nobody's organization may be noted, and no act may pretend to be a change.
        "audit_entry_note": (
            f"FOR INSERT WITH CHECK (organization_id IS NOT DISTINCT FROM {_ORGANIZATION}"
            " AND act NOT IN ('created', 'changed', 'removed'))"
        ),
    },
    "audit_link": {"audit_link_read": f"FOR SELECT USING (chain = {_ORGANIZATION})"},
}
# What a note says; all else in an entry is PostgreSQL's to say.
NOTED = ("act", "thing", "thing_id", "families", "persons", "detail", "reason")


def install(using: str) -> None:
    """Bring the database up to date with `audit/tables.py` and `audit/chain.py`."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if not {"audit_entry", "audit_link"} <= set(connection.introspection.table_names(cursor)):
            return
        _functions(cursor)
        _triggers(connection, cursor)
        _policies(cursor)
        _rights(cursor)


def _functions(cursor: CursorWrapper) -> None:
    wanted = dict(chain.FUNCTIONS)
    for one in triggers.traced():
        wanted[triggers.function_name(one.table).strip('"')] = (chain.TRACES, triggers.function(one))
    cursor.execute("SELECT proname, prosrc FROM pg_proc WHERE pronamespace = current_schema()::regnamespace")
    there = dict(cursor.fetchall())
    for name, (declaration, body) in wanted.items():
        if there.get(name) != body:
            cursor.execute(
                f'CREATE OR REPLACE FUNCTION "{name}"{declaration} SECURITY DEFINER'
                f" SET search_path = public, pg_temp AS $body${body}$body$"
            )
            cursor.execute(f'REVOKE ALL ON FUNCTION "{name}" FROM PUBLIC')


def _wanted() -> dict[tuple[str, str], str]:
    """The triggers of the trace, by table and name, with the statements that make them."""
    wanted = {("audit_entry", "audit_seal"): chain.TRIGGER}
    for one in triggers.traced():
        wanted |= {(one.table, name): statement for name, statement in triggers.statements(one).items()}
    return wanted


def _triggers(connection: BaseDatabaseWrapper, cursor: CursorWrapper) -> None:
    wanted = _wanted()
    tables = set(connection.introspection.table_names(cursor))
    there = installed(cursor)
    for table, name in set(there) - set(wanted):
        cursor.execute(f'DROP TRIGGER "{name}" ON "{table}"')
    for (table, name), statement in wanted.items():
        if (table, name) not in there and table in tables:
            cursor.execute(statement)


def installed(cursor: CursorWrapper) -> dict[tuple[str, str], bool]:
    """The trace's triggers that are there, by table and name, and whether they are switched on."""
    cursor.execute(
        "SELECT c.relname, t.tgname, t.tgenabled IN ('O', 'A') FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
        " WHERE NOT t.tgisinternal AND t.tgname LIKE 'audit\\_%%' AND c.relnamespace = current_schema()::regnamespace"
    )
    return {(table, name): on for table, name, on in cursor.fetchall()}


def disabled(cursor: CursorWrapper) -> list[tuple[str, str]]:
    """The triggers that are missing or switched off."""
    there = installed(cursor)
    return sorted(one for one in _wanted() if not there.get(one))


def _policies(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()")
    there = set(cursor.fetchall())
    for table, policies in POLICIES.items():
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass", [table])
        if cursor.fetchone() != (True, False):
            cursor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY")
        for name in sorted(name for where, name in there if where == table and name not in policies):
            cursor.execute(f'DROP POLICY "{name}" ON {table}')
        for name, policy in policies.items():
            if (table, name) not in there:
                cursor.execute(f"CREATE POLICY {name} ON {table} {policy}")


def _rights(cursor: CursorWrapper) -> None:
    """The application may read, and note acts; what stands there it can neither change nor remove."""
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [APPLICATION])
    if cursor.fetchone() is None:
        return
    cursor.execute(f"REVOKE ALL ON audit_entry, audit_link FROM {APPLICATION}")
    cursor.execute(f"GRANT SELECT ON audit_entry, audit_link TO {APPLICATION}")
    for name in ("audit_heads()", "audit_of_family(bigint, timestamptz, timestamptz)"):
        cursor.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {APPLICATION}")
    cursor.execute(f"GRANT INSERT ({', '.join(NOTED)}) ON audit_entry TO {APPLICATION}")
