"""The triggers that write the entries of changes: one function a table, called once a statement with all its rows.

Called for a statement and not for a row, they cost a sheet of many families a fraction (docs/adr/0008). They run as
the owner of the tables, so the application's role needs no right to write such an entry, and has none.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.apps import apps
from django.db import models

from accounts.models import Organization, User
from audit.tables import EXEMPT, HIDDEN, ONLY_CHANGED, SECRETIVE, TELLABLE, UNTOLD
from families.models import Family, Person

_INTEGERS = {"AutoField", "BigAutoField", "SmallAutoField", "IntegerField", "BigIntegerField"}
_SESSION = "nullif(current_setting('app.organization', true), '')::bigint"
MOST_STEPS = 3


class Path(NamedTuple):
    """How to come from a row `{row}` to the number of a person or a family, and the row's columns that lead there."""

    sql: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Traced:
    """A table that leaves entries."""

    model: type[models.Model]
    events: tuple[str, ...]
    hidden: frozenset[str] = field(default_factory=frozenset)
    untold: frozenset[str] = field(default_factory=frozenset)

    @property
    def table(self) -> str:
        """Its name in the database."""
        return self.model._meta.db_table


def traced() -> list[Traced]:
    """Every table that leaves entries, in order of their names."""
    found = [
        Traced(
            model,
            ("UPDATE", "DELETE")
            if str(model._meta.model_name).startswith(ONLY_CHANGED)
            else ("INSERT", "UPDATE", "DELETE"),
            _hidden(model),
            UNTOLD.get(model._meta.db_table, frozenset()) | _generated(model),
        )
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and model._meta.db_table not in EXEMPT
    ]
    return sorted(found, key=lambda one: one.table)


def _columns(model: type[models.Model]) -> list[str]:
    return [str(one.column) for one in model._meta.local_concrete_fields]


def _generated(model: type[models.Model]) -> frozenset[str]:
    fields = model._meta.local_concrete_fields
    return frozenset(str(one.column) for one in fields if isinstance(one, models.GeneratedField))


def _hidden(model: type[models.Model]) -> frozenset[str]:
    """The columns whose content is not told: those of the list, all binary ones, and those with a secretive name."""
    table = model._meta.db_table
    suspicious = {
        str(one.column)
        for one in model._meta.local_concrete_fields
        if isinstance(one, models.BinaryField)
        or (
            isinstance(one, models.CharField | models.TextField | models.JSONField)
            and any(word in str(one.column) for word in SECRETIVE)
            and (table, str(one.column)) not in TELLABLE
        )
    }
    return HIDDEN.get(table, frozenset()) | frozenset(suspicious)


# --- whom a row is about ---


def _leads(model: type[models.Model]) -> Iterable[tuple[str, type[models.Model]]]:
    """The row's columns that are keys of another table, with its model."""
    for one in model._meta.local_concrete_fields:
        target = one.related_model
        if isinstance(one, models.ForeignKey) and isinstance(target, type):
            yield str(one.column), target._meta.concrete_model or target


def paths(model: type[models.Model], goal: type[models.Model], steps: int = MOST_STEPS) -> list[Path]:
    """The ways from a row to the numbers of its persons (or families): its own keys, else those of what it hangs on."""
    if model is goal:
        return [Path(f"{{row}}.{_quoted(str(model._meta.pk.column))}", ())]
    direct = [Path(f"{{row}}.{_quoted(column)}", (column,)) for column, target in _leads(model) if target is goal]
    if direct or steps == 0:
        return direct
    found = []
    for column, target in _leads(model):
        if target in (Organization, User):
            continue
        for path in paths(target, goal, steps - 1):
            inner, key = f"r{steps}", _quoted(str(target._meta.pk.column))
            sql = path.sql.replace("{row}", inner)
            lookup = (
                f"(SELECT {sql} FROM {target._meta.db_table} {inner} WHERE {inner}.{key} = {{row}}.{_quoted(column)})"
            )
            found.append(Path(lookup, (column,)))
    return found


def _numbers(found: list[Path], row: str) -> str:
    """The paths' numbers as an array."""
    if not found:
        return "'{}'::bigint[]"
    return f"array_remove(ARRAY[{', '.join(path.sql for path in found)}]::bigint[], NULL)".replace("{row}", row)


def _both(found: list[Path]) -> str:
    """The numbers of a changed row: where it belonged to others before, theirs, too."""
    columns = sorted({column for path in found for column in path.columns})
    if not columns:
        return _numbers(found, "n")
    moved = " OR ".join(f"o.{_quoted(column)} IS DISTINCT FROM n.{_quoted(column)}" for column in columns)
    return f"{_numbers(found, 'n')} || CASE WHEN {moved} THEN {_numbers(found, 'o')} ELSE '{{}}' END"


def _organization(model: type[models.Model], row: str) -> str:
    """Whose entry it is: the row's organization's, that of its user, else that of the session."""
    if model is Organization:
        return f"{row}.id"
    if "organization_id" in _columns(model):
        return f"coalesce({row}.organization_id, {_SESSION})"
    users = [column for column, target in _leads(model) if target is User]
    if users:
        of = f"SELECT u.organization_id FROM accounts_user u WHERE u.id = {row}.{_quoted(users[0])}"
        return f"coalesce(({of}), {_SESSION})"
    return _SESSION


# --- the functions ---


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _whole(one: Traced, rows: str) -> str:
    """The rows without what is not told, and with a word instead of what is hidden."""
    told = [
        f"CASE WHEN {_quoted(c)} IS NULL THEN NULL ELSE 'hidden' END AS {_quoted(c)}" if c in one.hidden else _quoted(c)
        for c in _columns(one.model)
        if c not in one.untold
    ]
    return f"(SELECT {', '.join(told)} FROM {rows})"


def _compared(one: Traced, rows: str) -> str:
    """The rows with what tells whether a hidden column has changed: its digest; of a file, which may be long, its
    length."""
    binary = {str(f.column) for f in one.model._meta.local_concrete_fields if isinstance(f, models.BinaryField)}
    told = [
        (f"octet_length({_quoted(c)})" if c in binary else f"md5({_quoted(c)}::text)") + f" AS {_quoted(c)}"
        if c in one.hidden
        else _quoted(c)
        for c in _columns(one.model)
        if c not in one.untold
    ]
    return f"(SELECT t.*, to_jsonb(t) AS told FROM (SELECT {', '.join(told)} FROM {rows}) t OFFSET 0)"


def _key(one: Traced, row: str) -> tuple[str, str]:
    """The entry's `thing_id` and `detail`: a key that is no number stands in the detail."""
    pk: Any = one.model._meta.pk
    while isinstance(pk, models.ForeignKey):
        pk = pk.target_field
    column = f"{row}.{_quoted(str(one.model._meta.pk.column))}"
    if pk.get_internal_type() in _INTEGERS:
        return f"{column}::bigint", "NULL"
    return "NULL", f"jsonb_build_object('key', {column}::text)"


def _insert(one: Traced, act: str, row: str, source: str, families: str, persons: str, before: str, after: str) -> str:
    thing_id, detail = _key(one, row)
    return (
        "INSERT INTO audit_entry (organization_id, act, thing, thing_id, families, persons, before, after, detail)\n"
        f"SELECT {_organization(one.model, row)}, '{act}', '{one.table}', {thing_id},\n"
        f"    {families},\n    {persons},\n    {before}, {after}, {detail}\nFROM {source};"
    )


def function(one: Traced) -> str:
    """The body of the function that the table's triggers call."""
    of_family, of_person = paths(one.model, Family), paths(one.model, Person)
    of_family = of_family or [_family_of(path) for path in of_person]
    key = _quoted(str(one.model._meta.pk.column))
    hidden = ", ".join(f"'{column}'" for column in sorted(one.hidden))
    value = "e.value" if not one.hidden else f"CASE WHEN e.key IN ({hidden}) THEN '\"hidden\"'::jsonb ELSE e.value END"
    was = value.replace("e.value", "o.told -> e.key")

    def alone(act: str, row: str, rows: str) -> str:
        told = f"to_jsonb({row})"
        before, after = ("NULL", told) if row == "n" else (told, "NULL")
        families, persons = _numbers(of_family, row), _numbers(of_person, row)
        return _insert(one, act, row, f"{_whole(one, rows)} {row}", families, persons, before, after)

    differing = (
        f"{_compared(one, 'new_rows')} n JOIN {_compared(one, 'old_rows')} o ON o.{key} = n.{key},\n"
        f"LATERAL (SELECT jsonb_object_agg(e.key, {was}) AS before, jsonb_object_agg(e.key, {value}) AS after\n"
        "    FROM jsonb_each(n.told) e WHERE e.value IS DISTINCT FROM o.told -> e.key) d\nWHERE d.after IS NOT NULL"
    )
    changed = _insert(one, "changed", "n", differing, _both(of_family), _both(of_person), "d.before", "d.after")
    # A statement that gives rows another key: to the trace these are other rows.
    rekeyed = (
        f"IF EXISTS (SELECT {key} FROM new_rows EXCEPT SELECT {key} FROM old_rows) THEN\n"
        + alone("removed", "o", f"old_rows WHERE {key} NOT IN (SELECT {key} FROM new_rows)")
        + "\n"
        + alone("created", "n", f"new_rows WHERE {key} NOT IN (SELECT {key} FROM old_rows)")
        + "\nEND IF;"
    )
    branches = {
        "INSERT": alone("created", "n", "new_rows"),
        "UPDATE": f"{changed}\n{rekeyed}",
        "DELETE": alone("removed", "o", "old_rows"),
        "TRUNCATE": (
            f"INSERT INTO audit_entry (act, thing, detail)\nVALUES ('removed', '{one.table}', '{{\"all\": true}}');"
        ),
    }
    cases = "\nELSIF ".join(f"TG_OP = '{event}' THEN\n{branches[event]}" for event in (*one.events, "TRUNCATE"))
    return f"\nBEGIN\nIF {cases}\nEND IF;\nRETURN NULL;\nEND"


def _family_of(path: Path) -> Path:
    return Path(f"(SELECT p.family_id FROM families_person p WHERE p.id = {path.sql})", path.columns)


def statements(one: Traced) -> dict[str, str]:
    """The names of the table's triggers, with the statements that make them."""
    rows = {
        "INSERT": "REFERENCING NEW TABLE AS new_rows ",
        "UPDATE": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows ",
        "DELETE": "REFERENCING OLD TABLE AS old_rows ",
        "TRUNCATE": "",
    }
    return {
        f"audit_{event.lower()}": (
            f"CREATE TRIGGER audit_{event.lower()} AFTER {event} ON {_quoted(one.table)} {rows[event]}"
            f"FOR EACH STATEMENT EXECUTE FUNCTION {function_name(one.table)}()"
        )
        for event in (*one.events, "TRUNCATE")
    }


def function_name(table: str) -> str:
    """The name of the function of a table's triggers."""
    return _quoted(f"audit_of_{table}"[:63])
