"""An attorney's desk: their families by how exposed they are, what to look at first, and what the week brings."""

import datetime
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from deadlines.lists import Seen, deadlines_list
from desks.board import Cell
from desks.changes import changed_entries
from desks.selectors import View, last_look, saved_views
from desks.week import JUDGE, Dated, Day, dates_ahead, week_of
from families.conditions import exposed
from families.filters import NOBODY, Filters
from families.list_rows import FamilyRow, PersonRow, family_rows, person_rows
from families.lists import families_list, families_sorted, people_list
from families.models import Person
from families.proposals.page import Card, plain_cards
from families.proposals.selectors import typed_by
from settlement.models import Removal

Text = str | Promise
AT_ONCE = 6
"""How many of a pile the desk itself shows; the rest is behind its number."""
FAMILIES = 10
"""How many families the desk shows, the most exposed first; all are behind a link."""
MOST_COUNTED = 100
"""Changes by others are counted up to here: beyond it the number says nothing."""


class Pile(NamedTuple):
    """Something to look at: how many there are, with the list behind the number, and how pressing it is."""

    label: Text
    cell: Cell
    tone: str


class AttorneyDesk(NamedTuple):
    """What an attorney finds on the desk. `changes` says how many changes by others they have not seen; "" for none."""

    filters: Filters
    families: list[FamilyRow]
    piles: list[Pile]
    hours: list[Dated]
    questions: list[PersonRow]
    week: list[Day]
    changes: str
    since: datetime.datetime
    nobodys: Cell
    mine: list[Card]
    views: list[View]

    @property
    def asks(self) -> list[tuple[PersonRow, None]]:
        """The questions as the page shows them before what would settle them is worked out."""
        return [(row, None) for row in self.questions]

    def _dated(self) -> list[Dated]:
        return [*self.hours, *(date for day in self.week for group in day.groups for date in group.dates)]

    def families_named(self) -> list[int]:
        """The families that the desk shows."""
        asked = [row.person.family_id for row in self.questions]
        shown = [*(row.family.pk for row in self.families), *asked, *(card.proposal.family_id for card in self.mine)]
        return [*(date.family_id for date in self._dated()), *shown]

    def persons_named(self) -> list[int]:
        """The persons that the desk shows by name."""
        dated = [date.person_id for date in self._dated() if date.person_id is not None]
        return [*dated, *(row.person.pk for row in self.questions)]


def attorney_desk(actor: User, day: datetime.date, now: datetime.datetime, moment: datetime.datetime) -> AttorneyDesk:
    """The desk of an attorney on the day; `moment` tells which dates have passed, and `now`, the real one, what has
    happened since they last looked."""
    mine = Filters(attorney=str(actor.pk), sort="exposure")
    unassigned = Filters(attorney=NOBODY, sort="exposure")
    dates = dates_ahead(actor, mine, day, moment)
    since = last_look(actor, now)
    exposed_first = list(families_sorted(families_list(actor, mine, day), mine.sort, day)[:FAMILIES])
    changes = len(changed_entries(actor, mine, since, day)[:MOST_COUNTED].values_list("pk"))
    return AttorneyDesk(
        filters=mine,
        families=family_rows(actor, exposed_first, day),
        piles=_piles(actor, Filters(attorney=mine.attorney), day, moment),
        hours=[date for date in dates if date.kind in JUDGE],
        questions=person_rows(list(undetermined(actor, mine, day)[:AT_ONCE]), day),
        week=week_of(dates, day),
        changes=changes_text(changes),
        since=since,
        nobodys=Cell(families_list(actor, unassigned, day).count(), unassigned.address("families")),
        mine=plain_cards(list(typed_by(actor)[:AT_ONCE]), actor.pk),
        views=saved_views(actor),
    )


def _piles(actor: User, mine: Filters, day: datetime.date, moment: datetime.datetime) -> list[Pile]:
    """The piles in the order in which they are looked at, in three queries."""
    seen = Seen(actor, day, moment)
    dates = deadlines_list(actor, mine, day, moment)
    due = dates.order_by().aggregate(
        hours=Count("pk", filter=Q(kind__in=JUDGE) & seen.due("soon")), missed=Count("pk", filter=seen.due("missed"))
    )
    counted = _counted(actor, mine, day)
    differ = families_list(actor, Filters(attorney=mine.attorney, pile="differ"), day).count()
    return [
        _pile(_EXPOSED, counted["exposed"], mine.address("people", pile="exposed"), "warn"),
        _pile(_JUDGE, counted["judge"], mine.address("people", step="ask_judge_review"), "warn"),
        _pile(_HOURS, due["hours"], mine.address("deadlines", kind=JUDGE[0], due="soon")),
        _pile(_DISPUTED, counted["disputed"], mine.address("people", step="challenge_reevaluation")),
        _pile(_DIFFER, differ, mine.address("families", pile="differ")),
        _pile(_UNDETERMINED, counted["undetermined"], mine.address("people", removal="undetermined")),
        _pile(_WAIVER, counted["waiver"], mine.address("people", step="check_waiver")),
        _pile(_MISSED, due["missed"], mine.address("deadlines", due="missed")),
    ]


_EXPOSED = gettext_lazy("No longer barred by this agreement, and no open case on file")
_JUDGE = gettext_lazy("Negative finding, and no judge known to be asked")
_HOURS = gettext_lazy("Judge’s review: hours running")
_DISPUTED = gettext_lazy("Re-evaluation disputed")
_DIFFER = gettext_lazy("Families in which choices differ")
_UNDETERMINED = gettext_lazy("Not known whether protected")
_WAIVER = gettext_lazy("Forms to return to be checked")
_MISSED = gettext_lazy("Deadlines missed")


def _pile(label: Text, number: int, address: str, tone: str = "leaning") -> Pile:
    return Pile(label, Cell(number, address), tone)


def _counted(actor: User, mine: Filters, day: datetime.date) -> dict[str, int]:
    def step(name: str) -> Q:
        return Q(answer__next_steps__contains=[name])

    counted: dict[str, int] = (
        people_list(actor, mine, day)
        .order_by()
        .aggregate(
            exposed=Count("pk", filter=exposed(day)),
            judge=Count("pk", filter=step("ask_judge_review")),
            disputed=Count("pk", filter=step("challenge_reevaluation")),
            undetermined=Count("pk", filter=Q(answer__removal=Removal.UNDETERMINED)),
            waiver=Count("pk", filter=step("check_waiver")),
        )
    )
    return counted


def undetermined(actor: User, mine: Filters, day: datetime.date) -> QuerySet[Person]:
    """Those of whom it is not known whether they are protected, with their answers and families."""
    asked = Filters(attorney=mine.attorney, paralegal=mine.paralegal, removal=Removal.UNDETERMINED)
    rows = people_list(actor, asked, day).select_related("answer", "family")
    return rows.order_by("family__reference", "pk")


def changes_text(number: int) -> str:
    """How many changes by others, in words; nothing for none."""
    if number >= MOST_COUNTED:
        return _("More than %(number)d changes by others") % {"number": MOST_COUNTED - 1}
    text = ngettext("%(number)d change by others", "%(number)d changes by others", number)
    return text % {"number": number} if number else ""
