"""Which screening decides, and what it says (rules, section 5)."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from .facts import Person, Review, Screening

UNDER_WAY = ("requested", "scheduled", "interviewed")


class Deciding(NamedTuple):
    """The deciding screening.

    `won`, `lost` or in `review` by the table, and whether it was the review that the agreement promises.
    """

    screening: Screening
    outcome: str  # won | lost | review
    flawed: bool


def deciding(person: Person) -> Deciding | None:
    """The screening that decides, or None.

    A negative initial screening decides nothing; one that was passed decides first.
    """
    decided = [s for s in person.screenings if is_decided(s)]
    if not decided:
        return None
    passed_first = [s for s in decided if s.basis == "initial" and _is_won(s)]
    own = passed_first or [s for s in decided if s.basis != "initial"]
    if not own:
        return None
    last = own[0]
    if len(own) > 1:
        for screening in own[1:]:
            if _place(person, screening) >= _place(person, last):
                last = screening
    return Deciding(last, outcome(person, last), is_flawed(person, last))


def is_decided(screening: Screening) -> bool:
    """Status decided, with a result. Withdrawn screenings are no screenings."""
    return screening.status == "decided" and screening.result is not None


def outcome(person: Person, screening: Screening) -> str:
    """won, lost or review for a decided screening: the table of section 5.

    An unknown kind is read as what leaves more open.
    """
    if _is_won(screening):
        return "won"
    tables = [
        _TABLE[person.is_child, kind]
        for kind in ([screening.kind] if screening.kind else ["credible_fear", "reasonable_fear"])
    ]
    return "lost" if all(table(screening.judge_review) == "lost" for table in tables) else "review"


def is_flawed(person: Person, screening: Screening) -> bool:
    """An adult's negative re-evaluation, not vacated, that is not known to have weighed the state of mind."""
    return (
        not person.is_child
        and screening.basis == "reevaluation"
        and not _is_won(screening)
        and screening.state_of_mind_weighed is not True
    )


def review_is_asked(screening: Screening) -> bool:
    """A judge's review is known to be asked: yes, or silent where silence asks (an unknown kind: as credible fear)."""
    review = screening.judge_review
    if review is None:
        return False
    return review.asked == "yes" or (review.asked == "silent" and screening.kind != "reasonable_fear")


def _is_won(screening: Screening) -> bool:
    """Positive, or vacated by a judge, whatever was asked."""
    review = screening.judge_review
    return screening.result == "positive" or (review is not None and review.outcome == "vacated")


def _place(person: Person, screening: Screening) -> tuple[int, int]:
    """By the day of decision; of those without one, the lost come before all dated ones, and all others after them."""
    decided_on: date | None = screening.decided_on
    if decided_on is not None:
        return 1, decided_on.toordinal()
    lost = outcome(person, screening) == "lost" and not is_flawed(person, screening)
    return (0 if lost else 2), 0


def _by_outcome(review: Review) -> str:
    return "lost" if review.outcome == "affirmed" else "review"


def _table(without_review: str, silence: Callable[[Review], str]) -> Callable[[Review | None], str]:
    """One line of the table: what a negative screening is without a judge's review, and what silence means."""

    def read(review: Review | None) -> str:
        if review is None:
            return without_review
        if review.asked == "no":
            return "lost"
        if review.asked == "silent":
            return silence(review)
        return _by_outcome(review)  # asked, or unknown whether it was

    return read


def _refusal(_: Review) -> str:
    return "lost"


# (a child's, kind): what a negative screening is, that no judge vacated
_TABLE = {
    (True, "credible_fear"): _table("review", silence=_by_outcome),
    (True, "reasonable_fear"): _table("review", silence=_refusal),
    (False, "credible_fear"): _table("lost", silence=_by_outcome),
    (False, "reasonable_fear"): _table("review", silence=_refusal),
}
