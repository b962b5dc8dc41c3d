"""Which rules of the office hold for an organization: as its rows say, else as they are in the catalogue."""

from dataclasses import dataclass, replace
from typing import Final

from deadlines.catalogue import OFFICE
from deadlines.catalogue.entries import Entry
from deadlines.catalogue.office import OF_FAMILY, OFF_AT_FIRST, OWN, PASSED
from deadlines.catalogue.office import OFFICE as NO_LAW
from deadlines.models import Deadline, OfficeRule

_OWN: Final = "O-"


@dataclass(frozen=True)
class Rule:
    """One rule as it holds: its entry, whether it is switched on, and the row it comes from, if there is one.

    `title` is what the office wrote, empty for a rule that Amparo knows.
    """

    entry: Entry
    is_on: bool
    row: OfficeRule | None = None
    title: str = ""

    @property
    def kind(self) -> str:
        """What its dates have as their kind and at the beginning of their keys."""
        return self.entry.id


def known_rule(kind: str, row: OfficeRule | None = None) -> Rule:
    """A rule that Amparo knows, as the row says, or as it is where there is none."""
    entry = OFFICE[kind]
    if row is not None:
        entry = replace(entry, length=row.length, weight=row.weight, safe_is_due=row.length == 0)
    is_on = row.is_on if row is not None else kind not in OFF_AT_FIRST
    return Rule(entry, is_on, row)


def own_rule(row: OfficeRule) -> Rule:
    """A rule of the office's own making."""
    set_off = OfficeRule.SetOff(str(row.set_off))
    entry = Entry(
        id=f"{_OWN}{row.pk}",
        title=row.title,
        trigger=set_off.label,
        counting=row.counting,
        length=row.length,
        owes=row.owes,
        weight=row.weight,
        basis=NO_LAW,
        citation="",
        if_missed=row.if_missed,
        set_off=OWN[set_off],
        of_family=set_off in OF_FAMILY,
        safe_is_due=row.length == 0,
        forgotten_after=None if set_off == OfficeRule.SetOff.CONTACT else PASSED,
    )
    return Rule(entry, row.is_on, row, title=row.title)


def rules_of(organization_id: int) -> list[Rule]:
    """All rules of the organization, switched on or not: the known ones first, then its own. One query."""
    rows = list(OfficeRule.objects.filter(organization_id=organization_id).order_by("pk"))
    known = {row.kind: row for row in rows if row.kind != OfficeRule.Kind.OWN}
    return [
        *(known_rule(kind, known.get(kind)) for kind in OFFICE),
        *(own_rule(row) for row in rows if row.kind == OfficeRule.Kind.OWN),
    ]


def rule_of(deadline: Deadline) -> Rule | None:
    """The rule behind a date of the office as it is now; None for a date of law. One query at most."""
    if deadline.source != Deadline.Source.OFFICE:
        return None
    rows = OfficeRule.objects.filter(organization_id=deadline.organization_id)
    if deadline.kind in OFFICE:
        return known_rule(deadline.kind, rows.filter(kind=deadline.kind).first())
    row = rows.filter(pk=int(deadline.kind.removeprefix(_OWN))).first()
    return own_rule(row) if row is not None else None
