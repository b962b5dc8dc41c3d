"""What a typed change of facts would mean for everybody, before anybody saves it. Nothing here is kept."""

import copy
import datetime
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction

from accounts.access import access, access_family, access_person
from accounts.models import User
from families.changes import addition_of, change_of, new_person
from families.models import Family, Person
from families.proposals.effect import Effect, effect_of, effect_of_person
from families.proposals.gate import Change, tried
from families.proposals.rows import rows_of, write_row
from families.writing import add_row


def access_fact(actor: User, kind: str, pk: int) -> Any:
    """One row of a kind of fact ("person", or one of `FACTS`), with its person and family; raises `Http404`."""
    return access(rows_of(kind), actor, pk)


def lists_with_rows(person: Person) -> list[str]:
    """The flags that say nothing any more, since the list is known by its rows; and what only a child has."""
    found = [name for name, rows in _FLAGS.items() if getattr(person, rows).exists()]
    return found if person.role == Person.Role.CHILD else [*found, "parents_known"]


_FLAGS = {"custody_known": "custodies", "departures_known": "departures", "parents_known": "parent_links"}


def adults_of(actor: User, child: Person) -> list[tuple[int, str]]:
    """Key and name of the parents and guardians of a child's family to whom no link of the child leads yet."""
    linked = child.parent_links.values("parent_id")
    rows = Person.objects.visible_to(actor).filter(family=child.family_id).exclude(role=Person.Role.CHILD)
    adults = rows.exclude(pk__in=linked).order_by("pk")
    return [(adult.pk, f"{adult.full_name or adult.reference}, {adult.get_role_display()}") for adult in adults]


def next_number(family: Family) -> str:
    """A number for a further person of the family that nobody there has."""
    taken = set(family.persons.values_list("reference", flat=True))
    return next(number for number in map(str, range(len(taken) + 1, 2 * len(taken) + 2)) if number not in taken)


def change_preview(
    *, actor: User, row: Any, kind: str, values: Mapping[str, Any], day: datetime.date, erase: Collection[str] = ()
) -> Effect:
    """What `person_update` or `fact_update` would mean. Raises `Invalid` where they would (but for the reason)."""
    return _looked_at(change_of(kind, row, values, erase=erase, reason="-"), actor, day)


def addition_preview(
    *,
    actor: User,
    kind: str,
    person: Person,
    values: Mapping[str, Any],
    day: datetime.date,
    parent_id: int | None = None,
) -> Effect:
    """What `fact_add` would mean. Raises as it does."""
    parent = access_person(actor, parent_id) if parent_id is not None else None
    return _looked_at(addition_of(kind, person, values, parent=parent), actor, day)


def removal_preview(*, actor: User, kind: str, row: Any, day: datetime.date) -> Effect:
    """What taking the row off file would mean."""
    return effect_of(Change(kind, "remove", row, {}), actor=actor, day=day)


def person_preview(*, actor: User, family_id: int, values: Mapping[str, Any], day: datetime.date) -> Effect:
    """What `person_add` would mean. Raises as it does."""
    person, facts = new_person(access_family(actor, family_id), values)
    with transaction.atomic():
        tried(lambda: add_row(copy.copy(person), actor=actor))
    return effect_of_person(person, facts, actor=actor, day=day)


def _looked_at(change: Change, actor: User, day: datetime.date) -> Effect:
    """The effect, after PostgreSQL was asked whether it takes the row: it takes it, and gives it back."""
    with transaction.atomic():
        tried(lambda: write_row(change.kind, copy.copy(change.row), change.new, actor=actor))
    return effect_of(change, actor=actor, day=day)
