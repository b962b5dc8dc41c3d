"""The dates that the rules give (rules, section 8), also those that have passed."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from .court import Court
from .days import days_after, working_day_from, working_day_up_to, years_after
from .facts import Screening
from .parameters import (
    APPEAL_DAYS,
    ASYLUM_FILING_YEARS,
    CF_JUDGE_REVIEW_DAYS,
    ORIENTATION_DAYS,
    RETURN_ANSWER_DAYS,
    RF_JUDGE_REVIEW_DAYS,
)
from .rights import Answered, return_request_unmoved
from .screenings import review_is_asked


class Deadline(NamedTuple):
    """A date that is owed.

    `due` is the last day by law, `act_by` the last working day on or before the day as counted, `missed` that `due`
    is past.
    """

    id: str
    person: str
    due: date
    act_by: date
    missed: bool


def deadlines_of(answered: Answered, court: Court, day: date) -> list[Deadline]:
    """The deadlines of one person, in the order of the table."""
    found = []
    for name, counted in _counted(answered, court, day):
        if counted is None:
            continue
        act_by = working_day_up_to(counted)
        due = {"orientation": act_by, "judge_review": counted}.get(name) or working_day_from(counted)
        if due is not None and act_by is not None:
            found.append(Deadline(name, answered.person.id, due, act_by, due < day))
    return found


def _counted(answered: Answered, court: Court, day: date) -> Iterator[tuple[str, date | None]]:
    """Each deadline with the day that counting gives, before it is moved off weekends and holidays."""
    person = answered.person
    for screening in person.screenings:
        planned = screening.interview_on
        if planned is not None and screening.status in ("scheduled", "requested") and planned >= day:
            yield "orientation", days_after(planned, -ORIENTATION_DAYS.value)
    if answered.standing.name == "review" and answered.standing.deciding is not None:
        yield "judge_review", _judge_review(answered.standing.deciding.screening)
    if answered.standing.name == "absent":
        yield "return_request", return_request_unmoved(answered, court)
    request = person.return_request
    if request is not None and request.presented_by == "class_counsel" and request.presented_on is not None:
        answered_already = request.answer is not None or request.answered_on is not None
        yield "return_answer", None if answered_already else days_after(request.presented_on, RETURN_ANSWER_DAYS.value)
    own_case = answered.standing.name in ("in_court", "won") and answered.membership.state == "member"
    if own_case and person.entry.on is not None and person.asylum_filed_on is None:
        yield "asylum_filing", years_after(person.entry.on, ASYLUM_FILING_YEARS.value)
    case = person.court_case
    if case is not None and case.outcome == "removal_ordered" and case.final_on is None and case.decided_on is not None:
        yield "appeal", days_after(case.decided_on, APPEAL_DAYS.value)


def _judge_review(screening: Screening) -> date | None:
    review = screening.judge_review
    if review is None or review.decided_on is not None or not review_is_asked(screening):
        return None
    if screening.kind == "reasonable_fear":
        return None if review.asked_on is None else days_after(review.asked_on, RF_JUDGE_REVIEW_DAYS.value)
    # A screening of unknown kind counts as credible fear.
    return None if screening.decided_on is None else days_after(screening.decided_on, CF_JUDGE_REVIEW_DAYS.value)
