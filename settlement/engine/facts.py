"""The facts of one family, as the engine sees them: frozen, and nothing in them but what was given.

None means unknown, but for the attributes of which law 2 says that their absence means "has not happened". Dates are
days.
"""

from datetime import date
from typing import NamedTuple

from .logic import Truth


class CourtEvent(NamedTuple):
    kind: str
    on: date


class Entry(NamedTuple):
    on: date | None = None
    place: str | None = None


class Custody(NamedTuple):
    by: str | None = None
    began_on: date | None = None  # "from" in the record
    to: date | None = None  # None: still held


class Departure(NamedTuple):
    on: date | None = None
    kind: str | None = None
    back_on: date | None = None  # None: not back


class Exclusion(NamedTuple):
    kind: str | None = None
    status: str | None = None


class Link(NamedTuple):
    """A child's link to a parent or guardian."""

    parent: str
    entered_together: Truth = None
    separated_on: date | None = None
    separated_by: str | None = None
    reunified_on: date | None = None
    reunification: str | None = None


class Review(NamedTuple):
    """A judge's review of a negative screening."""

    asked: str | None = None
    asked_on: date | None = None
    outcome: str | None = None
    decided_on: date | None = None


class Screening(NamedTuple):
    basis: str
    status: str
    kind: str | None = None
    requested_on: date | None = None
    interview_on: date | None = None
    result: str | None = None
    decided_on: date | None = None
    state_of_mind_weighed: Truth = None
    judge_review: Review | None = None  # None: there was none


class Election(NamedTuple):
    choice: str | None = None
    signed_on: date | None = None
    signed_by: str | None = None
    own_form: Truth = None
    understood: Truth = None
    voluntary: Truth = None
    via_class_counsel: Truth = None
    withdrawn_on: date | None = None  # None: not withdrawn


class CourtCase(NamedTuple):
    kind: str | None = None
    opened_on: date | None = None
    outcome: str | None = None
    decided_on: date | None = None
    final_on: date | None = None  # None: not final


class ReturnRequest(NamedTuple):
    presented_by: str | None = None
    presented_on: date | None = None
    answer: str | None = None
    answered_on: date | None = None  # None: not answered


class Person(NamedTuple):
    id: str
    role: str
    birth_date: date | None = None
    noncitizen: Truth = None
    lacks_capacity: Truth = None
    entry: Entry = Entry()
    custody: tuple[Custody, ...] | None = None  # (): never held
    departures: tuple[Departure, ...] | None = None  # (): never left
    exclusions: tuple[Exclusion, ...] = ()
    parents: tuple[Link, ...] | None = None  # children only
    screenings: tuple[Screening, ...] = ()
    elections: tuple[Election, ...] = ()
    court_case: CourtCase | None = None  # None: there is none
    asylum_filed_on: date | None = None  # None: not filed
    return_request: ReturnRequest | None = None  # None: there is none

    @property
    def is_child(self) -> bool:
        return self.role == "child"


class Family(NamedTuple):
    """The record of one family, and the day for which the question is asked."""

    family: str
    as_of: date
    persons: tuple[Person, ...]
    court_events: tuple[CourtEvent, ...] | None = None  # None: the court record of the parameters
