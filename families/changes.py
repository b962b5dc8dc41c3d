"""What a typed change of a fact is, checked and before anything is saved: shared by the previews and the services."""

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from families.intake.vocabulary import read_a_number
from families.models import Family, ParentLink, Person
from families.proposals.gate import Change, changed
from families.proposals.lowering import FREE
from families.proposals.rows import values_of
from families.tables import FACTS, PERSON_FIELDS
from families.writing import Values, clean_erasures, clean_values, require_reason

PLAIN = FREE["person"] | {"reference", "role"}
"""What a new person is put on file with at once."""


def new_person(family: Family, values: Mapping[str, Any]) -> tuple[Person, Values]:
    """A person of the family as they are put on file, not saved, and what is typed of them as a change of facts.

    The values have `reference`, `role` and `given_names`, and any of `PERSON_FIELDS`. Raises `Invalid`.
    """
    given = clean_values(Person, _with_a_number(values), fields=("reference", *PERSON_FIELDS))
    missing = [name for name in ("reference", "role", "given_names") if name not in given]
    if missing:
        raise Invalid(dict.fromkeys(missing, _("This is needed.")))
    plain = {name: value for name, value in given.items() if name in PLAIN}
    facts = {name: value for name, value in given.items() if name not in PLAIN}
    return Person(organization_id=family.organization_id, family=family, **plain), facts


def change_of(
    kind: str, row: Any, values: Mapping[str, Any], *, erase: Collection[str] = (), reason: str = ""
) -> Change:
    """The change of a row that is on file; `kind` is "person" or one of `FACTS`. Raises `Invalid`."""
    fields = PERSON_FIELDS if kind == "person" else FACTS[kind].fields
    if erase:
        require_reason(reason)
    erased = clean_erasures(type(row), erase, values, fields=fields)
    given = clean_values(type(row), _with_a_number(values) if kind == "person" else values, fields=fields)
    return Change(kind, "change", row, changed(values_of(kind, row), given | erased), reason)


def addition_of(kind: str, person: Person, values: Mapping[str, Any], *, parent: Person | None = None) -> Change:
    """A new row of one of the kinds of `FACTS`; a parent link needs the parent. Raises `Invalid`."""
    table = FACTS[kind]
    given = clean_values(table.model, values, fields=table.fields)
    row = table.model(organization_id=person.organization_id, **{table.owner: person})
    if isinstance(row, ParentLink):
        if parent is None:
            raise Invalid({"parent": _("This is needed.")})
        row.parent = parent
    return Change(kind, "add", row, given, parent=parent if isinstance(row, ParentLink) else None)


def _with_a_number(values: Mapping[str, Any]) -> Values:
    """The values with the A-number as it is stored, however it was written; raises `Invalid`."""
    a_number = values.get("a_number")
    if not isinstance(a_number, str) or not a_number.strip():
        return dict(values)
    try:
        return {**values, "a_number": read_a_number(a_number)}
    except ValueError as error:
        raise Invalid({"a_number": str(error)}) from None
