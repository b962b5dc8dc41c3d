"""What is read of papers: who lacks which, what is on file, and which Notices to Appear no court has."""

import datetime
from collections.abc import Collection
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, Case, F, OuterRef, QuerySet, Value, When
from django.db.models.functions import JSONObject

from accounts.access import access_person
from accounts.models import User
from accounts.permissions import Permission, require
from documents.catalogue import CATALOGUE, SETTLED, Text, flag, not_in_court
from documents.letters.models import Letter
from documents.models import Paper
from families.models import Family, Person


class OnFile(NamedTuple):
    """What a list says of a paper on file: its state, and the day it was asked for."""

    state: str
    asked_on: datetime.date | None


class Shelf(NamedTuple):
    """The papers of one person: what is on file by kind, and the kinds that the facts let expect."""

    person: Person
    on_file: dict[str, OnFile]
    expected: list[str]

    @property
    def missing(self) -> list[str]:
        """The kinds that are expected or marked as missing or asked for, and are not here; in the catalogue's order."""
        wanted = {*self.expected, *self.on_file}
        return [kind for kind in Paper.Kind.values if kind in wanted and not self._is_settled(kind)]

    def _is_settled(self, kind: str) -> bool:
        return kind in self.on_file and self.on_file[kind].state in SETTLED


class Row(NamedTuple):
    """One kind of paper on a person's page: what is on file of it, if anything, and why it is expected, if it is."""

    kind: str
    label: Text
    paper: Paper | None
    because: Text


def _shelves(persons: QuerySet[Person]) -> list[Shelf]:
    """The papers of these persons, in order of their keys: one query, however many they are."""
    flags = {
        flag(kind): Case(When(line.when, then=Value(True)), default=Value(False), output_field=BooleanField())
        for kind, line in CATALOGUE.items()
    }
    told = JSONObject(kind="kind", state="state", asked_on="asked_on")
    papers = ArraySubquery(Paper.objects.filter(person=OuterRef("pk")).values(told=told))
    return [_shelf(person) for person in persons.annotate(on_file=papers, **flags).order_by("pk")]


def _shelf(row: Any) -> Shelf:
    """A person's shelf, from their row with what `_shelves` has put beside it."""
    on_file = {
        one["kind"]: OnFile(one["state"], datetime.date.fromisoformat(one["asked_on"]) if one["asked_on"] else None)
        for one in row.on_file
    }
    return Shelf(row, on_file, [kind for kind in CATALOGUE if getattr(row, flag(kind))])


def missing_papers(actor: User, person_ids: Collection[int]) -> dict[int, list[str]]:
    """The kinds of paper (`Paper.Kind`) that each of these persons lacks, in the catalogue's order; one query.

    Lacking is what the facts let expect, or what somebody marked as missing or asked for, and what is neither here nor
    marked as not needed. Who lacks nothing, and whom the actor may not see, is not in it.
    """
    found = _shelves(Person.objects.visible_to(actor).filter(pk__in=list(person_ids)))
    return {shelf.person.pk: shelf.missing for shelf in found if shelf.missing}


def nta_not_in_court(actor: User) -> QuerySet[Paper]:
    """The Notices to Appear that were served, or are here, and were not seen in the court's system; with the person and
    their family, those served first first and of unknown day at the end. A served notice is not a filed one."""
    found: QuerySet[Paper] = Paper.objects.visible_to(actor).filter(not_in_court())
    return found.select_related("person__family").order_by(F("served_on").asc(nulls_last=True), "pk")


def family_shelves(actor: User, family: Family) -> list[Shelf]:
    """The papers of everybody in a family that the actor sees; each person has `open_letters`, too: key, title
    and state of those that are not approved or not sent yet. One query for all of it."""
    waiting = Letter.objects.filter(person=OuterRef("pk"), state__in=(Letter.State.DRAFT, Letter.State.APPROVED))
    told = JSONObject(pk="pk", title="title", state="state")
    letters = ArraySubquery(waiting.order_by("pk").values(told=told))
    return _shelves(Person.objects.visible_to(actor).filter(family=family).annotate(open_letters=letters))


def papers_page(actor: User, person_id: int) -> tuple[Shelf, list[Row]]:
    """One person's papers and a row for every kind there is. Raises `Http404` and `PermissionDenied`."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    person = access_person(actor, person_id)
    [shelf] = _shelves(Person.objects.visible_to(actor).filter(pk=person_id))
    rows = {paper.kind: paper for paper in Paper.objects.visible_to(actor).filter(person=person)}
    return shelf._replace(person=person), [
        Row(kind, label, rows.get(kind), CATALOGUE[kind].because if kind in shelf.expected else "")
        for kind, label in Paper.Kind.choices
    ]
