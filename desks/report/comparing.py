"""Against the report before: who came into a cell or left it, and what that came of. No number shrinks without it."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from audit.models import CHANGES, Act, Entry
from audit.selectors import Row, rows_of
from config.words import list_text
from desks.changes import FOLLOWS
from desks.moved import TOLD
from desks.report.figures import Place, places
from desks.report.labels import SPECS
from desks.report.models import Report
from families.models import Person


class Shift(NamedTuple):
    """A person who stands in another cell of a table than before; None where they stood, or stand, in none."""

    table: str
    person: int
    before: Place | None
    after: Place | None


class Between(NamedTuple):
    """Two reports, and what is known of what happened between them."""

    earlier: Report
    later: Report
    shifts: list[Shift]
    touched: set[int]
    """Families in which something was changed."""
    removed: set[int]
    """Persons who were taken off the file."""
    out_of_sight: set[int]
    """Persons who are on file and whom only one of the two makers saw."""

    def family(self, shift: Shift) -> int:
        """The key of the person's family."""
        key = str(shift.person)
        found = self.later.figures["families"].get(key) or self.earlier.figures["families"][key]
        return int(found)

    def is_new(self, shift: Shift) -> bool:
        """Whether the person was not counted at all before."""
        return str(shift.person) not in self.earlier.figures["families"]

    def is_gone(self, shift: Shift) -> bool:
        """Whether the person is not counted at all now."""
        return str(shift.person) not in self.later.figures["families"]

    def is_explained(self, shift: Shift) -> bool:
        """Whether a reason is on file. What shrinks without one is the fault that a report must not have."""
        if self.is_new(shift):
            return True
        if self.is_gone(shift):
            return shift.person in self.removed | self.out_of_sight
        same = self.earlier.rule_version == self.later.rule_version and self.earlier.day == self.later.day
        return self.family(shift) in self.touched or not same or self.earlier.definition != self.later.definition

    @property
    def unexplained(self) -> list[Shift]:
        """For whom no reason is on file."""
        return [shift for shift in self.shifts if not self.is_explained(shift)]


def between(actor: User, earlier: Report, later: Report, hidden: Collection[int]) -> Between:
    """What moved between two reports, without the people who are hidden from the reader; in three queries."""
    found = [shift for table in SPECS for shift in _shifts(earlier, later, table, hidden)]
    gone = {shift.person for shift in found if str(shift.person) not in later.figures["families"]}
    rows = _changes(actor, earlier, later)
    touched = {key for keys in rows.values_list("families", flat=True) for key in keys}
    off = rows.filter(act=Act.REMOVED, thing=Person._meta.db_table, thing_id__in=gone)
    there = set(Person.objects.visible_to(actor).filter(pk__in=gone).values_list("pk", flat=True))
    return Between(earlier, later, found, touched, set(off.values_list("thing_id", flat=True)), there)


def _shifts(earlier: Report, later: Report, table: str, hidden: Collection[int]) -> Iterable[Shift]:
    then, now = (places(report.figures, table, hidden) for report in (earlier, later))
    order = {row: place for place, row in enumerate(SPECS[table].rows)}

    def placed(place: Place | None) -> tuple[int, str]:
        return (-1, "") if place is None else (order.get(place[0], -1), place[1])

    found = [Shift(table, pk, then.get(pk), now.get(pk)) for pk in {**then, **now} if then.get(pk) != now.get(pk)]
    return sorted(found, key=lambda shift: (placed(shift.before), placed(shift.after), shift.person))


def _changes(actor: User, earlier: Report, later: Report):  # type: ignore[no-untyped-def]
    """The entries of changes between the two moments."""
    rows = Entry.objects.visible_to(actor).filter(at__gt=earlier.as_of, at__lte=later.as_of, act__in=CHANGES)
    return rows.exclude(thing__in=FOLLOWS)


def reasons(actor: User, found: Between, shifts: Sequence[Shift]) -> list[str]:
    """For each of these shifts what it came of, in words; "" where nothing is on file. In a fixed number of queries."""
    wanted = {found.family(shift) for shift in shifts}
    entries = _changes(actor, found.earlier, found.later).filter(families__overlap=list(wanted))
    told: dict[int, list[Row]] = defaultdict(list)
    for row in rows_of(actor, list(entries.order_by("at", "pk"))) if wanted else []:
        for key in row.entry.families:
            told[key].append(row)
    return [_reason(found, shift, told) for shift in shifts]


def _reason(found: Between, shift: Shift, told: Mapping[int, Sequence[Row]]) -> str:
    rows = told.get(found.family(shift), [])
    if found.is_gone(shift):
        off = [row for row in rows if row.entry.act == Act.REMOVED and row.entry.thing_id == shift.person]
        if off:
            return _("no longer on file: %(acts)s") % {"acts": _acts(off)}
        seen = shift.person in found.out_of_sight
        return _("not among the families that the maker of this report sees") if seen else ""
    if found.is_new(shift):
        return _("put on file in between")
    if rows:
        return _("facts changed: %(acts)s") % {"acts": _acts(rows)}
    if found.earlier.rule_version != found.later.rule_version:
        return _("the rules were changed (%(version)s)") % {"version": found.later.rule_version}
    if found.earlier.definition != found.later.definition:
        return _("this report counts in another way")
    return _came_of_the_day(found.earlier.day, found.later.day)


def _came_of_the_day(earlier: datetime.date, later: datetime.date) -> str:
    return "" if earlier == later else _("no fact changed: a day came on which the answer is another one")


def _acts(rows: Sequence[Row]) -> str:
    """What was done and by whom, the first few; with the reason where somebody gave one."""
    acts = list(dict.fromkeys(_act(row) for row in rows))
    more = len(acts) - TOLD
    rest = [ngettext("%(number)d more", "%(number)d more", more) % {"number": more}] if more > 0 else []
    return list_text([*acts[:TOLD], *rest])


def _act(row: Row) -> str:
    who = row.who or _("the installation")
    return f"{row.thing} ({who}: {row.entry.reason})" if row.entry.reason else f"{row.thing} ({who})"
