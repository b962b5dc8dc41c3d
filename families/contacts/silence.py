"""Whom nobody has spoken with for too long, as conditions of the database.

Of a family it is enough to reach anybody, once in 30 days; who is held is to be reached themselves, once in 7. Before
the first contact the days are counted from when the family was put on file, or from when somebody was taken, if later.
A further try that is set for a day to come, and not too far off, is waited for.

How many days is the office's own rule (`OfficeRule`, docs/adr/0013), read within the same query. An office that has
switched a rule off does not want to be asked: then nobody is silent by it. Each of the two stands alone: without the
rule for who is held, they are called as one of their family.
"""

import datetime
from typing import Any, Final

from django.db.models import DateField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from deadlines.models import OfficeRule
from families.contacts.lengths import CONTACT_DAYS, CONTACT_DAYS_HELD
from families.contacts.models import ContactAttempt
from families.models import Custody, Person
from settlement.models import Removal

_AT_FIRST: Final[dict[str, int]] = {
    OfficeRule.Kind.CONTACT: CONTACT_DAYS,
    OfficeRule.Kind.CONTACT_DETAINED: CONTACT_DAYS_HELD,
}

_ROW: Final = OuterRef("organization")
_WITHIN: Final = OuterRef(_ROW)
"""The organization of the person, named within a sub-query about them: so the rule is looked up once for a person, and
not once for each try."""


def silent(day: datetime.date) -> Q:
    """True of who is to be contacted on the day: who is held and was not reached, and of a family that was not reached
    the first who is in the country."""
    return silent_and_held(day) | _first_of_a_silent_family(day)


def silent_and_held(day: datetime.date) -> Q:
    """True of who is held on the day, and since long enough that somebody ought to have reached them."""
    kind = OfficeRule.Kind.CONTACT_DETAINED
    start = _start(kind, day)
    held = Custody.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), person=OuterRef("pk"))
    held = held.filter(Q(began_on=None) | Q(began_on__lte=_start(kind, day, of=_WITHIN)))
    tries = ContactAttempt.objects.filter(person=OuterRef("pk"))
    return Q(Exists(held)) & _filed_by(start) & ~_answered(tries, kind, day) & _in_the_country() & _is_on(kind)


def _first_of_a_silent_family(day: datetime.date) -> Q:
    kind = OfficeRule.Kind.CONTACT
    tries = ContactAttempt.objects.filter(person__family=OuterRef("family"))
    before = Person.objects.filter(family=OuterRef("family"), pk__lt=OuterRef("pk")).exclude(
        answer__removal=Removal.ABSENT
    )
    is_late = _filed_by(_start(kind, day)) & ~_answered(tries, kind, day)
    return is_late & _in_the_country() & ~Q(Exists(before)) & _is_on(kind)


def days_of(kind: str, of: OuterRef = _ROW) -> Coalesce:
    """How many days the rule has where it is read: an expression on the rows of any table with an organization."""
    return Coalesce(Subquery(_rule(kind, of).values("length")), Value(_AT_FIRST[kind]))


def _is_on(kind: str) -> Q:
    return ~Q(Exists(_rule(kind).filter(is_on=False)))


def _rule(kind: str, of: OuterRef = _ROW) -> QuerySet[OfficeRule]:
    """The rule as the row's office has changed it: one row, or none."""
    return OfficeRule.objects.filter(organization=of, kind=kind)


def _start(kind: str, day: datetime.date, of: OuterRef = _ROW) -> "ExpressionWrapper[Any]":
    """The day from which on somebody has had to be reached."""
    return ExpressionWrapper(Value(day, DateField()) - days_of(kind, of), output_field=DateField())


def _answered(tries: QuerySet[ContactAttempt], kind: str, day: datetime.date) -> Q:
    """True where somebody was reached after the start, or is to be tried again within as many days from today."""
    reached = Q(outcome=ContactAttempt.Outcome.REACHED, on__gt=_start(kind, day, of=_WITHIN))
    furthest = ExpressionWrapper(Value(day, DateField()) + days_of(kind, of=_WITHIN), output_field=DateField())
    planned = Q(next_on__gt=day, next_on__lte=furthest)
    return Q(Exists(tries.filter(reached | planned)))


def _filed_by(start: "ExpressionWrapper[Any]") -> Q:
    return Q(family__created_at__date__lte=start)


def _in_the_country() -> Q:
    """What is not known counts as here: somebody is called once too often rather than never."""
    return ~Q(answer__removal=Removal.ABSENT) | Q(answer=None)
