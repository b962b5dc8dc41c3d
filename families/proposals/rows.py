"""One way to look at a row of facts, whichever table it is in, and to write what was typed: at once, or confirmed."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.errors import Invalid
from accounts.models import User
from families.models import Person
from families.tables import FACTS, PERSON_FIELDS
from families.writing import Values, add_row, change_row, remove_row, touch_row
from screenings.models import JudgeReview, Screening
from screenings.outcome import REVIEW_FIELDS, current_values, review_of


def rows_of(kind: str) -> Any:
    """All rows of a kind, with the person each is about where that needs no further query."""
    if kind == "person":
        return Person.objects.select_related("family")
    if kind == "screening":
        return Screening.objects.select_related("person__family", "judge_review")
    return FACTS[kind].model._default_manager.select_related(f"{FACTS[kind].owner}__family")


def owner_of(kind: str, row: Any) -> Person:
    """The person that a row is about."""
    person: Person = row if kind == "person" else getattr(row, FACTS[kind].owner if kind in FACTS else "person")
    return person


def values_of(kind: str, row: Any) -> Values:
    """What the row says, by the services' names; nothing for a row that is not there yet."""
    if row.pk is None:
        return {}
    if kind == "screening":
        return current_values(row, review_of(row))
    return {name: getattr(row, name) for name in (PERSON_FIELDS if kind == "person" else FACTS[kind].fields)}


def write_row(kind: str, row: Any, values: Mapping[str, Any], *, actor: User, reason: str = "") -> None:
    """Save these values (None: unknown) with version and history. A row that is not there yet is put on file; it keeps
    the key that it has. Raises `Invalid` where a constraint refuses."""
    if kind == "screening":
        _write_screening(row, values, actor, reason)
    elif row._state.adding:
        if kind in FACTS and FACTS[kind].single and rows_of(kind).filter(person=row.person_id).exists():
            raise Invalid({"": _("There is one already. Open it to change it.")})
        for name, value in values.items():
            setattr(row, name, value)
        add_row(row, actor=actor, reason=reason)
    else:
        blank = {name: "" for name, value in values.items() if value is None and not row._meta.get_field(name).null}
        change_row(row, {**values, **blank}, actor=actor, reason=reason)


def take_off(row: Any, *, actor: User, reason: str) -> None:
    """Take a row out of the record, a screening with the judge's review of it; its history stays."""
    review = review_of(row) if isinstance(row, Screening) else None
    if review is not None:
        remove_row(review, actor=actor, reason=reason)
    remove_row(row, actor=actor, reason=reason)


def _write_screening(screening: Screening, values: Mapping[str, Any], actor: User, reason: str) -> None:
    own = {name: value for name, value in values.items() if name != "judge_review" and name not in REVIEW_FIELDS}
    if screening._state.adding:
        for name, value in own.items():
            setattr(screening, name, value)
        add_row(screening, actor=actor, reason=reason)
        _write_review(screening, values, actor, reason)
        return
    of_review = _write_review(screening, values, actor, reason)
    if not change_row(screening, own, actor=actor, reason=reason) and of_review:
        touch_row(screening, actor=actor, reason=reason)


def _write_review(screening: Screening, values: Mapping[str, Any], actor: User, reason: str) -> bool:
    """Add, change or remove the judge's review; gives whether anything of it changed."""
    given = {REVIEW_FIELDS[name]: value for name, value in values.items() if name in REVIEW_FIELDS}
    review = review_of(screening)
    if not values.get("judge_review", True):
        if review is not None:
            remove_row(review, actor=actor, reason=reason)
        return review is not None
    if review is None and (values.get("judge_review") or any(value is not None for value in given.values())):
        new = JudgeReview(organization_id=screening.organization_id, screening=screening, **given)
        add_row(new, actor=actor, reason=reason)
        return True
    return review is not None and bool(change_row(review, given, actor=actor, reason=reason))
