"""What somebody has on their desk: an attorney their families, a paralegal the outcomes to record and what comes."""

import datetime
from typing import NamedTuple

from accounts.models import User
from families.filters import NOBODY, Filters
from families.list_rows import ScreeningRow, screening_rows
from families.lists import families_list, families_sorted, screenings_list
from families.models import Person
from families.proposals.page import Card, plain_cards
from families.proposals.selectors import typed_by
from settlement.dashboards import Cell, Table, next_steps, pressing
from settlement.exposure import Annotated

AT_ONCE = 25
"""How many rows of each list a paralegal's desk shows; the rest is behind a link."""


class AttorneyDesk(NamedTuple):
    """An attorney's families in the order of their exposure, how many at each, and how many nobody has."""

    filters: Filters
    families: Annotated
    pressing: Table
    nobodys: Cell
    mine: list[Card]


def attorney_desk(actor: User, day: datetime.date) -> AttorneyDesk:
    """The desk of an attorney."""
    mine = Filters(attorney=str(actor.pk), sort="exposure")
    unassigned = Filters(attorney=NOBODY, sort="exposure")
    return AttorneyDesk(
        filters=mine,
        families=families_sorted(families_list(actor, mine, day), mine.sort, day),
        pressing=pressing(actor, mine, day),
        nobodys=Cell(families_list(actor, unassigned, day).count(), unassigned.address("families")),
        mine=_typed(actor),
    )


class Pile(NamedTuple):
    """The first screenings that wait for one kind of outcome, and how many there are in all."""

    rows: list[ScreeningRow]
    all: Cell


class ParalegalDesk(NamedTuple):
    """What waits in a paralegal's families, or in everybody's while they have none (`has_families`)."""

    has_families: bool
    record: Pile
    judge: Pile
    soon: Pile
    steps: Table
    nobodys: Cell
    mine: list[Card]

    def persons(self) -> list[Person]:
        """Whom the desk shows by name."""
        on_piles = [row.screening.person for pile in (self.record, self.judge, self.soon) for row in pile.rows]
        return on_piles + [card.proposal.person for card in self.mine]


def paralegal_desk(actor: User, day: datetime.date) -> ParalegalDesk:
    """The desk of a paralegal."""
    mine = Filters(paralegal=str(actor.pk))
    has_families = families_list(actor, mine, day).exists()
    shown = mine if has_families else Filters()
    nobodys = Filters(paralegal=NOBODY, outcome="record")
    return ParalegalDesk(
        has_families=has_families,
        record=_pile(actor, shown, "record", day),
        judge=_pile(actor, shown, "judge", day),
        soon=_pile(actor, shown, "soon", day),
        steps=next_steps(actor, shown, day),
        nobodys=Cell(screenings_list(actor, nobodys, day).count(), nobodys.address("screenings")),
        mine=_typed(actor),
    )


def _typed(actor: User) -> list[Card]:
    """What this person typed and still waits, or was declined lately."""
    return plain_cards(list(typed_by(actor)[:AT_ONCE]), actor.pk)


def _pile(actor: User, filters: Filters, outcome: str, day: datetime.date) -> Pile:
    of_outcome = Filters(paralegal=filters.paralegal, outcome=outcome)
    rows = screenings_list(actor, of_outcome, day)
    return Pile(screening_rows(rows[:AT_ONCE], day), Cell(rows.count(), of_outcome.address("screenings")))
