"""Putting on file where a paper stands. No answer depends on it, so nothing here waits for a second person; dates do
(a record that has not come is demanded)."""

import datetime
from collections.abc import Collection, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from accounts.access import access_person, organization_of
from accounts.errors import Conflict, Invalid
from accounts.models import User
from accounts.permissions import Permission, require
from accounts.receipts import once
from deadlines.refresh import refresh_family
from documents.models import Paper
from families.locks import lock_families
from families.writing import add_row, change_row, check_version, clean_erasures, clean_values, require_reason

DAYS: Final = ("dated_on", "asked_on", "served_on", "filed_on", "seen_in_court_on")
# Only of a Notice to Appear it matters whether, after it was served, the court has it.
OF_NOTICES: Final = ("served_on", "filed_on", "seen_in_court_on")
FIELDS: Final = ("state", *DAYS, "note")
# What may follow only what.
_ORDER: Final = (("served_on", "dated_on"), ("filed_on", "dated_on"), ("seen_in_court_on", "filed_on"))


def paper_record(
    *,
    actor: User,
    person_id: int,
    kind: str,
    version: int,
    values: Mapping[str, Any],
    key: str | None,
    day: datetime.date,
    erase: Collection[str] = (),
    reason: str = "",
) -> int:
    """Say where a paper of a person stands; gives the paper's pk.

    `version` is that of the row that was seen, 0 where there was none. `values` has any of `FIELDS`; a blank one keeps
    what is there, `erase` names days that are unknown now, with a reason. Raises `Http404`, `PermissionDenied`,
    `Invalid` and `Conflict`.
    """
    require(actor, Permission.FAMILY_RECORD_CHANGE)

    def write() -> int:
        person = access_person(actor, person_id)
        lock_families(person.organization_id, [person.family_id])
        access_person(actor, person_id)
        wanted = _cleaned(kind, values, erase, reason)
        paper = Paper.objects.visible_to(actor).filter(person_id=person_id, kind=kind).first()
        if paper is None:
            pk = _added(actor, person_id, kind, version, wanted, day)
            refresh_family(family=person.family, day=day)
            return pk
        check_version(paper, version, current={name: getattr(paper, name) for name in FIELDS}, theirs=wanted)
        _check({name: wanted.get(name, getattr(paper, name)) for name in FIELDS}, day)
        if change_row(paper, wanted, actor=actor, reason=reason):
            refresh_family(family=person.family, day=day)
        return paper.pk

    return once(actor=actor, key=key, what=f"paper_record {person_id} {kind}", write=write)


def _cleaned(kind: str, values: Mapping[str, Any], erase: Collection[str], reason: str) -> dict[str, Any]:
    if kind not in Paper.Kind.values:
        raise Invalid({"kind": _("Choose one of the list.")})
    fields = FIELDS if kind == Paper.Kind.I_862 else tuple(name for name in FIELDS if name not in OF_NOTICES)
    if erase:
        require_reason(reason)
    blank = clean_erasures(Paper, erase, values, fields=[name for name in fields if name != "state"])
    return {**clean_values(Paper, values, fields=fields), **blank}


def _added(actor: User, person_id: int, kind: str, version: int, wanted: Mapping[str, Any], day: datetime.date) -> int:
    if version:  # what the caller saw was taken off file since
        raise Conflict(current={"version": 0}, theirs=wanted, changes=())
    if "state" not in wanted:
        raise Invalid({"state": _("Say whether the paper is here, asked for, missing or not needed.")})
    row = Paper(organization=organization_of(actor), person_id=person_id, kind=kind, **wanted)
    _check({name: getattr(row, name) for name in FIELDS}, day)
    return add_row(row, actor=actor).pk


def _check(after: Mapping[str, Any], day: datetime.date) -> None:
    """Raises `Invalid` for days that have not come yet and for those that cannot follow one another."""
    errors = {name: _("This day has not come yet.") for name in DAYS if after[name] and after[name] > day}
    for later, earlier in _ORDER:
        if after[later] and after[earlier] and after[later] < after[earlier]:
            errors.setdefault(later, _("This day is before the one above it."))
    if errors:
        raise Invalid(errors)
