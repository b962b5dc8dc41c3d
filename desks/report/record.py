"""What was on file at a moment: each table's rows as the history has them, put together person by person.

The same moment gives the same record for ever, whatever was changed since.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from families.contacts.models import ContactAttempt
from families.models import Custody, Departure, Exclusion, ParentLink, Person
from settlement.models import Determination, Election, ReturnRequest

ORR = ("orr", "orr_foster")


class Someone(NamedTuple):
    """A person as they stood on file. Rows are those of their tables; `answer` is the engine's, None without one."""

    pk: int
    family: int
    reference: str
    role: str
    birth_date: datetime.date | None
    ways: tuple[str, ...]
    custody_known: bool
    custodies: Sequence[Any]
    departures: Sequence[Any]
    exclusions: Sequence[Any]
    links: Sequence[Any]
    of_children: Sequence[Any]
    elections: Sequence[Any]
    request: Any
    attempts: Sequence[Any]
    answer: Mapping[str, Any] | None

    @property
    def is_child(self) -> bool:
        """Children are counted as children whatever their age."""
        return self.role == Person.Role.CHILD

    def held_by(self, day: datetime.date) -> set[str | None]:
        """Who holds them on the day; None stands for somebody not known. On the last day of custody one is free."""
        return {
            one.by
            for one in self.custodies
            if (one.began_on is None or one.began_on <= day) and (one.ended_on is None or one.ended_on > day)
        }

    @property
    def custody_on_file(self) -> bool:
        """Whether an empty `held_by` means that nobody holds them."""
        return self.custody_known or bool(self.custodies)

    def away(self, day: datetime.date) -> Any:
        """The departure from which they are not back on the day, or None; what has no day has happened."""
        gone = [
            one
            for one in self.departures
            if (one.departed_on is None or one.departed_on <= day) and (one.back_on is None or one.back_on > day)
        ]
        return gone[-1] if gone else None


class OnFile(NamedTuple):
    """Everybody on file by key, and the versions of the rules by which they were answered."""

    people: dict[int, Someone]
    rule_versions: set[str]


def on_file(organization_id: int, families: Iterable[int], moment: datetime.datetime, day: datetime.date) -> OnFile:
    """The people of these families as they stood at the moment, answered for the day; in ten queries."""
    known = set(families)

    def at(model: Any, *columns: str) -> list[Any]:
        return _at(model, organization_id, moment, columns)

    persons = at(Person, "family_id", "reference", "role", "birth_date", "phone", "email", "custody_known")
    answers, versions = _answers(organization_id, moment, day)
    custodies = _by(at(Custody, "person_id", "by", "began_on", "ended_on"), "person_id")
    departures = _by(at(Departure, "person_id", "departed_on", "kind", "back_on"), "person_id")
    exclusions = _by(at(Exclusion, "person_id", "status"), "person_id")
    links = at(ParentLink, "child_id", "parent_id", "separated_on", "separated_by", "reunified_on", "reunification")
    of_child, of_parent = _by(links, "child_id"), _by(links, "parent_id")
    elections = _by(at(Election, "person_id", "choice", "signed_on", "withdrawn_on"), "person_id")
    requests = _by(at(ReturnRequest, "person_id", "presented_by", "presented_on", "answer", "answered_on"), "person_id")
    attempts = _by(at(ContactAttempt, "person_id", "on", "way", "outcome"), "person_id")
    found = {
        row.id: Someone(
            row.id,
            row.family_id,
            row.reference,
            row.role,
            row.birth_date,
            tuple(way for way in (row.phone, row.email) if way),
            row.custody_known,
            custodies[row.id],
            departures[row.id],
            exclusions[row.id],
            of_child[row.id],
            of_parent[row.id],
            elections[row.id],
            next(iter(requests[row.id]), None),
            attempts[row.id],
            answers.get((row.family_id, row.reference)),
        )
        for row in persons
        if row.family_id in known
    }
    return OnFile(found, versions)


def _at(model: Any, organization_id: int, moment: datetime.datetime, columns: Sequence[str]) -> list[Any]:
    """The rows of a table that were there at the moment, in order of their keys, with these columns."""
    states = model.history.model.objects.filter(organization_id=organization_id, history_date__lte=moment)
    last = states.order_by("id", "-history_date", "-history_id").distinct("id")
    return [row for row in last.values_list("id", "history_type", *columns, named=True) if row.history_type != "-"]


def _by(rows: Iterable[Any], column: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found


def _answers(
    organization_id: int, moment: datetime.datetime, day: datetime.date
) -> tuple[dict[tuple[int, str], Mapping[str, Any]], set[str]]:
    """The engine's answers that were there at the moment and held on the day, by family and number in it."""
    rows = Determination.objects.filter(organization_id=organization_id, made_at__lte=moment, from_day__lte=day)
    last = rows.order_by("family_id", "-from_day", "-pk").distinct("family_id")
    found: dict[tuple[int, str], Mapping[str, Any]] = {}
    versions = set()
    for family, version, persons in last.values_list("family_id", "rule_version", "decision__persons"):
        versions.add(version)
        found |= {(family, person["id"]): person for person in persons}
    return found, versions
