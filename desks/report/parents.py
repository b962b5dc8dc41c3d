"""Blocks B and D: parents who were removed, whether they are reached, and the requests that they may come back."""

import datetime

from desks.report.record import Someone
from families.contacts.models import ContactAttempt
from settlement.engine.parameters import RETURN_ANSWER_DAYS

_REACHED = ContactAttempt.Outcome.REACHED
_WRONG = ContactAttempt.Outcome.WRONG_NUMBER


def is_removed(person: Someone, day: datetime.date) -> bool:
    """Whether this is a parent or guardian who is out of the country and did not simply leave or choose to return.

    Where it is not known how they left, they count, in a row of their own.
    """
    if person.is_child:
        return False
    gone = person.away(day)
    return gone is not None and gone.kind in ("removed", None)


def place_removed(person: Someone, day: datetime.date) -> tuple[str, str]:
    """The row (whether they are reached) and the column (what is wished for the children) of a removed parent."""
    gone = person.away(day)
    if gone.kind is None:
        return "how_unknown", _wish(person)
    since = gone.departed_on or datetime.date.min
    tries = sorted((one for one in person.attempts if since <= one.on <= day), key=lambda one: (one.on, one.id))
    if any(one.outcome == _REACHED for one in tries):
        return "reached", _wish(person)
    by_way = {one.way: one.outcome for one in tries if one.way}  # the last try by each
    hopeful = [way for way in {*person.ways, *by_way} if by_way.get(way) != _WRONG]
    return ("located" if hopeful else "not_located"), _wish(person)


def _wish(person: Someone) -> str:
    """What is on file for the children; "differ" where it is not the same for all of them."""
    words = {"abroad": "abroad", "declined": "stays", "sponsor": "stays"}
    wishes = {words.get(link.reunification or "", "unknown") for link in person.of_children} - {"unknown"}
    return next(iter(wishes)) if len(wishes) == 1 else ("differ" if wishes else "unknown")


def place_request(person: Someone, day: datetime.date) -> tuple[str, str]:
    """The row (what became of it) and the column (who presented it) of a request to come back."""
    asked = person.request
    column = asked.presented_by or "unknown"
    if asked.answer and (asked.answered_on is None or asked.answered_on <= day):
        return asked.answer, column
    if asked.presented_on is None:
        return "unknown", column
    if asked.presented_on > day:
        return "not_presented", column
    late = day > asked.presented_on + datetime.timedelta(days=RETURN_ANSWER_DAYS.value)
    return ("late" if late else "pending"), column
