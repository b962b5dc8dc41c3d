"""Whether a person has given the process up (rules, section 4).

One person's form binds nobody else; no form is no waiver.
"""

from typing import NamedTuple

from .court import Court
from .days import has_reached
from .facts import Election, Person
from .logic import Truth, is_one_of, on_or_before
from .parameters import OWN_SIGNATURE_FROM

CONDITIONS = ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8")


class Waiver(NamedTuple):
    """The last election of a person and what became of each condition; valid only when all are true."""

    election: Election | None
    conditions: tuple[tuple[str, Truth], ...] = ()

    @property
    def valid(self) -> bool:
        """Unknown is not valid."""
        return self.election is not None and all(truth is True for _, truth in self.conditions)

    @property
    def to_be_checked(self) -> bool:
        """A choice to return is on file that does not hold."""
        return self.election is not None and self.election.choice == "return" and not self.valid

    @property
    def failing(self) -> list[tuple[str, Truth]]:
        """The conditions that are false or unknown, with which of the two."""
        return [(name, truth) for name, truth in self.conditions if truth is not True]


NO_FORM = Waiver(None)


def waiver_of(person: Person, court: Court) -> Waiver:
    """The waiver of one person, read off the last election alone."""
    if not person.elections:
        return NO_FORM
    election = _last(person.elections)
    truths = (
        is_one_of(election.choice, "return"),  # W1
        on_or_before(court.notice_day, election.signed_on) if court.notice_day else False,  # W2: no notice, no waiver
        election.understood,  # W3
        election.voluntary,  # W4
        _signed_by_the_right_hand(person, election),  # W5
        election.via_class_counsel,  # W6
        election.own_form,  # W7
        election.withdrawn_on is None,  # W8
    )
    return Waiver(election, tuple(zip(CONDITIONS, truths, strict=True)))


def _last(elections: tuple[Election, ...]) -> Election:
    """By day of signing, those without one after all others and as of one day.

    Of two on one day one that is no `return` is the last.
    """
    last = elections[0]
    for election in elections[1:]:
        if _place(election) >= _place(last):
            last = election
    return last


def _place(election: Election) -> tuple[bool, int, bool]:
    signed_on = election.signed_on
    return signed_on is None, signed_on.toordinal() if signed_on else 0, election.choice != "return"


def _signed_by_the_right_hand(person: Person, election: Election) -> Truth:
    """W5. A parent's or guardian's capacity is presumed; a child's is not."""
    if not person.is_child:
        return is_one_of(election.signed_by, "legal_representative" if person.lacks_capacity else "self")
    old_enough = has_reached(OWN_SIGNATURE_FROM.value, person.birth_date, election.signed_on)
    if person.lacks_capacity is True or old_enough is False:
        return is_one_of(election.signed_by, "parent", "legal_representative")
    if person.lacks_capacity is False and old_enough is True:
        return is_one_of(election.signed_by, "self")
    return None
