"""Bring the derived deadlines of families to what their record says, in the transaction of the change (docs/adr/0013).

A row is found again by its key. What somebody made or corrected by hand is never overwritten. Nothing is deleted: what
no longer follows is void, with the reason, and comes back when it follows again.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from accounts.models import Organization
from config import clock
from deadlines import bulk
from deadlines.authorship import Author, author
from deadlines.catalogue.office import RENEWED
from deadlines.deriving import Wanted, wanted_of
from deadlines.models import LEGAL, Closure, Deadline
from deadlines.office.rules import Rule, rules_of
from deadlines.reading import views_of
from deadlines.reminders.moments import Offsets, first_moment, offsets_of
from families.models import Family
from settlement.engine import decide
from settlement.facts import records_of
from settlement.waiting import Decision, FactsRefusedError, Record, decided_together

State = Deadline.State
GONE: Final = "gone"
"""Why a derived deadline ended by itself: what set it off is no longer on file, or what it waited for has happened."""
RULE_OFF: Final = "rule_off"
"""The same of a date of the office: its rule was switched off."""
REACHED: Final = "reached"
"""Why a date to talk to somebody is done by itself: they were reached, and the next one is set off."""
LOOKED_UP: Final = "looked_up"
"""The same of a date to look somebody up in the court's system."""

_KEPT: Final = {"contact.on": REACHED, "hearing.checked_on": LOOKED_UP}
"""What a date that is done by itself was kept by -> why it is."""

_DATES: Final = ("due_on", "safe_on", "due_at", "trigger_on")
_DERIVED: Final = (
    *_DATES, "zone", "otherwise", "proof", "if_confirmed", "person_id", "source", "kind", "title", "weight", "owes",
    "counting",
)  # fmt: skip


def refresh_deadlines(
    *,
    organization: Organization,
    decisions: Mapping[int, Decision],
    day: datetime.date,
    records: Mapping[int, Record] | None = None,
) -> None:
    """Bring the deadlines of the decided families to their decisions for the day; the families must be locked.

    `records` are theirs, where the caller has read them already. Queries depend on nothing but their being called.
    """
    if not decisions:
        return
    if records is None:
        records = dict(records_of(organization, day=day, family_ids=decisions))
    closures = frozenset(Closure.objects.filter(organization=organization).values_list("on", flat=True))
    stored: dict[tuple[int, str], Deadline] = {}
    derived = Deadline.objects.filter(family_id__in=list(decisions)).exclude(source=Deadline.Source.HAND)
    # Locked, so that the sweep, which moves `remind_at`, comes before this change or after it.
    for row in derived.order_by("pk").select_for_update(no_key=True):
        stored[row.family_id, row.key] = row
    rules = rules_of(organization.pk)
    change = _Change(organization, day, rules)
    for view in views_of(decisions, records, day):
        for wanted in wanted_of(view, closures, rules):
            change.bring(stored.pop((wanted.family_id, wanted.key), None), wanted)
    for row in stored.values():
        change.end(row)
    change.save()


def refresh_family(*, family: Family, day: datetime.date) -> None:
    """The same for one family, for services that change what only the catalogue knows (a hearing, a contact)."""
    refresh_families(organization=family.organization, family_ids=[family.pk], day=day)


def refresh_families(*, organization: Organization, family_ids: Collection[int], day: datetime.date) -> None:
    """The same for several; their number is the caller's, who holds their locks. Raises `FactsRefusedError`."""
    records = dict(records_of(organization, day=day, family_ids=family_ids))
    decisions = {pk: decided_together(record, decide) for pk, record in records.items()}
    for pk, decision in decisions.items():
        if "error" in decision:
            raise FactsRefusedError(f"family {pk}: the engine refuses its facts")
    refresh_deadlines(organization=organization, decisions=decisions, day=day, records=records)


class _Change:
    """What is to be written for a chunk of families."""

    def __init__(self, organization: Organization, day: datetime.date, rules: Sequence[Rule]) -> None:
        self.organization = organization
        self.day = day
        self.rules_on = {rule.kind for rule in rules if rule.is_on}
        self.kept: set[tuple[int, str, int | None]] = set()
        self.author: Author = author(organization.pk)
        self.now = clock.now()
        self.moment = clock.moment()
        self._offsets: Offsets | None = None
        self.new: list[Deadline] = []
        self.changed: list[Deadline] = []
        self.ended: list[Deadline] = []

    def bring(self, row: Deadline | None, wanted: Wanted) -> None:
        """Make, change or leave the row of something that is to stand in the book."""
        if RENEWED.get(wanted.values["kind"]) == wanted.values["proof"]["what"]:
            self.kept.add((wanted.family_id, wanted.values["kind"], wanted.values["person_id"]))
        if row is None:
            if not wanted.is_old:
                self._make(wanted)
            return
        if _is_settled(row, wanted):
            return
        values = dict(wanted.values)
        corrected = row.corrected_from is not None
        moved = self._keep_correction(row, values) if corrected else _differ(row, values, _DATES)
        again = row.state != State.OPEN and (moved or (row.state == State.VOID and row.ended_by_id is None))
        if not moved and not again and not _differ(row, values, _DERIVED):
            return
        settled = row.if_confirmed and not values["if_confirmed"]
        for name, value in values.items():
            setattr(row, name, value)
        if moved or again:
            row.version += 1
            row.state, row.ended_by, row.ended_at, row.ended_because = State.OPEN, None, None, ""
            row.remind_at = self._remind_at(row)
        if moved or settled:
            self._sign(row, moved=moved)
        self.changed.append(row)

    def end(self, row: Deadline) -> None:
        """Make void what does not follow any more; what has been done once more (a contact, a look-up) is done."""
        if row.state != State.OPEN:
            return
        row.state, row.ended_because = State.VOID, GONE
        if row.source == Deadline.Source.OFFICE and row.kind not in self.rules_on:
            row.ended_because = RULE_OFF
        elif (row.family_id, row.kind, row.person_id) in self.kept:
            row.state, row.ended_because = State.DONE, _KEPT[RENEWED[row.kind]]
        row.ended_at, row.remind_at = self.now, None
        self.ended.append(row)

    def save(self) -> None:
        """Five statements and their histories at most, whatever the number of families."""
        bulk.add(self.new, why="worked out")
        bulk.change(self.changed, why="worked out again")
        for why in sorted({row.ended_because for row in self.ended}):
            bulk.change([row for row in self.ended if row.ended_because == why], why=why)

    def _make(self, wanted: Wanted) -> None:
        row = Deadline(organization=self.organization, family_id=wanted.family_id, key=wanted.key, **wanted.values)
        self._sign(row, moved=True)
        row.remind_at = self._remind_at(row)
        self.new.append(row)

    def _sign(self, row: Deadline, *, moved: bool) -> None:
        """Who stands behind the date: only a legal one must be confirmed, never what the office asks of itself."""
        if row.weight not in LEGAL or row.source == Deadline.Source.OFFICE:
            return
        by, second = self.author
        if moved and (by is not None or second is not None):
            row.entered_by_id, row.entered_at = by, self.now
            row.confirmed_by_id, row.confirmed_at = None, None
        if second is not None and second != row.entered_by_id:
            row.confirmed_by_id, row.confirmed_at = second, self.now

    def _keep_correction(self, row: Deadline, values: dict[str, Any]) -> bool:
        """What was corrected stands; another date worked out stands beside it, and a second person looks again."""
        worked_out = values["due_on"]
        moved: bool = row.corrected_from != worked_out or row.trigger_on != values["trigger_on"]
        for name in ("due_on", "safe_on", "due_at"):
            del values[name]
        values["corrected_from"] = worked_out
        if moved and row.confirmed_by_id is not None:
            row.confirmed_by_id = row.confirmed_at = None
        return moved

    def _remind_at(self, row: Deadline) -> datetime.datetime | None:
        if self._offsets is None:
            self._offsets = offsets_of(self.organization.pk)
        return first_moment(row, self.moment, self._offsets)


def _differ(row: Deadline, values: Mapping[str, Any], names: Sequence[str]) -> bool:
    return any(name in values and getattr(row, name) != values[name] for name in names)


def _is_settled(row: Deadline, wanted: Wanted) -> bool:
    """Whether somebody has ended this date of the office, and nothing but its rule has changed since: it stays so."""
    is_ended = row.state != State.OPEN and (row.state == State.DONE or row.ended_by_id is not None)
    return is_ended and row.source == Deadline.Source.OFFICE and row.trigger_on == wanted.values["trigger_on"]
