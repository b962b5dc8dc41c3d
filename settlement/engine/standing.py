"""Where a person stands (rules, section 5): the first line that fits."""

from typing import NamedTuple

from .facts import Person, Screening
from .logic import Truth
from .screenings import UNDER_WAY, Deciding, deciding, is_decided
from .waiver import Waiver

# The person's own right is not used up.
OPEN = frozenset({"pending", "review", "disputed", "available", "joined", "waiting"})
PROTECTED = frozenset({"won", "in_court", "relief"})
_KEEPS_A_CHILD_WAITING = frozenset({"disputed", "review", "pending", "available"})


class Standing(NamedTuple):
    """A person's standing.

    `why` names the text that tells it, `by` the others it rests on, `deciding` the screening that decides.
    """

    name: str
    why: str
    deciding: Deciding | None = None
    by: tuple[str, ...] = ()


def own_standing(person: Person, departed: Truth, waiver: Waiver) -> Standing:
    """The standing as far as the person's own facts go: a child whose right is unused is `available` here."""
    if departed is True:
        return Standing("absent", "absent")
    if waiver.valid:
        return Standing("waived", "waived")
    case = person.court_case
    if case is not None:
        if case.outcome == "relief_granted":
            return Standing("relief", "relief")
        if case.outcome == "removal_ordered" and case.final_on is not None:
            return Standing("lost_in_court", "lost_in_court")
        if case.outcome != "terminated":
            return Standing("in_court", "in_court.ordered" if case.outcome == "removal_ordered" else "in_court")
    return _by_screenings(person)


def _by_screenings(person: Person) -> Standing:
    if not person.screenings:
        return _AVAILABLE
    decides = deciding(person)
    if decides is not None and decides.outcome == "won":
        return Standing("won", "won" if decides.screening.result == "positive" else "won.vacated", decides)
    counting = [s for s in person.screenings if _counts(person, s)]
    if any(s.status == "decided" and s.result is None for s in counting):
        return Standing("pending", "pending.no_result", decides)
    under_way = [s for s in counting if s.status in UNDER_WAY]
    if decides is not None and decides.flawed:
        if not any(s.basis == "reevaluation" for s in under_way):
            known = decides.screening.state_of_mind_weighed is False
            return Standing("disputed", "disputed" if known else "disputed.unknown", decides)
    elif decides is not None:
        return Standing(decides.outcome, _why(decides), decides)
    if under_way:
        return Standing("pending", f"pending.{under_way[-1].status}", decides)
    return _AVAILABLE._replace(deciding=decides)


_AVAILABLE = Standing("available", "available")


def _counts(person: Person, screening: Screening) -> bool:
    """The basis that counts in `pending`: an adult's `initial` only while none of theirs is decided."""
    if screening.basis != "initial" or person.is_child:
        return True
    return not any(s.basis == "initial" and is_decided(s) for s in person.screenings)


def _why(decides: Deciding) -> str:
    review = decides.screening.judge_review
    if review is None:
        return f"{decides.outcome}.no_judge"
    if decides.outcome == "review":
        return "review.open" if review.asked in ("yes", "silent") else "review.not_asked"
    if review.asked == "no":
        return "lost.declined"
    return "lost.affirmed" if review.outcome == "affirmed" else "lost.silent"


def with_parents(
    child: Person, own: Standing, standings: dict[str, Standing], persons: dict[str, Person], outside: frozenset[str]
) -> Standing:
    """A child's standing with that of the people named in their `parents` who are not outside.

    `joined` and `waiting` come before `available`.
    """
    if own.name != "available" or not child.parents:
        return own
    named = [link.parent for link in child.parents if link.parent not in outside]
    carriers = tuple(dict.fromkeys(p for p in named if _carries_a_child(persons[p], standings[p])))
    if carriers:
        return own._replace(name="joined", why="joined", by=carriers)
    waited_for = tuple(dict.fromkeys(p for p in named if standings[p].name in _KEEPS_A_CHILD_WAITING))
    if waited_for:
        return own._replace(name="waiting", why="waiting", by=waited_for)
    return own


def _carries_a_child(adult: Person, standing: Standing) -> bool:
    """A full court case or credible fear won carries the child along; withholding does not."""
    if standing.name in ("relief", "in_court"):
        return adult.court_case is not None and adult.court_case.kind == "section_240"
    return (
        standing.name == "won" and standing.deciding is not None and standing.deciding.screening.kind == "credible_fear"
    )
