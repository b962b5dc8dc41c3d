"""What is read of families: one family with all that its page shows."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, Subquery, Value

from accounts.access import access_family
from accounts.models import User
from accounts.permissions import Permission, require
from families.models import Custody, Departure, Exclusion, Family, ParentLink, Person
from screenings.models import JudgeReview, Screening
from settlement.determine import decided_record
from settlement.facts import family_record
from settlement.models import CourtCase, Election, ReturnRequest
from settlement.waiting import Decision, Facts, Record


class Change(NamedTuple):
    """Who changed which kind of row (a model's name), when, about whom; `how` is +, ~ or -, as in the history."""

    when: datetime.datetime
    who: str | None
    what: str
    person: int | None
    how: str


class FamilyDetail(NamedTuple):
    """A family, its persons in their order, their screenings, the facts in force on the day and the decision."""

    family: Family
    persons: list[Person]
    screenings: list[Screening]
    facts: Facts
    decision: Decision
    changes: list[Change]
    record: Record


def family_detail(actor: User, pk: int, day: datetime.date) -> FamilyDetail:
    """All of one family in a fixed number of queries. Raises `Http404`, and `PermissionDenied` without an office."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    family = access_family(actor, pk)
    persons = list(family.persons.order_by("pk"))
    record = family_record(family, day=day)
    return FamilyDetail(
        family=family,
        persons=persons,
        screenings=list(Screening.objects.filter(person__family=family).order_by("pk")),
        facts=record.facts,
        decision=decided_record(family.pk, record),
        changes=last_changes([person.pk for person in persons]),
        record=record,
    )


# The tables of facts, and the column that leads to the person they are about.
_TABLES: tuple[tuple[Any, str], ...] = (
    (Person, "id"),
    (ParentLink, "child_id"),
    (Custody, "person_id"),
    (Departure, "person_id"),
    (Exclusion, "person_id"),
    (Screening, "person_id"),
    (Election, "person_id"),
    (CourtCase, "person_id"),
    (ReturnRequest, "person_id"),
)


def last_changes(persons: Sequence[int], *, limit: int = 6) -> list[Change]:
    """The last changes to any fact about these persons, the newest first, read off the history in one query."""
    screenings = Screening.history.filter(person_id__in=persons).values("id")
    of_screening = Subquery(Screening.history.filter(id=OuterRef("screening_id")).values("person_id")[:1])
    reviews = JudgeReview.history.filter(screening_id__in=screenings).annotate(about=of_screening)
    parts = [_part(JudgeReview, reviews)] + [
        _part(model, model.history.filter(**{f"{column}__in": persons}).annotate(about=F(column)))
        for model, column in _TABLES
    ]
    rows = parts[0].union(*parts[1:], all=True).order_by("-history_date", "-history_id")[:limit]
    return [
        Change(row["history_date"], row["history_user__name"], row["what"], row["about"], row["history_type"])
        for row in rows
    ]


def _part(model: Any, rows: Any) -> Any:
    return rows.annotate(what=Value(model._meta.model_name)).values(
        "history_date", "history_id", "history_user__name", "what", "about", "history_type"
    )
