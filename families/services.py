"""Changing families, persons and the facts about them. Each service is one transaction: change, history, answers.

What may lower somebody's protection waits for a second person (`families.proposals`): the key that a service gives is
then that of the row as it will be, and `families.proposals.selectors.waiting_for` says what waits for it.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from simple_history.utils import bulk_update_with_history

from accounts.access import access, access_colleague, access_family, access_person, organization_of
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from accounts.walls import Wall
from config import clock
from deadlines.models import Deadline
from deadlines.refresh import refresh_family
from deadlines.reminders.ledger import tell_again
from families.changes import addition_of, change_of, new_person
from families.locks import lock_families
from families.models import Family, Person
from families.proposals.gate import Change, save_change
from families.proposals.rows import values_of
from families.tables import FACTS, FactTable
from families.writing import add_row, check_version, clean_values, require_reason
from settlement.determine import redetermine


def family_create(
    *,
    actor: User,
    reference: str,
    persons: Sequence[Mapping[str, Any]],
    key: str | None,
    day: datetime.date,
) -> int:
    """A new family with its persons, at least one; gives its pk.

    Each person's values have `reference`, `role` and `given_names`, and any of `PERSON_FIELDS`. Raises
    `PermissionDenied`, and `Invalid` with fields such as `reference` and `persons[1].a_number`.
    """
    require(actor, Permission.FAMILY_RECORD_CREATE)

    def write() -> int:
        organization = organization_of(actor)
        given = clean_values(Family, {"reference": reference}, fields=["reference"])
        errors = {} if given.get("reference") else {"reference": _("This is needed.")}
        if not persons:
            errors["persons"] = _("A family has at least one person.")
        if errors:
            raise Invalid(errors)
        family = add_row(Family(organization=organization, **given), actor=actor)
        for place, values in enumerate(persons):
            try:
                _add_person(family, values, actor, day)
            except Invalid as refusal:
                found = {f"persons[{place}].{name}": sentence for name, sentence in refusal.errors.items()}
                raise Invalid(found) from None
        redetermine(organization=organization, family_ids=[family.pk], day=day)
        return family.pk

    return once(actor=actor, key=key, what="family_create", write=write)


def person_add(*, actor: User, family_id: int, values: Mapping[str, Any], key: str | None, day: datetime.date) -> int:
    """A new person of the family; gives their pk. Values and errors as in `family_create`; raises `Http404`, too."""
    require(actor, Permission.FAMILY_RECORD_CHANGE)

    def write() -> int:
        family = access_family(actor, family_id)
        lock_families(family.organization_id, [family.pk])
        person = _add_person(family, values, actor, day)
        redetermine(organization=organization_of(actor), family_ids=[family.pk], day=day)
        return person.pk

    return once(actor=actor, key=key, what=f"person_add {family_id}", write=write)


def _add_person(family: Family, values: Mapping[str, Any], actor: User, day: datetime.date) -> Person:
    """A person of whom nothing is known but their name, and then what was typed of them, as any change of facts."""
    row, facts = new_person(family, values)
    person = add_row(row, actor=actor)
    save_change(Change("person", "change", person, facts), actor=actor, day=day)
    return person


def person_update(
    *,
    actor: User,
    person_id: int,
    version: int,
    values: Mapping[str, Any],
    key: str | None,
    day: datetime.date,
    erase: Collection[str] = (),
    reason: str = "",
) -> int:
    """Change who a person is, how to reach them, and what is known of them (`PERSON_FIELDS`); gives their pk.

    Conventions as in `families.writing`. Raises `PermissionDenied`, `Http404`, `Invalid` and `Conflict`.
    """
    require(actor, Permission.FAMILY_RECORD_CHANGE)

    def write() -> int:
        found = access_person(actor, person_id)
        lock_families(found.organization_id, [found.family_id])
        person = access_person(actor, person_id)
        check_version(person, version, current=values_of("person", person), theirs=values)
        save_change(change_of("person", person, values, erase=erase, reason=reason), actor=actor, day=day)
        redetermine(organization=organization_of(actor), family_ids=[person.family_id], day=day)
        if person.country != found.country:  # the engine does not see it, a date of the catalogue does
            refresh_family(family=person.family, day=day)
        return person.pk

    return once(actor=actor, key=key, what=f"person_update {person_id}", write=write)


def fact_add(
    *,
    actor: User,
    kind: str,
    person_id: int,
    values: Mapping[str, Any],
    key: str | None,
    day: datetime.date,
    parent_id: int | None = None,
) -> int:
    """A new fact about the person, of one of the kinds of `FACTS`; gives its pk. A parent link needs `parent_id`.

    Raises `PermissionDenied`, `Http404`, and `Invalid` with a sentence by field.
    """
    require(actor, Permission.FAMILY_RECORD_CHANGE)

    def write() -> int:
        person = access_person(actor, person_id)
        lock_families(person.organization_id, [person.family_id])
        parent = access_person(actor, parent_id) if parent_id is not None else None
        pk = save_change(addition_of(kind, person, values, parent=parent), actor=actor, day=day)
        redetermine(organization=organization_of(actor), family_ids=[person.family_id], day=day)
        return pk

    return once(actor=actor, key=key, what=f"fact_add {kind} {person_id}", write=write)


def fact_update(
    *,
    actor: User,
    kind: str,
    pk: int,
    version: int,
    values: Mapping[str, Any],
    key: str | None,
    day: datetime.date,
    erase: Collection[str] = (),
    reason: str = "",
) -> int:
    """Change a fact of one of the kinds of `FACTS`; gives its pk. Raises as `person_update` does."""
    require(actor, Permission.FAMILY_RECORD_CHANGE)
    table = FACTS[kind]

    def write() -> int:
        row, person = _locked_fact(actor, table, pk)
        check_version(row, version, current=values_of(kind, row), theirs=values)
        save_change(change_of(kind, row, values, erase=erase, reason=reason), actor=actor, day=day)
        redetermine(organization=organization_of(actor), family_ids=[person.family_id], day=day)
        return int(row.pk)

    return once(actor=actor, key=key, what=f"fact_update {kind} {pk}", write=write)


def fact_remove(
    *, actor: User, kind: str, pk: int, version: int, reason: str, key: str | None, day: datetime.date
) -> int:
    """Take a fact out of the record, because it never was so; its history stays. Gives the person's pk.

    Raises as `person_update` does; without a reason `Invalid`.
    """
    require(actor, Permission.FAMILY_RECORD_CHANGE)
    table = FACTS[kind]

    def write() -> int:
        row, person = _locked_fact(actor, table, pk)
        check_version(row, version, current=values_of(kind, row), theirs={})
        require_reason(reason)
        save_change(Change(kind, "remove", row, {}, reason), actor=actor, day=day)
        redetermine(organization=organization_of(actor), family_ids=[person.family_id], day=day)
        return person.pk

    return once(actor=actor, key=key, what=f"fact_remove {kind} {pk}", write=write)


def _locked_fact(actor: User, table: FactTable, pk: int) -> tuple[Any, Person]:
    """The fact and its person, with their family locked before they are read; raises `Http404`."""
    rows: Any = table.model._default_manager.select_related(table.owner)
    person: Person = getattr(access(rows, actor, pk), table.owner)
    lock_families(person.organization_id, [person.family_id])
    return access(rows, actor, pk), person


def family_assign(
    *,
    actor: User,
    family_ids: Collection[int],
    key: str | None,
    attorney_id: int | None = None,
    paralegal_id: int | None = None,
    unassign: Collection[Literal["attorney", "paralegal"]] = (),
    versions: Mapping[int, int] | None = None,
) -> int:
    """Give families to an attorney, to a paralegal, or to both; gives how many families changed.

    Who is not named stays; `unassign` takes somebody off without putting anybody in their place. `versions` has for
    each family the one that the caller saw; a command need not have seen any. Raises `PermissionDenied`, `Http404`
    when a family is missing, `Invalid` when somebody cannot have families, and `Conflict`, with the versions, when
    somebody else has assigned one of the families since.
    """
    require(actor, Permission.FAMILY_ASSIGNMENT_CHANGE)

    def write() -> int:
        given: dict[str, User | None] = dict.fromkeys(unassign)
        if attorney_id is not None:
            given["attorney"] = _assignee(actor, "attorney", attorney_id)
        if paralegal_id is not None:
            given["paralegal"] = _assignee(actor, "paralegal", paralegal_id)
        wanted = set(family_ids)
        families = lock_families(organization_of(actor).pk, wanted)
        if Family.objects.visible_to(actor).filter(pk__in=wanted).count() != len(wanted):
            raise Http404
        current = {str(family.pk): family.version for family in families}
        seen = current if versions is None else {str(pk): versions.get(pk) for pk in wanted}
        if seen != current:
            raise Conflict(current=current, theirs=seen, changes=())
        for name, user in given.items():
            if user and Wall.objects.in_force().filter(user=user, family__in=families).exists():
                raise Invalid({name: _cannot_have(user)})
        changed = []
        for family in families:
            if any(getattr(family, f"{name}_id") != (user.pk if user else None) for name, user in given.items()):
                for name, user in given.items():
                    setattr(family, name, user)
                family.version += 1
                changed.append(family)
        bulk_update_with_history(changed, Family, ["attorney", "paralegal", "version"], default_user=actor)
        # Whoever has the family now hears at once of what its earlier people know.
        tell_again(Deadline.objects.filter(family__in=changed).values_list("pk", flat=True), clock.moment())
        return len(changed)

    return once(actor=actor, key=key, what="family_assign", write=write)


def _assignee(actor: User, place: str, pk: int) -> User:
    """Somebody of the organization who may have families in this place; raises `Invalid` or `Http404`."""
    user = access_colleague(actor, pk)
    if user.place != place:
        raise Invalid({place: _("%(name)s cannot be given families here.") % {"name": user.name}})
    return user


def _cannot_have(user: User) -> str:
    """Said alike of one family or many, and no more than who assigns must know."""
    return _("%(name)s cannot be given these families. Nothing was changed. A supervisor can say why.") % {
        "name": user.name
    }
