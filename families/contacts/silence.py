"""Whom nobody has spoken with for too long, as conditions of the database.

Of a family it is enough to reach anybody, once in 30 days; who is held is to be reached themselves, once in 7. Before
the first contact the days are counted from when the family was put on file, or from when somebody was taken, if later.
A further try that is set for a day to come, and not too far off, is waited for.
"""

import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from families.contacts.lengths import CONTACT_DAYS, CONTACT_DAYS_HELD
from families.contacts.models import ContactAttempt
from families.models import Custody, Person
from settlement.models import Removal


def silent(day: datetime.date) -> Q:
    """True of who is to be contacted on the day: who is held and was not reached, and of a family that was not reached
    the first who is in the country."""
    return silent_and_held(day) | _first_of_a_silent_family(day)


def silent_and_held(day: datetime.date) -> Q:
    """True of who is held on the day, and since long enough that somebody ought to have reached them."""
    start = day - datetime.timedelta(days=CONTACT_DAYS_HELD)
    held = Custody.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), person=OuterRef("pk"))
    held = held.filter(Q(began_on=None) | Q(began_on__lte=start))
    tries = ContactAttempt.objects.filter(person=OuterRef("pk"))
    return Q(Exists(held)) & _filed_by(start) & ~_answered(tries, start, day) & _in_the_country()


def _first_of_a_silent_family(day: datetime.date) -> Q:
    start = day - datetime.timedelta(days=CONTACT_DAYS)
    tries = ContactAttempt.objects.filter(person__family=OuterRef("family"))
    before = Person.objects.filter(family=OuterRef("family"), pk__lt=OuterRef("pk")).exclude(
        answer__removal=Removal.ABSENT
    )
    return _filed_by(start) & ~_answered(tries, start, day) & _in_the_country() & ~Q(Exists(before))


def _answered(tries: QuerySet[ContactAttempt], start: datetime.date, day: datetime.date) -> Q:
    """True where somebody was reached after the start, or is to be tried again within as many days from today."""
    reached = Q(outcome=ContactAttempt.Outcome.REACHED, on__gt=start)
    planned = Q(next_on__gt=day, next_on__lte=day + (day - start))
    return Q(Exists(tries.filter(reached | planned)))


def _filed_by(start: datetime.date) -> Q:
    return Q(family__created_at__date__lte=start)


def _in_the_country() -> Q:
    """What is not known counts as here: somebody is called once too often rather than never."""
    return ~Q(answer__removal=Removal.ABSENT) | Q(answer=None)
