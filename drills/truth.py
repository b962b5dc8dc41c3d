"""Whether what is stored for speed still says what the facts say, and no row hangs in the air: for drills and tests."""

import datetime
from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models

from accounts.models import Organization
from accounts.owned import SameOrganization
from families.models import Family
from settlement.determine import decided_record, digest
from settlement.engine import RULE_VERSION
from settlement.facts import records_of
from settlement.models import Determination, DeterminedDeadline, PersonDetermination


def derived_faults(organization: Organization, *, day: datetime.date) -> Iterator[str]:
    """A sentence for each family whose stored determination or index rows are not what its facts give on the day."""
    current = {row.family_id: row for row in Determination.objects.filter(organization=organization, current=True)}
    seen = 0
    for family_id, record in records_of(organization, day=day):
        seen += 1
        stored = current.get(family_id)
        if stored is None:
            yield f"family {family_id} has no determination"
            continue
        decision = decided_record(family_id, record)
        if (stored.facts_digest, stored.rule_version) != (digest(record), RULE_VERSION):
            yield f"family {family_id}: the determination was made of other facts"
        if {**stored.decision, "as_of": None} != {**decision, "as_of": None}:
            yield f"family {family_id}: the stored decision is not the engine's"
        if _indexed(family_id) != _index_of(decision):
            yield f"family {family_id}: the index rows are not the decision's"
    families = Family.objects.filter(organization=organization).count()
    if (families, len(current)) != (seen, seen):
        yield f"{families} families, {seen} with facts, {len(current)} current determinations"


def _indexed(family_id: int) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    persons = PersonDetermination.objects.filter(family_id=family_id).values_list(
        "person__reference", "membership", "standing", "right_state", "removal", "rule", "needs", "next_steps"
    )
    deadlines = DeterminedDeadline.objects.filter(family_id=family_id).values_list(
        "person__reference", "kind", "due", "act_by", "missed"
    )
    return sorted(map(tuple, persons), key=str), sorted(map(tuple, deadlines), key=str)


def _index_of(decision: dict[str, object]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    names = ("id", "membership", "standing", "right_state", "removal", "rule", "needs", "next_steps")
    day = datetime.date.fromisoformat
    persons = [tuple(person[name] for name in names) for person in decision["persons"]]  # type: ignore[attr-defined]
    deadlines = [
        (found["person"], found["id"], day(found["due"]), day(found["act_by"]), found["missed"])
        for found in decision["deadlines"]  # type: ignore[attr-defined]
    ]
    return sorted(persons, key=str), sorted(deadlines, key=str)


def orphans() -> Iterator[str]:
    """A sentence for each foreign key of ours with rows that lead to nothing, or to another organization's row."""
    quote = connection.ops.quote_name
    for model in apps.get_models():
        same = {part.field for part in model._meta.constraints if isinstance(part, SameOrganization)}
        for field in model._meta.local_fields:
            if not isinstance(field, models.ForeignKey) or not _is_key(model, field, same):
                continue
            table, target = quote(model._meta.db_table), quote(field.related_model._meta.db_table)
            column, key = quote(str(field.column)), quote(str(field.target_field.column))
            also = " AND t.organization_id = r.organization_id" if field.name in same else ""
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT count(*) FROM {table} r WHERE r.{column} IS NOT NULL "  # noqa: S608  # names of our models
                    f"AND NOT EXISTS (SELECT FROM {target} t WHERE t.{key} = r.{column}{also})"
                )
                (count,) = cursor.fetchone()
            if count:
                yield f"{model._meta.label}.{field.name}: {count} rows lead to nothing"


def _is_key(model: type[models.Model], field: models.ForeignKey, same: set[str]) -> bool:  # type: ignore[type-arg]
    """Whether the database holds the field to what it leads to: rows of history outlive what they tell of."""
    return bool(getattr(field, "db_constraint", True)) or field.name in same
