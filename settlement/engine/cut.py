"""Cutting the record: what lies after the day asked about is taken out, and nothing below this line sees it (rules, section 1).

`interview_on` is a plan and stays, as do `birth_date`, `entry` and `exclusions`. What has no date is taken to have happened.
"""

from datetime import date

from .facts import CourtCase, CourtEvent, Election, Family, Link, Person, ReturnRequest, Review, Screening
from .parameters import COURT_RECORD

_COURT_RECORD = tuple(CourtEvent(kind, on) for kind, on in COURT_RECORD.value)


def cut(family: Family) -> Family:
    """The record as it stood on `family.as_of`; `court_events` is never None in it."""
    day = family.as_of
    events = _COURT_RECORD if family.court_events is None else family.court_events
    return family._replace(
        court_events=tuple([e for e in events if e.on <= day]),
        persons=tuple([_person(person, day) for person in family.persons]),
    )


def _later(on: date | None, day: date) -> bool:
    return on is not None and on > day


def _person(person: Person, day: date) -> Person:
    custody, departures = person.custody, person.departures
    if custody:
        custody = tuple([c._replace(to=None) if _later(c.to, day) else c for c in custody if not _later(c.began_on, day)])
    if departures:
        departures = tuple([d._replace(back_on=None) if _later(d.back_on, day) else d for d in departures if not _later(d.on, day)])
    return person._replace(
        custody=custody,
        departures=departures,
        parents=tuple([_link(link, day) for link in person.parents]) if person.parents else person.parents,
        screenings=tuple([_screening(s, day) for s in person.screenings if not _later(s.requested_on, day)]),
        elections=tuple([_election(e, day) for e in person.elections if not _later(e.signed_on, day)]),
        court_case=_court_case(person.court_case, day),
        asylum_filed_on=None if _later(person.asylum_filed_on, day) else person.asylum_filed_on,
        return_request=_return_request(person.return_request, day),
    )


def _link(link: Link, day: date) -> Link:
    if _later(link.reunified_on, day):
        link = link._replace(reunified_on=None, reunification=None)
    if _later(link.separated_on, day):
        link = link._replace(separated_on=None, separated_by=None)
    return link


def _screening(screening: Screening, day: date) -> Screening:
    if _later(screening.decided_on, day):
        return screening._replace(
            decided_on=None,
            result=None,
            state_of_mind_weighed=None,
            judge_review=None,
            status="scheduled" if screening.status == "decided" else screening.status,
        )
    if screening.judge_review is not None:
        return screening._replace(judge_review=_review(screening.judge_review, day))
    return screening


def _review(review: Review, day: date) -> Review | None:
    if _later(review.asked_on, day):
        return None
    return review._replace(outcome=None, decided_on=None) if _later(review.decided_on, day) else review


def _election(election: Election, day: date) -> Election:
    return election._replace(withdrawn_on=None) if _later(election.withdrawn_on, day) else election


def _court_case(case: CourtCase | None, day: date) -> CourtCase | None:
    if case is None or _later(case.opened_on, day):
        return None
    if _later(case.decided_on, day):
        return case._replace(decided_on=None, final_on=None, outcome="pending")
    return case._replace(final_on=None) if _later(case.final_on, day) else case


def _return_request(request: ReturnRequest | None, day: date) -> ReturnRequest | None:
    if request is None or _later(request.presented_on, day):
        return None
    return request._replace(answer=None, answered_on=None) if _later(request.answered_on, day) else request
