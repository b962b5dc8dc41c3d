"""How a row of facts is changed, whichever it is: values checked one by one, its version, its history, its conflicts.

`values` has only the fields that were given. A field that is not there, or is blank, keeps what it has: nothing is
ever erased by leaving it out. What is to be unknown from now on is named in `erase`, with a reason.
"""

import datetime
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise
from typing import Any, TypeVar

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Change, Conflict, Invalid
from accounts.models import User
from accounts.owned import Fact
from audit.services import because
from config.text import is_clean

F = TypeVar("F", bound=Fact)
Values = dict[str, Any]

# No day of any living person's file lies outside; a year typed wrongly mostly does.
FIRST_DAY = datetime.date(1900, 1, 1)
LAST_DAY = datetime.date(2099, 12, 31)

# What triggers refuse (a constraint of a model brings its own sentence).
_TRIGGERS = {
    "families_parentlink_fits": gettext_lazy("A child's parent must be a parent or guardian of the same family."),
    "screenings_screening_fits": gettext_lazy("This kind of screening does not fit the person's role."),
}


def clean_values(model: type[Fact], values: Mapping[str, Any], *, fields: Collection[str]) -> Values:
    """The given values in the types of the model's fields, without blank ones; raises `Invalid` naming each wrong one.

    Days may be dates or ISO texts, choices the contract's words, yes and no booleans, and the rest text.
    """
    cleaned: Values = {}
    errors: dict[str, str] = {}
    for name, value in values.items():
        if value is None or value == "":
            continue
        if name not in fields:
            errors[name] = _("This cannot be changed here.")
            continue
        try:
            cleaned[name] = _clean(model._meta.get_field(name), value)
        except ValueError as error:
            errors[name] = str(error)
    if errors:
        raise Invalid(errors)
    return cleaned


def _clean(field: Any, value: Any) -> Any:
    """One value as its field keeps it; raises ValueError with a sentence."""
    if isinstance(field, models.DateField):
        return _clean_day(value)
    if isinstance(field, models.BooleanField):
        if not isinstance(value, bool):
            raise ValueError(_("Choose yes or no."))
        return value
    if not isinstance(value, str) or not is_clean(value):
        raise ValueError(_("This text has characters that cannot be kept."))
    if field.choices and value not in dict(field.flatchoices):
        raise ValueError(_("Choose one of the list."))
    text = value.strip()
    if field.max_length and len(text) > field.max_length:
        raise ValueError(_("This text is too long. It may have %(most)d characters.") % {"most": field.max_length})
    return text


def _clean_day(value: Any) -> datetime.date:
    if isinstance(value, str):
        try:
            if len(value) != len("2018-06-26"):
                raise ValueError
            value = datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError(_("There is no such day. Write year, month and day, such as 2018-06-26.")) from None
    if not isinstance(value, datetime.date) or isinstance(value, datetime.datetime):
        raise ValueError(_("There is no such day. Write year, month and day, such as 2018-06-26."))
    if not FIRST_DAY <= value <= LAST_DAY:
        raise ValueError(_("Look at the year: it is before 1900 or after 2099."))
    return value


def clean_erasures(
    model: type[Fact], erase: Collection[str], values: Mapping[str, Any], *, fields: Collection[str]
) -> Values:
    """What the erased fields are set to; raises `Invalid` for one that cannot be unknown, or is given a value, too."""
    errors: dict[str, str] = {}
    blank: Values = {}
    for name in erase:
        field: Any = model._meta.get_field(name) if name in fields else None
        if field is None or not (field.null or (isinstance(field, models.TextField) and field.blank)):
            errors[name] = _("This cannot be unknown.")
        elif values.get(name) not in (None, ""):
            errors[name] = _("You gave a value and said that it is unknown. Choose one of the two.")
        else:
            blank[name] = None if field.null else ""
    if errors:
        raise Invalid(errors)
    return blank


def require_reason(reason: str) -> None:
    """Raises `Invalid` unless there is a reason: erasing and removing need one."""
    if not reason.strip():
        raise Invalid({"reason": _("Say why this is erased. It is kept in the history.")})


def check_version(row: Fact, version: int, *, current: Mapping[str, Any], theirs: Mapping[str, Any]) -> None:
    """Raises `Conflict` when the row, which must be locked or fresh, is no longer what the caller saw."""
    if row.version != version:
        raise Conflict(
            current={**current, "version": row.version}, theirs=theirs, changes=changes_since(row, version=version)
        )


def changes_since(row: Fact, *, version: int) -> list[Change]:
    """Who changed which fields of the row after this version, the newest first."""
    states = list(row.history.filter(version__gte=version).select_related("history_user").order_by("-history_id"))
    return [
        Change(
            who=newer.history_user.name if newer.history_user else None,
            when=newer.history_date,
            fields=tuple(sorted(set(newer.diff_against(older).changed_fields) - {"version", "updated_at"})),
        )
        for newer, older in pairwise(states)
    ]


def add_row(row: F, *, actor: User | None, reason: str = "") -> F:
    """Save a new row with its history; raises `Invalid` where a constraint refuses it."""
    return _save(row, actor, reason)


def change_row(row: F, values: Mapping[str, Any], *, actor: User | None, reason: str = "") -> set[str]:
    """Set and save what differs, with version and history; gives the names of the changed fields."""
    changed = {name for name, value in values.items() if getattr(row, name) != value}
    if changed:
        for name in changed:
            setattr(row, name, values[name])
        touch_row(row, actor=actor, reason=reason)
    return changed


def touch_row(row: Fact, *, actor: User | None, reason: str = "") -> None:
    """Save the row with the next version, as when something that belongs to it has changed."""
    row.version += 1
    _save(row, actor, reason)


def save_row(row: F, *, actor: User | None, reason: str = "") -> F:
    """Save the row, with history, in the version that it has: where only some changes raise it, as of a date."""
    return _save(row, actor, reason)


def remove_row(row: Fact, *, actor: User | None, reason: str) -> None:
    """Delete the row; its history stays and says who deleted it and why."""
    _sign(row, actor, reason)
    with because(reason.strip()):
        row.delete()


def _sign(row: Fact, actor: User | None, reason: str) -> None:
    row._history_user = actor  # type: ignore[attr-defined]  # how simple-history is told
    row._change_reason = reason.strip() or None  # type: ignore[attr-defined]


def _save(row: F, actor: User | None, reason: str) -> F:
    _sign(row, actor, reason)
    with constraints_explained(row), because(reason.strip()):
        row.save()
    return row


@contextmanager
def constraints_explained(row: models.Model) -> Iterator[None]:
    """Turns PostgreSQL's refusal of a row into the sentence that its constraint has (`Invalid`)."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        name = getattr(diagnosis, "constraint_name", None)
        for constraint in row._meta.constraints:
            if constraint.name == name:
                field = constraint.fields[-1] if isinstance(constraint, models.UniqueConstraint) else ""
                raise Invalid({field: str(constraint.get_violation_error_message())}) from None
        if name in _TRIGGERS:
            raise Invalid({"": str(_TRIGGERS[name])}) from None
        raise
