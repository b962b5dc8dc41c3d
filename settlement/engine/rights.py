"""A person's right, its state, and the next steps (rules, section 7)."""

from datetime import date
from typing import NamedTuple

from .court import Court
from .days import days_after, working_day_from
from .facts import Person
from .membership import Membership, last_departure
from .parameters import RETURN_REQUEST_DAYS
from .removal import Removal
from .screenings import review_is_asked
from .standing import Standing
from .waiver import Waiver

_RIGHT_STATE = {
    "waived": "waived",
    "won": "won",
    "in_court": "won",
    "relief": "won",
    "lost": "used",
    "lost_in_court": "used",
    "joined": "not_needed",
    "waiting": "available",
    "available": "available",
    "pending": "pending",
    "review": "pending",
    "disputed": "disputed",
}


class Answered(NamedTuple):
    """What has been decided of one person, from which rights, steps and deadlines are read."""

    person: Person
    membership: Membership
    waiver: Waiver
    standing: Standing
    removal: Removal


def right_of(person: Person) -> str:
    """The right that the agreement gives."""
    return "independent_claim" if person.is_child else "reevaluation"


def right_state(answered: Answered, court: Court) -> str:
    """The state of that right, from membership and standing."""
    if answered.membership.state == "not_member" or answered.standing.name == "absent":
        return "none"
    if answered.membership.state == "undetermined":
        return "unknown"
    state = _RIGHT_STATE[answered.standing.name]
    return "promised" if state == "available" and court.approved_on is None else state


def next_steps(answered: Answered, court: Court, day: date) -> list[str]:
    """The next steps in the order of the table."""
    person, standing, waiver = answered.person, answered.standing.name, answered.waiver
    member = answered.membership.state == "member"
    steps = []
    if answered.membership.state == "undetermined":
        steps.append("find_facts")
    if member and standing == "available" and court.approved_on:
        steps.append("request_independent_screening" if person.is_child else "request_reevaluation")
    if member and standing == "disputed":  # only a parent or guardian can stand so
        steps.append("challenge_reevaluation")
    if member and standing == "review":
        decides = answered.standing.deciding
        steps.append("await_judge" if decides and review_is_asked(decides.screening) else "ask_judge_review")
    if member and standing == "won":
        steps.append("secure_notice_to_appear")
    if member and answered.removal.rule in ("F1", "F2", "U1"):
        steps.append("confirm_hold")
    if waiver.to_be_checked:
        steps.append("check_waiver")
    if person.is_child and waiver.valid and waiver.election and waiver.election.signed_by == "parent":
        steps.append("independent_advice")
    due = return_request_due(answered, court)
    if due is not None and day <= due:
        steps.append("present_return_request")
    return steps


def return_request_due(answered: Answered, court: Court) -> date | None:
    """The last day to present an absent parent's or guardian's return request; None where none is to be presented."""
    unmoved = return_request_unmoved(answered, court)
    return None if unmoved is None else working_day_from(unmoved)


def return_request_unmoved(answered: Answered, court: Court) -> date | None:
    """The same before it is moved to a working day."""
    person = answered.person
    if person.is_child or answered.standing.name != "absent" or court.approved_on is None:
        return None
    departure = last_departure(person)
    if departure is None or departure.kind == "left":
        return None
    if person.return_request is not None and person.return_request.presented_by == "class_counsel":
        return None
    return days_after(court.approved_on, RETURN_REQUEST_DAYS.value)
