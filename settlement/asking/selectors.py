"""What to ask, read off the record: for the page of one person, for a family's page, and for desks."""

import datetime
from collections.abc import Collection
from functools import partial
from typing import NamedTuple

from accounts.access import access_person, organization_of
from accounts.models import User
from accounts.permissions import Permission, require
from config import clock
from families.models import Person
from families.page import short_names
from settlement import guidance
from settlement.asking import wording
from settlement.asking.kept import First, first_of, first_questions
from settlement.asking.questions import Asking, asking
from settlement.determine import decided
from settlement.facts import family_record, records_of
from settlement.waiting import Record


class Asked(NamedTuple):
    """A person, the people of the family that one may see, its record, and what to ask about it."""

    person: Person
    persons: list[Person]
    record: Record
    asking: Asking


def asked_about(actor: User, person_id: int, day: datetime.date) -> Asked:
    """What to ask for one person, in a fixed number of queries. Raises `PermissionDenied` and `Http404`."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    person = access_person(actor, person_id)
    record = family_record(person.family, day=day)
    persons = list(Person.objects.visible_to(actor).filter(family_id=person.family_id).order_by("pk"))
    return Asked(person, persons, record, asking(record, partial(decided, person.family_id)))


class Short(NamedTuple):
    """The first question for a person, in the language of the moment, and whether its answer alone may settle it."""

    text: str
    settles: bool


def short_of(first: First, persons: Collection[Person]) -> Short | None:
    """The most useful question for a person; where none is known, what must be found out first."""
    names = short_names(list(persons))
    fact = first.fact
    if fact is not None:
        child = next(one.role == Person.Role.CHILD for one in persons if one.reference == fact.person)
        text = wording.question(fact, child=child, names=names)
        about = "" if fact.person == first.person or child else f"{names[fact.person]}: "
        return Short(f"{about}{text}", first.settles)
    return Short(guidance.question(first.need, names[first.person]), False) if first.need else None


def shortly(family_id: int, record: Record, persons: Collection[Person]) -> dict[int, Short]:
    """For each person of a family who is undetermined or whose bar is lifted, by key: the first question."""
    keys = {person.reference: person.pk for person in persons}
    found = asking(record, partial(decided, family_id))
    shorts = [(one.person, short_of(first_of(one), persons)) for one in found.persons if one.aim != "own"]
    return {keys[person]: short for person, short in shorts if short}


def settling_question(actor: User, person_ids: Collection[int], day: datetime.date | None = None) -> dict[int, Short]:
    """The one question that would settle each of these persons of whom it is not known whether they are covered.

    By the person's key, for those whom the actor may see; persons whose answer is known have none. A fixed number of
    queries for up to 500 families. In the language of the moment.
    """
    day = day or clock.today()
    wanted = set(person_ids)
    families = set(Person.objects.visible_to(actor).filter(pk__in=wanted).values_list("family_id", flat=True))
    if not families:
        return {}
    members: dict[int, list[Person]] = {}
    for person in Person.objects.visible_to(actor).filter(family_id__in=families).order_by("pk"):
        members.setdefault(person.family_id, []).append(person)
    found: dict[int, Short] = {}
    for family_id, record in records_of(organization_of(actor), day=day, family_ids=families):
        persons = members[family_id]
        keys = {person.reference: person.pk for person in persons}
        for one in first_questions(family_id, record):
            if keys.get(one.person) in wanted and (short := short_of(one, persons)):
                found[keys[one.person]] = short
    return found
