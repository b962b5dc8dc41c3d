"""Changing the rules of the office. What is in the book moves with the rule, and each change leaves its history."""

import datetime
from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404
from django.utils.translation import gettext as _

from accounts.access import access, organization_of
from accounts.errors import Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from config.text import is_clean
from deadlines.catalogue import OFFICE
from deadlines.models import LONGEST, SHORTEST, Deadline, OfficeRule
from deadlines.office.bringing import bring
from families.locks import lock_court_record
from families.writing import add_row, change_row, check_version

MOST: Final = 50
"""Rules of its own making that an organization may have: each is looked at for every family."""
TITLE: Final = 200
KNOWN_FIELDS: Final = ("length", "weight", "is_on")
OWN_FIELDS: Final = ("title", "set_off", "length", "counting", "weight", "owes", "if_missed", "is_on")
_CHOICES: Final[dict[str, list[str]]] = {
    "set_off": OfficeRule.SetOff.values,
    "counting": OfficeRule.Counting.values,
    "weight": Deadline.Weight.values,
    "owes": Deadline.Owes.values,
}


def rule_change(
    *, actor: User, kind: str, version: int, values: Mapping[str, Any], key: str | None, day: datetime.date
) -> int:
    """Change a rule that Amparo knows; gives its row's pk. `version` is 0 where the office has never changed it.

    `values` has `KNOWN_FIELDS`. Raises `PermissionDenied`, `Http404`, `Invalid` by field, and `Conflict`.
    """
    require(actor, Permission.DEADLINE_RULE_CHANGE)
    if kind not in OFFICE:
        raise Http404

    def write() -> int:
        given = _cleaned(values, KNOWN_FIELDS)
        _lock(actor)
        row = OfficeRule.objects.visible_to(actor).filter(kind=kind).first()
        if row is None:
            entry = OFFICE[kind]
            row = OfficeRule(organization=organization_of(actor), kind=kind)
            row.counting, row.owes = entry.counting, entry.owes
            return _added(row, given, actor, day)
        return _changed(row, given, version, actor, day)

    return once(actor=actor, key=key, what=f"rule_change {kind}", write=write)


def rule_add(*, actor: User, values: Mapping[str, Any], key: str | None, day: datetime.date) -> int:
    """A rule of the office's own making; gives its pk. `values` has `OWN_FIELDS`. Raises as changing one does."""
    require(actor, Permission.DEADLINE_RULE_CHANGE)

    def write() -> int:
        given = _cleaned(values, OWN_FIELDS)
        _lock(actor)
        if OfficeRule.objects.visible_to(actor).filter(kind=OfficeRule.Kind.OWN).count() >= MOST:
            raise Invalid({"": _("There are %(most)d rules already. Change one of them instead.") % {"most": MOST}})
        row = OfficeRule(organization=organization_of(actor), kind=OfficeRule.Kind.OWN)
        return _added(row, given, actor, day)

    return once(actor=actor, key=key, what="rule_add", write=write)


def own_rule_change(
    *, actor: User, rule_id: int, version: int, values: Mapping[str, Any], key: str | None, day: datetime.date
) -> int:
    """Change a rule of the office's own making; gives its pk. Raises as `rule_change` does."""
    require(actor, Permission.DEADLINE_RULE_CHANGE)

    def write() -> int:
        given = _cleaned(values, OWN_FIELDS)
        access(OfficeRule.objects.filter(kind=OfficeRule.Kind.OWN), actor, rule_id)
        _lock(actor)
        return _changed(access(OfficeRule.objects.all(), actor, rule_id), given, version, actor, day)

    return once(actor=actor, key=key, what=f"own_rule_change {rule_id}", write=write)


def _lock(actor: User) -> None:
    """One rule after another, and none while a fact of the organization is being changed: that would read the old one
    and write after the new one was brought."""
    lock_court_record(actor.organization_id)


def _added(row: OfficeRule, given: Mapping[str, Any], actor: User, day: datetime.date) -> int:
    for name, value in given.items():
        setattr(row, name, value)
    add_row(row, actor=actor)
    bring(organization_of(actor), day)
    return int(row.pk)


def _changed(row: OfficeRule, given: Mapping[str, Any], version: int, actor: User, day: datetime.date) -> int:
    check_version(row, version, current={name: getattr(row, name) for name in given}, theirs=given)
    if any(getattr(row, name) != value for name, value in given.items()):
        row.brought_to = 0
        change_row(row, given, actor=actor)
        bring(organization_of(actor), day)
    return int(row.pk)


def _cleaned(values: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """All of the fields, each in its type; raises `Invalid` naming every wrong one."""
    errors: dict[str, str] = {}
    given: dict[str, Any] = {"is_on": bool(values.get("is_on"))}
    length = values.get("length")
    if isinstance(length, bool) or not isinstance(length, int):
        errors["length"] = _("Write a number of days.")
    elif not SHORTEST <= length <= LONGEST:
        errors["length"] = _("At most 365 days before, and at most 1,095 days after.")
    given["length"] = length
    for name in [name for name in fields if name in _CHOICES]:
        given[name] = values.get(name)
        if given[name] not in _CHOICES[name]:
            errors[name] = _("Choose one of the list.")
    for name in [name for name in fields if name in ("title", "if_missed")]:
        given[name] = text = str(values.get(name) or "").strip()
        if not is_clean(text):
            errors[name] = _("This text has characters that cannot be kept.")
        elif name == "title" and not text:
            errors[name] = _("Say what is due.")
        elif len(text) > (TITLE if name == "title" else 2000):
            most = TITLE if name == "title" else 2000
            errors[name] = _("This text is too long. It may have %(most)d characters.") % {"most": most}
    if errors:
        raise Invalid(errors)
    return given
