"""Whether the agreement bars a person's removal (rules, section 6): the first line that fits.

The strongest word here is `bar_lifted`: this agreement no longer bars removal. Other law may.
"""

from typing import NamedTuple

from .court import Court
from .days import has_reached
from .facts import Family, Person
from .logic import Truth
from .membership import Membership
from .parameters import MINOR_UNDER
from .standing import OPEN, PROTECTED, Standing


class Removal(NamedTuple):
    """The answer for one person: the word, the rule's id, and the others whose situation it rests on."""

    removal: str  # absent | outside | undetermined | bar_lifted | barred
    rule: str
    by: tuple[str, ...] = ()


class Known(NamedTuple):
    """What is known of every person of a family before removal is asked about, by id."""

    membership: dict[str, Membership]
    standing: dict[str, Standing]
    departed: dict[str, Truth]


_BY_STANDING = {
    "relief": Removal("barred", "G1"),
    "in_court": Removal("barred", "G2"),
    "won": Removal("barred", "G2"),
    **{name: Removal("barred", "G3") for name in OPEN},
}


def removal_of(person: Person, family: Family, court: Court, known: Known) -> Removal:
    """The first line of section 6 that fits one person."""
    standing = known.standing[person.id].name
    membership = known.membership[person.id].state
    if standing == "absent":
        return Removal("absent", "A1")
    if membership == "not_member":
        return Removal("outside", "M2")
    if membership == "undetermined":
        return Removal("undetermined", "M3")
    if standing == "waived":
        return Removal("bar_lifted", "W0")
    if court.stage == "stayed":
        return Removal("barred", "S1")
    if court.stage == "open":
        return Removal("undetermined", "S2")
    if standing in _BY_STANDING:
        return _BY_STANDING[standing]
    return (
        _held_by_others(person, family, known)
        or _held_as_a_child_alone(person, family, known)
        or Removal("bar_lifted", "X1")
    )


def _held_by_others(person: Person, family: Family, known: Known) -> Removal | None:
    """F1: another's claim keeps the family here.

    F2: the family stays until all have finished. Absent people keep nobody.
    """
    others = [p.id for p in family.persons if p.id != person.id and known.membership[p.id].state != "not_member"]
    protected = tuple(p for p in others if known.standing[p].name in PROTECTED)
    if protected:
        return Removal("barred", "F1", protected)
    unfinished = tuple(
        p
        for p in others
        if known.standing[p].name in OPEN
        or (known.membership[p].state == "undetermined" and known.standing[p].name != "absent")
    )
    return Removal("barred", "F2", unfinished) if unfinished else None


def _held_as_a_child_alone(child: Person, family: Family, known: Known) -> Removal | None:
    """U1: a child who stands lost, not known to be grown, with nobody of their `parents` known to be in the country."""
    if not child.is_child or known.standing[child.id].name != "lost":
        return None
    if has_reached(MINOR_UNDER.value, child.birth_date, family.as_of) is True:
        return None
    if any(known.departed[link.parent] is False for link in child.parents or ()):
        return None
    return Removal("barred", "U1")


def family_removal(answers: list[Removal]) -> str:
    """The family's answer, read off its persons.

    Barred, undetermined, bar_lifted, outside, absent, the first that somebody has.
    """
    found = {answer.removal for answer in answers}
    return next(word for word in ("barred", "undetermined", "bar_lifted", "outside", "absent") if word in found)
