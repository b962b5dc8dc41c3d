"""What a sheet would change in a family: the sheet, the record, and what the last sheet said, compared group by group.

- The sheet says of a group what the last sheet said: the record stays, whatever was changed in it since.
- The record still says what the last sheet said: the new sheet is applied.
- Both have changed, to different values: a conflict, and the whole family is left alone.

For a person who was never in a sheet the last sheet said nothing, so whatever differs is a conflict. A column that
the new sheet does not have says nothing: what the last sheet said in it still stands.
"""

import datetime
import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organization, User
from families.intake.checks import Clashes, check_facts
from families.intake.reading import Header
from families.intake.rows import (
    GROUPS,
    TEXTS,
    Groups,
    SheetPerson,
    cells_of,
    check_groups,
    person_facts,
    read_row,
    record_groups,
    reference,
    sheet_groups,
)
from families.intake.spool import Row
from families.intake.vocabulary import shown
from families.locks import lock_families, lock_intake
from families.models import Family, Person, SheetRow
from settlement.facts import facts_of


class Outcome(StrEnum):
    """What becomes of a family of the sheet; the report's words."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REFUSED = "refused"


@dataclass
class PersonPlan:
    """One row of the sheet against the record. `changed` are the groups of `groups` that are to be written."""

    sheet: SheetPerson
    stored: Person | None
    base: SheetRow | None
    new: bool
    groups: Groups = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)

    @property
    def said(self) -> dict[str, Any]:
        """What the sheet says, in the form in which it is kept for the next one."""
        return {"values": self.sheet.values, "extra": self.sheet.extra}


@dataclass
class FamilyPlan:
    """What the sheet means for one family. `members` are all its stored persons, also those who are not in the
    sheet."""

    reference: str
    persons: list[PersonPlan]
    members: dict[str, Person]
    stored: Family | None
    outcome: Outcome = Outcome.UNCHANGED

    @property
    def rows(self) -> list[SheetPerson]:
        return [plan.sheet for plan in self.persons]


@dataclass
class _Record:
    """A stored family: its persons by reference, and, once asked for, what the engine knows of each."""

    family: Family
    persons: dict[str, Person]
    facts: dict[str, Any] = field(default_factory=dict)

    def groups(self, person_ref: str) -> Groups:
        person = self.persons[person_ref]
        return record_groups(self.facts[person_ref], {name: getattr(person, name) for name in (*TEXTS, "extra")})


def plan_families(
    *,
    organization: Organization,
    actor: User | None,
    day: datetime.date,
    header: Header,
    chunk: Mapping[str, list[Row]],
    clashes: Clashes,
) -> list[FamilyPlan]:
    """What the sheet means for these families (reference -> rows), which stay locked until the transaction ends.

    The number of queries does not grow with that of families."""
    lock_intake(organization.pk)
    records = _load(organization, chunk)
    hidden = _take_hidden(actor, records)
    plans = [_read(header, family_ref, rows, records.get(family_ref)) for family_ref, rows in chunk.items()]
    open_plans = []
    for plan in plans:
        if plan.reference in hidden:
            _refuse(plan)
            continue
        for person in plan.rows:
            check_groups(person)
            clashes.check(person)
        if plan.stored is None or not _says_nothing_new(plan):
            open_plans.append(plan)
    asked = [plan.stored.pk for plan in open_plans if plan.stored is not None]
    if asked:
        for _key, facts in facts_of(organization, day=day, family_ids=asked):
            records[facts["family"]].facts = {person["id"]: person for person in facts["persons"]}
    for plan in open_plans:
        _compare(plan, header, records.get(plan.reference), day)
    return plans


def _load(organization: Organization, references: Collection[str]) -> dict[str, _Record]:
    found = Family.objects.filter(organization=organization, reference__in=list(references))
    families = lock_families(organization.pk, list(found.values_list("pk", flat=True)))
    records = {family.pk: _Record(family, {}) for family in families}
    for person in Person.objects.filter(family__in=families).select_related("sheet_row").order_by("pk"):
        records[person.family_id].persons[person.reference] = person
    return {record.family.reference: record for record in records.values()}


def _take_hidden(actor: User | None, records: dict[str, _Record]) -> set[str]:
    """Takes out the families that the actor must not see; gives their references. Commands see all."""
    if actor is None:
        return set()
    stored = {record.family.pk for record in records.values()}
    seen = set(Family.objects.visible_to(actor).filter(pk__in=stored).values_list("pk", flat=True))
    hidden = {record.family.reference for record in records.values() if record.family.pk not in seen}
    for family_ref in hidden:
        del records[family_ref]
    return hidden


def _refuse(plan: FamilyPlan) -> None:
    """Refuses all rows of a family that the actor must not see, with no word about what is on file."""
    plan.outcome = Outcome.REFUSED
    for row in plan.rows:
        row.refuse("family_ref", _("This family number cannot be used here. Ask a supervisor of your organization."))


def _read(header: Header, family_ref: str, rows: list[Row], record: _Record | None) -> FamilyPlan:
    """The family's rows, completed by what the last sheet said in columns that this one does not have."""
    stored = record.persons if record else {}
    references = {reference(header, cells, "person_ref") for _number, cells in rows} | set(stored)
    persons = []
    for number, cells in rows:
        sheet = read_row(header, number, cells, references)
        person = stored.get(sheet.person_ref)
        base = getattr(person, "sheet_row", None)
        if base is not None:
            kept = {name: value for name, value in base.values["values"].items() if name not in header.columns}
            sheet.values = kept | sheet.values
            sheet.extra = {
                name: text for name, text in base.values["extra"].items() if name not in header.others
            } | sheet.extra
        persons.append(PersonPlan(sheet, person, base, new=person is None))
    return FamilyPlan(family_ref, persons, dict(stored), record.family if record else None)


def _says_nothing_new(plan: FamilyPlan) -> bool:
    """Whether the last sheet said the same of everybody, with nothing wrong in it."""
    return all(
        person.base is not None and person.base.values == person.said and not person.sheet.problems
        for person in plan.persons
    )


def _compare(plan: FamilyPlan, header: Header, record: _Record | None, day: datetime.date) -> None:
    conflicts: list[tuple[SheetPerson, str, str]] = []
    for person in plan.persons:
        if record is None or person.stored is None:
            person.groups = sheet_groups(person.sheet.values, person.sheet.extra)
            person.changed = set(person.groups)
        else:
            conflicts += _compare_person(person, header, record.groups(person.sheet.person_ref))
    _check(plan, record, day)
    if any(row.problems for row in plan.rows):
        plan.outcome = Outcome.REFUSED
    elif conflicts:
        plan.outcome = Outcome.CONFLICT
        for row, column, message in conflicts:
            row.refuse(column, message)
    elif plan.stored is None:
        plan.outcome = Outcome.CREATED
    elif any(person.changed for person in plan.persons):
        plan.outcome = Outcome.CHANGED


def _check(plan: FamilyPlan, record: _Record | None, day: datetime.date) -> None:
    """The facts as they would be: the persons of the record first, then those who are new."""
    stored = record.facts if record else {}
    facts: list[dict[str, Any]] = []
    rows: list[SheetPerson | None] = []
    for person_ref, known in stored.items():
        if all(person.sheet.person_ref != person_ref for person in plan.persons):
            facts.append(known)
            rows.append(None)
    for person in plan.persons:
        request = stored.get(person.sheet.person_ref, {}).get("return_request")
        facts.append(person_facts(person.sheet.person_ref, person.groups, request))
        rows.append(person.sheet)
    check_facts(plan.reference, day.isoformat(), facts, rows)


def _compare_person(person: PersonPlan, header: Header, now: Groups) -> list[tuple[SheetPerson, str, str]]:
    """Fills in what is to be written of a stored person; gives the conflicts as row, column and message."""
    sheet = person.sheet
    if person.base is None:
        sheet.values = _values_of(now, header) | sheet.values
        sheet.extra = {name: text for name, text in now["extra"].items() if name not in header.others} | sheet.extra
        base: Groups = {"extra": {}}
    else:
        base = sheet_groups(person.base.values["values"], person.base.values["extra"])
    said = sheet_groups(sheet.values, sheet.extra)
    person.groups = dict(now)
    conflicts = []
    for group, new in said.items():
        if new == now[group] or (group in base and new == base[group]):
            continue
        person.groups[group] = new
        if group in base and now[group] == base[group]:
            person.changed.add(group)
        else:
            conflicts += [(sheet, column, message) for column, message in _differences(group, new, now[group])]
    return conflicts


def _values_of(now: Groups, header: Header) -> dict[str, Any]:
    """What the record says in the columns that this sheet does not have."""
    values: dict[str, Any] = {}
    for group in GROUPS:
        values |= cells_of(group, now[group]) or {}
    return {column: value for column, value in values.items() if column not in header.columns}


def _differences(group: str, new: Any, now: Any) -> list[tuple[str, str]]:
    """The columns in which sheet and record differ, each with a sentence that has both values."""
    ours, theirs = (new, now) if group == "extra" else (cells_of(group, new), cells_of(group, now))
    columns = GROUPS.get(group) or tuple(sorted({*new, *now}))
    if ours is not None and theirs is not None:
        differing = [column for column in columns if ours.get(column) != theirs.get(column)]
        if differing:
            return [(column, _both(ours.get(column), theirs.get(column))) for column in differing]
    return [(columns[0], _both(new, now))]


def _both(new: Any, now: Any) -> str:
    return _(
        "Changed both here and in Amparo since the last sheet. The sheet says: %(sheet)s. Amparo says: %(record)s."
    ) % {
        "sheet": _spoken(new),
        "record": _spoken(now),
    }


def _spoken(value: Any) -> str:
    """A value as the user would write it in a cell."""
    if value is None or value in ([], {}):
        return _("nothing")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return " ; ".join(value)
    return shown(value.replace("_", " ") if isinstance(value, str) else json.dumps(value, ensure_ascii=False))
