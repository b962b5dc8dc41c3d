"""What is read of families: one family with all that its page shows."""

import datetime
from typing import NamedTuple

from accounts.access import access_family
from accounts.models import User
from accounts.permissions import Permission, require
from families.contacts.models import ContactAttempt, Note
from families.contacts.selectors import contacts_of, notes_of
from families.models import Family, Person
from families.proposals.models import Proposal
from families.proposals.selectors import authors_of, undecided_and_confirmed
from families.provenance import Book, book_of
from settlement.determine import decided_record
from settlement.facts import Read, family_record
from settlement.waiting import Decision, Facts, Record

MOST_ATTEMPTS = 200
MOST_NOTES = 20


class FamilyDetail(NamedTuple):
    """A family, its persons in their order, the facts in force on the day, the decision, and where the facts come from.

    `attempts` and `notes` are the newest; `waiting` is what waits for a second person, `typists` who typed it, by key.
    """

    family: Family
    persons: list[Person]
    facts: Facts
    decision: Decision
    book: Book
    attempts: list[ContactAttempt]
    notes: list[Note]
    waiting: list[Proposal]
    typists: dict[int, str]
    record: Record


def family_detail(actor: User, pk: int, day: datetime.date) -> FamilyDetail:
    """All of one family in a fixed number of queries. Raises `Http404`, and `PermissionDenied` without an office."""
    require(actor, Permission.FAMILY_RECORD_VIEW)
    family = access_family(actor, pk)
    persons = list(family.persons.order_by("pk"))
    proposals = undecided_and_confirmed(actor, family)
    waiting = [one for one in proposals if one.waits]
    record = family_record(family, day=day, read=Read(persons, waiting))
    typists = authors_of(proposals)
    confirmed = [one for one in proposals if one.state == Proposal.State.CONFIRMED]
    return FamilyDetail(
        family=family,
        persons=persons,
        facts=record.facts,
        decision=decided_record(family.pk, record),
        attempts=list(contacts_of(actor, family.pk)[:MOST_ATTEMPTS]),
        notes=list(notes_of(actor, family.pk)[:MOST_NOTES]),
        book=book_of([person.pk for person in persons], confirmed, typists),
        waiting=waiting,
        typists=typists,
        record=record,
    )
