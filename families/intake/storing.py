"""Writes what a sheet means for a chunk of families: rows, their history, and what the sheet said.

Everything happens in the caller's transaction. The groups of a person become rows by the tables of
`settlement.facts`, so a fact has one name for its column in both directions.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from accounts.models import Organization, User
from audit.services import because
from config import clock
from families.intake.planning import FamilyPlan, Outcome
from families.intake.rows import ATTRIBUTES, TEXTS, Groups
from families.models import Family, Person, SheetRow
from screenings.models import JudgeReview, Screening
from settlement.facts import SOURCES, Source

CHANGE_REASON = "Intake sheet"
FITTING = "families_parentlink_fits, families_person_fits_links, screenings_screening_fits, screenings_person_fits"

Items = dict[int, list[dict[str, Any]]]
"""Key of a person (or of a screening) -> the rows it is to have, column -> value."""


class Store:
    """Writes the plans of one chunk. `actor` is None for the installation's own commands."""

    def __init__(self, *, organization: Organization, actor: User | None, plans: Sequence[FamilyPlan]) -> None:
        self.organization = organization
        self.actor = actor
        self.plans = [plan for plan in plans if plan.outcome in (Outcome.CREATED, Outcome.CHANGED)]
        self.accepted = [plan for plan in plans if plan.outcome not in (Outcome.REFUSED, Outcome.CONFLICT)]

    def write(self) -> list[int]:
        """Writes everything; gives the keys of the families that were created or changed."""
        # Links and screenings fit the roles once all of it is written. The other constraints wait for the end of the
        # transaction as ever: the trace's would hold up the organization's other changes from here on.
        with because(CHANGE_REASON), connection.cursor() as cursor:
            cursor.execute(f"SET CONSTRAINTS {FITTING} DEFERRED")
            self._rows()
            cursor.execute(f"SET CONSTRAINTS {FITTING} IMMEDIATE")
        return [plan.stored.pk for plan in self.plans if plan.stored is not None]

    def _rows(self) -> None:
        self._families()
        self._persons()
        for name in ("custody", "departures", "exclusions", "parents", "elections", "court_case"):
            self._sync(SOURCES[name], *self._wanted(name, SOURCES[name]))
        self._screenings("initial")
        self._screenings("second")
        self._sheet_rows()

    # --- families and persons ---

    def _families(self) -> None:
        new = [plan for plan in self.plans if plan.stored is None]
        families = [Family(organization=self.organization, reference=plan.reference) for plan in new]
        self._create(Family, families)
        for plan, family in zip(new, families, strict=True):
            plan.stored = family

    def _persons(self) -> None:
        created, updated = [], []
        for plan in self.plans:
            for person in plan.persons:
                if person.stored is None:
                    person.stored = Person(
                        organization=self.organization, family=plan.stored, reference=person.sheet.person_ref
                    )
                    plan.members[person.sheet.person_ref] = person.stored
                    created.append(person.stored)
                    _set(person.stored, _attributes(person.groups))
                elif person.changed and _set(person.stored, _attributes(person.groups)):
                    updated.append(person.stored)
        self._create(Person, created)
        self._update(Person, updated, PERSON_COLUMNS)

    def _sheet_rows(self) -> None:
        new, changed = [], []
        for plan in self.accepted:
            for person in plan.persons:
                if person.base is None:
                    new.append(SheetRow(organization=self.organization, person=person.stored, values=person.said))
                elif person.base.values != person.said:
                    person.base.values = person.said
                    changed.append(person.base)
        SheetRow.objects.bulk_create(new)
        SheetRow.objects.bulk_update(changed, ["values"])

    # --- lists of facts ---

    def _wanted(self, group: str, source: Source) -> tuple[Items, list[Any]]:
        """The rows that the persons of whom the sheet changes the group are to have, and those they have now."""
        wanted: Items = {}
        old = []
        for plan in self.plans:
            for person in plan.persons:
                if group in person.changed and person.stored is not None:
                    value = person.groups[group] or []
                    items = [value] if isinstance(value, dict) else value
                    wanted[person.stored.pk] = [_row_values(source, item, plan) for item in items]
                    if not person.new:
                        old.append(person.stored.pk)
        if not old:
            return wanted, []
        rows = source.model._default_manager.filter(**{f"{source.owner}__in": old})
        return wanted, list(rows.order_by("pk"))

    def _screenings(self, group: str) -> None:
        """The first screenings, or the second ones with their judge's review."""
        wanted, rows = self._wanted(group, SOURCES["screenings"])
        first = Screening.Basis.INITIAL
        screenings = self._sync(
            SOURCES["screenings"], wanted, [row for row in rows if (row.basis == first) == (group == "initial")]
        )
        reviews: Items = {}
        for plan in self.plans:
            for person in plan.persons:
                if person.stored is None or person.stored.pk not in wanted:
                    continue
                for item, row in zip(person.groups[group], screenings[person.stored.pk], strict=True):
                    review = item.get("judge_review")
                    reviews[row.pk] = [] if review is None else [_row_values(SOURCES["judge_review"], review, plan)]
        known = {row.pk for row in rows}
        old = JudgeReview.objects.filter(screening__in=known & set(reviews)) if known else []
        self._sync(SOURCES["judge_review"], reviews, list(old))

    def _sync(self, source: Source, wanted: Items, rows: Sequence[Any]) -> dict[int, list[Any]]:
        """Brings the rows of each owner to what is wanted; gives them by owner, in the order wanted."""
        owned: defaultdict[int, list[Any]] = defaultdict(list)
        for row in rows:
            owned[getattr(row, source.owner)].append(row)
        kept: dict[int, list[Any]] = {}
        created, updated = [], []
        for owner, items in wanted.items():
            kept[owner] = []
            for item in items:
                row = _take(owned[owner], item)
                if row is None:
                    row = source.model(organization=self.organization, **{source.owner: owner}, **item)
                    created.append(row)
                elif _set(row, item):
                    updated.append(row)
                kept[owner].append(row)
            for row in owned[owner]:
                self._delete(row)
        self._create(source.model, created)
        self._update(source.model, updated, _columns(source))
        return kept

    # --- rows with their history ---

    def _create(self, model: type[Any], rows: list[Any]) -> None:
        if rows:
            model._default_manager.bulk_create(rows)
            self._keep(model, rows, "+")

    def _update(self, model: type[Any], rows: list[Any], columns: Collection[str]) -> None:
        for row in rows:
            row.version += 1
        if rows:
            model._default_manager.bulk_update(rows, [*columns, "version"])
            self._keep(model, rows, "~")

    def _keep(self, model: type[Any], rows: list[Any], kind: str) -> None:
        """Writes the history of rows, as they now are in the table, inside PostgreSQL: one statement for all."""
        quote = connection.ops.quote_name
        history = model.history.model
        columns = ", ".join(quote(field.column) for field in history.tracked_fields)
        statement = (
            f"INSERT INTO {quote(history._meta.db_table)} "  # noqa: S608  # names of our own tables
            f"({columns}, history_date, history_type, history_user_id, history_change_reason) "
            f"SELECT {columns}, %s, %s, %s, %s FROM {quote(model._meta.db_table)} WHERE id = ANY(%s) ORDER BY id"
        )
        user = None if self.actor is None else self.actor.pk
        keys = [row.pk for row in rows]
        with connection.cursor() as cursor:
            cursor.execute(statement, [clock.now(), kind, user, CHANGE_REASON, keys])

    def _delete(self, row: Any) -> None:
        if isinstance(row, Screening):
            for review in JudgeReview.objects.filter(screening=row):
                self._delete(review)
        row._history_user = self.actor
        row._change_reason = CHANGE_REASON
        row.delete()


def _take(rows: list[Any], item: Mapping[str, Any]) -> Any:
    """Takes out of `rows` the one that is to hold the item: for a parent's link the link to that parent, else the
    first."""
    for row in rows:
        if "parent_id" not in item or row.parent_id == item["parent_id"]:
            rows.remove(row)
            return row
    return None


def _set(row: Any, values: Mapping[str, Any]) -> bool:
    """Sets the columns; gives whether one of them changed."""
    changed = {column: value for column, value in values.items() if getattr(row, column) != value}
    for column, value in changed.items():
        setattr(row, column, value)
    return bool(changed)


def _columns(source: Source) -> list[str]:
    return ["parent_id" if name == "parent__reference" else name for name in source.columns if name != "id"]


def _row_values(source: Source, item: Mapping[str, Any], plan: FamilyPlan) -> dict[str, Any]:
    """The columns of the row behind one item of the facts."""
    values: dict[str, Any] = {}
    for column, name in zip(source.columns, source.names, strict=True):
        if column == "parent__reference":
            values["parent_id"] = plan.members[item[name]].pk
        elif column != "id":
            values[column] = _value(column, item.get(name))
    return values


def _value(column: str, value: Any) -> Any:
    is_day = value is not None and (column.endswith("_on") or column == "birth_date")
    return datetime.date.fromisoformat(value) if is_day else value


def _attributes(groups: Groups) -> dict[str, Any]:
    """The columns of a person's own row."""
    entry = groups["entry"] or {}
    texts = {name: groups[name] or (None if name == "a_number" else "") for name in TEXTS}
    return {
        **{name: _value(name, groups[name]) for name in ATTRIBUTES},
        **texts,
        "extra": groups["extra"],
        "entry_on": _value("entry_on", entry.get("on")),
        "entry_place": entry.get("place"),
        "custody_known": groups["custody"] is not None,
        "departures_known": groups["departures"] is not None,
        "parents_known": groups["parents"] is not None,
    }


PERSON_COLUMNS = (
    *ATTRIBUTES,
    *TEXTS,
    "extra",
    "entry_on",
    "entry_place",
    "custody_known",
    "departures_known",
    "parents_known",
)
