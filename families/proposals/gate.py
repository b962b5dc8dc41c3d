"""The gate through which every typed change of a fact goes: what may be is saved at once, what lowers waits."""

import datetime
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from config import clock
from families.models import Person
from families.proposals.lowering import Sorted, Typed, sorted_out
from families.proposals.models import Proposal
from families.proposals.rows import owner_of, rows_of, take_off, values_of, write_row
from families.writing import Values, add_row, change_row
from settlement.determine import decided, decided_record
from settlement.facts import family_record, typed_patch
from settlement.waiting import Patch, Record

MOST_WAITING = 30
"""How many changes may wait in one family: each is looked at alone and with the others whenever the family is decided,
and nobody confirms more with care."""
LAST = 2**62
"""Stands for the key of a row that has none yet: it is the last of its list."""


class Change(NamedTuple):
    """What somebody typed about one row, which may be a new one: the fields that would change (None: unknown from now
    on), or that it is taken off file (`how`). `parent` is the parent of a new parent link."""

    kind: str
    how: str
    row: Any
    new: Values
    reason: str = ""
    parent: Person | None = None

    @property
    def person(self) -> Person:
        """The person the row is about."""
        return owner_of(self.kind, self.row)

    def patch(self, fields: Collection[str]) -> Patch:
        """The change of these fields, as it would change the facts."""
        values: dict[str, Any] = {name: value for name, value in self.new.items() if name in fields}
        if self.parent is not None:
            values["parent"] = self.parent.reference
        person = self.person
        flag = {"departure": "departures_known", "parent_link": "parents_known"}.get(self.kind, "custody_known")
        return typed_patch(
            kind=self.kind, how=self.how, person=person.reference, key=self.row.pk or LAST, values=values,
            empty_is_known=getattr(person, flag),
        )  # fmt: skip


def changed(old: Mapping[str, Any], given: Mapping[str, Any]) -> Values:
    """The given values that differ from the old ones. For a new row all that are known."""
    return {name: value for name, value in given.items() if old.get(name) != value}


def sort_change(change: Change, record: Record) -> Sorted:
    """What of the change is saved at once and what waits, by `lowering` and the record of the family."""
    family_id = change.person.family_id
    typed = Typed(change.kind, change.how, values_of(change.kind, change.row), change.new)
    return sorted_out(
        typed,
        record=record,
        patch=change.patch,
        decides=(partial(decided_record, family_id), lambda seen: decided(family_id, seen.facts)),
    )


def save_change(change: Change, *, actor: User, day: datetime.date) -> int:
    """Save of a change what may be saved at once, and have the rest wait as a proposal; gives the key of the row.

    The family must be locked; its determination is the caller's to make. Raises `Invalid` where a constraint refuses,
    also for what waits.
    """
    if not change.new and change.how == "change":
        return int(change.row.pk)
    found = sort_change(change, family_record(change.person.family, day=day))
    if found.whole:
        return _propose_whole(change, actor)
    if change.how == "remove":
        pk = int(change.row.pk)
        take_off(change.row, actor=actor, reason=change.reason)
    else:
        before = values_of(change.kind, change.row)
        at_once = {name: value for name, value in change.new.items() if name in found.at_once}
        write_row(change.kind, change.row, at_once, actor=actor, reason=change.reason)
        pk = int(change.row.pk)
        waits = {name: value for name, value in change.new.items() if name in found.waits}
        if waits:
            fresh = rows_of(change.kind).get(pk=pk)
            tried(lambda: write_row(change.kind, fresh, waits, actor=actor, reason=change.reason))
            _propose(change, actor, how="change", row=pk, version=change.row.version, values=waits, before=before)
    supersede_overtaken([change.person.family_id], actor=actor, kind=change.kind)
    return pk


def _propose_whole(change: Change, actor: User) -> int:
    """A new row, or that one is taken off file, waits. A new row is inserted and taken back: so it has its key."""
    row = change.row
    if change.how == "add":
        tried(lambda: write_row(change.kind, row, change.new, actor=actor))
        _propose(change, actor, how="add", row=int(row.pk), version=0, values=change.new, before={})
    elif change.how == "remove":
        before = values_of(change.kind, row)
        _propose(change, actor, how="remove", row=int(row.pk), version=row.version, values={}, before=before)
    return int(row.pk)


def tried(write: Callable[[], object]) -> None:
    """Do a write and take it back; it raises what PostgreSQL refuses."""
    before = transaction.savepoint()
    try:
        write()
    finally:
        transaction.savepoint_rollback(before)


def _propose(change: Change, actor: User, *, how: str, row: int, version: int, values: Values, before: Values) -> None:
    """A new proposal, or a further change of the one that waits for this row: who types into it is one of its authors.

    Who types just what waits already adds nothing, and may confirm it.
    """
    typed = {name: as_json(value) for name, value in values.items()}
    shown = {name: as_json(before.get(name)) for name in (typed or before)}
    waiting = Proposal.objects.filter(kind=change.kind, row=row, state=Proposal.State.WAITING).first()
    if waiting is None:
        person = change.person
        if Proposal.objects.filter(family_id=person.family_id, state=Proposal.State.WAITING).count() >= MOST_WAITING:
            raise Invalid({"": _("Too many changes wait for a second person here. Have them confirmed first.")})
        new = Proposal(
            organization_id=person.organization_id, family_id=person.family_id, person=person, parent=change.parent,
            kind=change.kind, how=how, row=row, row_version=version, before=shown, values=typed,
            reason=change.reason, authors=[actor.pk], proposed_at=clock.now(),
        )  # fmt: skip
        add_row(new, actor=actor, reason=change.reason)
        return
    merged = {} if how == "remove" else {**waiting.values, **typed}
    if (waiting.how, waiting.values) == (how, merged):
        return
    change_row(
        waiting,
        {
            "how": how,
            "values": merged,
            "before": {**waiting.before, **shown},
            "row_version": version,
            "reason": change.reason or waiting.reason,
            "authors": sorted({*waiting.authors, actor.pk}),
            "proposed_at": clock.now(),
        },
        actor=actor,
        reason=change.reason,
    )


def as_json(value: Any) -> Any:
    """A value as a proposal keeps it: days as ISO text."""
    return value.isoformat() if isinstance(value, datetime.date) else value


def supersede_overtaken(family_ids: Collection[int], *, actor: User | None, kind: str = "") -> None:
    """Close the waiting proposals (of a kind) of these families of which nothing is left to confirm, each with its
    history: the row is gone, or already says what was typed. One whose row has only moved on stays; its page shows
    both."""
    waiting = Proposal.objects.filter(family_id__in=list(family_ids), state=Proposal.State.WAITING).order_by("pk")
    for proposal in waiting.filter(kind=kind) if kind else waiting:
        if _overtaken(proposal):
            decided = {"state": Proposal.State.SUPERSEDED, "decided_by": actor, "decided_at": clock.now()}
            change_row(proposal, decided, actor=actor)


def _overtaken(proposal: Proposal) -> bool:
    rows = rows_of(proposal.kind)
    if proposal.how == Proposal.How.ADD:
        owner = "child" if proposal.kind == Proposal.Kind.PARENT_LINK else "person"
        same = [row for row in rows.filter(**{owner: proposal.person_id}) if _says(proposal, row)]
        return bool(same) and proposal.kind != Proposal.Kind.PARENT_LINK
    row = rows.filter(pk=proposal.row).first()
    return row is None or (proposal.how == Proposal.How.CHANGE and _says(proposal, row))


def _says(proposal: Proposal, row: Any) -> bool:
    now = values_of(proposal.kind, row)
    return all(as_json(now.get(name)) in (value, value or "") for name, value in proposal.values.items())
