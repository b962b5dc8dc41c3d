"""Who the agreement covers (rules, section 3): each condition true, false or unknown, and membership their *and*."""

from typing import NamedTuple

from .court import Court
from .days import has_reached
from .facts import Custody, Departure, Exclusion, Family, Link, Person
from .logic import Truth, all_true, any_true, is_one_of, on_or_before
from .parameters import INJUNCTION_ON, MINOR_UNDER

ADULT_CONDITIONS = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8")
CHILD_CONDITIONS = ("C1", "C2", "C3", "C4", "C5")

_INJUNCTION = INJUNCTION_ON.value
_ADULT_AGE = MINOR_UNDER.value


class Membership(NamedTuple):
    """A person's membership, and the conditions that are unknown and false, in the order of the table."""

    state: str  # member | not_member | undetermined
    unknown: list[str]
    failed: list[str]

    @property
    def needs(self) -> list[str]:
        """What must be found out: the unknown conditions of an undetermined person."""
        return self.unknown if self.state == "undetermined" else []


def membership_of(person: Person, family: Family, court: Court, departed: dict[str, Truth]) -> Membership:
    """The membership of one person; `departed` tells for each id of the family whether that person has departed."""
    if person.is_child:
        table = zip(CHILD_CONDITIONS, _child_conditions(person, family, court, departed), strict=True)
    else:
        table = zip(ADULT_CONDITIONS, _adult_conditions(person, family, court), strict=True)
    open_or_failed = [(name, truth) for name, truth in table if truth is not True]
    unknown = [name for name, truth in open_or_failed if truth is None]
    failed = [name for name, truth in open_or_failed if truth is False]
    # The *and* of the conditions: false wins over unknown, unknown over true.
    return Membership("not_member" if failed else "undetermined" if unknown else "member", unknown, failed)


def has_departed(person: Person) -> Truth:
    """Whether the last departure has no return: by `on`, unknown days first, later in the list winning ties."""
    if person.departures is None:
        return None
    last = last_departure(person)
    return last is not None and last.back_on is None


def last_departure(person: Person) -> Departure | None:
    """The departure that decides whether a person is in the country; None where there is none or none is known."""
    last = None
    for departure in person.departures or ():
        if last is None or last.on is None or (departure.on is not None and departure.on >= last.on):
            last = departure
    return last


def _adult_conditions(person: Person, family: Family, court: Court) -> tuple[Truth, ...]:
    return (
        True if person.role == "parent" else None,  # P1: for a guardian the court sent the question back to the parties
        person.noncitizen,  # P2
        has_reached(_ADULT_AGE, person.birth_date, person.entry.on),  # P3
        crossed_at_the_border(person),  # P4
        _held_by_dhs(person, court),  # P5
        _a_child_was_taken(person, family, court),  # P6
        here_since_the_injunction(person),  # P7
        _not_excluded(person.exclusions),  # P8
    )


def _child_conditions(child: Person, family: Family, court: Court, departed: dict[str, Truth]) -> tuple[Truth, ...]:
    return (
        child.noncitizen,  # C1
        _a_minor(child, court),  # C2
        crossed_at_the_border(child),  # C3
        _taken_and_to_be_back(child, family, court, departed),  # C4
        here_since_the_injunction(child),  # C5
    )


def crossed_at_the_border(person: Person) -> Truth:
    """P4 and C3."""
    return is_one_of(person.entry.place, "port_of_entry", "between_ports")


def here_since_the_injunction(person: Person) -> Truth:
    """P7 and C5: entered on or before the injunction, and no departure breaks the presence."""
    if person.departures is None:
        unbroken: Truth = None
    else:
        unbroken = all_true(*[_leaves_presence_whole(departure) for departure in person.departures])
    return all_true(on_or_before(person.entry.on, _INJUNCTION), unbroken)


def _leaves_presence_whole(departure: Departure) -> Truth:
    if departure.on is None:
        return None
    if departure.on < _INJUNCTION:
        return departure.back_on is not None and departure.back_on <= _INJUNCTION
    # Whether a short trip, or a removal by the government, breaks presence is an open question.
    return False if departure.back_on is None else None


def _held_by_dhs(person: Person, court: Court) -> Truth:
    """P5: an item of custody by DHS that began on or before the test day."""
    if person.custody is None:
        return None
    return any_true(
        [all_true(is_one_of(c.by, "dhs"), on_or_before(c.began_on, court.test_day)) for c in person.custody]
    )


def _a_child_was_taken(adult: Person, family: Family, court: Court) -> Truth:
    """P6: an *or* over all links that children have to them.

    No link at all is unknown, for the file may lack the child.
    """
    links: list[Truth] = []
    for child in family.persons:
        if child.is_child and child.parents is None:
            links.append(None)
        for link in child.parents or ():
            if link.parent == adult.id:
                links.append(all_true(_taken_by_dhs(link, court), _held_after_the_injunction(child.custody)))
    return any_true(links) if links else None


def _taken_by_dhs(link: Link, court: Court) -> Truth:
    """Entered together and separated by DHS on or before the test day: shared by P6 and C4."""
    return all_true(
        link.entered_together, is_one_of(link.separated_by, "dhs"), on_or_before(link.separated_on, court.test_day)
    )


def _held_after_the_injunction(custody: tuple[Custody, ...] | None) -> Truth:
    """Held by DHS, ORR or ORR foster care on or after the injunction.

    Held by them only before it: unknown (motion of December 2018).
    """
    if custody is None:
        return None
    return any_true([_item_held_after(item) for item in custody])


def _item_held_after(item: Custody) -> Truth:
    ended_before = item.to is not None and item.to < _INJUNCTION
    return all_true(is_one_of(item.by, "dhs", "orr", "orr_foster"), None if ended_before else True)


def _not_excluded(exclusions: tuple[Exclusion, ...]) -> Truth:
    """P8: established ones exclude.

    Alleged, contested or of unknown status leave it open; withdrawn ones count for nothing.
    """
    return all_true(*[{"withdrawn": True, "established": False}.get(e.status or "") for e in exclusions])


def _a_minor(child: Person, court: Court) -> Truth:
    """C2. Which day counts is not confirmed, so 18 only between the injunction and the test day is unknown."""
    if has_reached(_ADULT_AGE, child.birth_date, court.test_day) is False:
        return True
    return False if has_reached(_ADULT_AGE, child.birth_date, _INJUNCTION) else None


def _taken_and_to_be_back(child: Person, family: Family, court: Court, departed: dict[str, Truth]) -> Truth:
    """C4: an *or* over the child's links; parents unknown or empty is unknown."""
    if not child.parents:
        return None
    roles = {person.id: person.role for person in family.persons}
    return any_true(
        [
            all_true(
                True if roles[link.parent] == "parent" else None,
                _taken_by_dhs(link, court),
                _to_be_back(link, departed[link.parent]),
            )
            for link in child.parents
        ]
    )


def _to_be_back(link: Link, parent_departed: Truth) -> Truth:
    """Reunited by court order; or not reunited yet, with a parent known to be in the country."""
    if link.reunification is None and link.reunified_on is None:
        return True if parent_departed is False else None
    return True if link.reunification == "court_order" else None
