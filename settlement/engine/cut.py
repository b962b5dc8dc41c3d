"""Cutting the record: what lies after the day asked about is taken out, and nothing later sees it (rules, section 1).

`interview_on` is a plan and stays, as do `birth_date`, `entry` and `exclusions`. What has no date is taken to have
happened.
"""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from .facts import (
    CourtCase,
    CourtEvent,
    Custody,
    Departure,
    Election,
    Family,
    Link,
    Person,
    ReturnRequest,
    Review,
    Screening,
)
from .parameters import COURT_RECORD

T = TypeVar("T")

_COURT_RECORD = tuple(CourtEvent(kind, on) for kind, on in COURT_RECORD.value)


def cut(family: Family) -> Family:
    """The record as it stood on `family.as_of`; `court_events` is never None in it."""
    day = family.as_of
    events = _COURT_RECORD if family.court_events is None else family.court_events
    return family._replace(
        court_events=tuple([e for e in events if e.on <= day]),
        persons=tuple([_person(person, day) for person in family.persons]),
    )


def _person(person: Person, day: date) -> Person:
    return Person(
        person.id,
        person.role,
        person.birth_date,
        person.noncitizen,
        person.lacks_capacity,
        person.entry,
        _kept(person.custody, _custody, day),
        _kept(person.departures, _departure, day),
        person.exclusions,
        _kept(person.parents, _link, day),
        _kept(person.screenings, _screening, day) or (),
        _kept(person.elections, _election, day) or (),
        person.court_case and _court_case(person.court_case, day),
        None if person.asylum_filed_on and person.asylum_filed_on > day else person.asylum_filed_on,
        person.return_request and _return_request(person.return_request, day),
    )


def _kept(items: tuple[T, ...] | None, cut_item: Callable[[T, date], T | None], day: date) -> tuple[T, ...] | None:
    """The items that are left, each cut; an unknown list stays unknown."""
    if not items:
        return items
    return tuple([left for item in items if (left := cut_item(item, day)) is not None])


def _custody(item: Custody, day: date) -> Custody | None:
    if item.began_on and item.began_on > day:
        return None
    return item._replace(to=None) if item.to and item.to > day else item


def _departure(item: Departure, day: date) -> Departure | None:
    if item.on and item.on > day:
        return None
    return item._replace(back_on=None) if item.back_on and item.back_on > day else item


def _link(link: Link, day: date) -> Link:
    if link.reunified_on and link.reunified_on > day:
        link = link._replace(reunified_on=None, reunification=None)
    if link.separated_on and link.separated_on > day:
        link = link._replace(separated_on=None, separated_by=None)
    return link


def _screening(screening: Screening, day: date) -> Screening | None:
    if screening.requested_on and screening.requested_on > day:
        return None
    if screening.decided_on and screening.decided_on > day:
        return screening._replace(
            decided_on=None,
            result=None,
            state_of_mind_weighed=None,
            judge_review=None,
            status="scheduled" if screening.status == "decided" else screening.status,
        )
    review = screening.judge_review
    return screening if review is None else screening._replace(judge_review=_review(review, day))


def _review(review: Review, day: date) -> Review | None:
    if review.asked_on and review.asked_on > day:
        return None
    return review._replace(outcome=None, decided_on=None) if review.decided_on and review.decided_on > day else review


def _election(election: Election, day: date) -> Election | None:
    if election.signed_on and election.signed_on > day:
        return None
    return election._replace(withdrawn_on=None) if election.withdrawn_on and election.withdrawn_on > day else election


def _court_case(case: CourtCase, day: date) -> CourtCase | None:
    if case.opened_on and case.opened_on > day:
        return None
    if case.decided_on and case.decided_on > day:
        return case._replace(decided_on=None, final_on=None, outcome="pending")
    return case._replace(final_on=None) if case.final_on and case.final_on > day else case


def _return_request(request: ReturnRequest, day: date) -> ReturnRequest | None:
    if request.presented_on and request.presented_on > day:
        return None
    answered = request.answered_on is not None and request.answered_on > day
    return request._replace(answer=None, answered_on=None) if answered else request
