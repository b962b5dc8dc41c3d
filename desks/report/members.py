"""Block C: whom the 2018 agreement covers, what they chose, and how far their claims are.

Its three tables have the same people, so whom the agreement does not cover has a row in each.
"""

import datetime
from typing import Any

from desks.report.record import Someone

NOT_COVERED = "not_member"
NO_ANSWER = "no_answer"


def place_membership(person: Someone) -> tuple[str, str]:
    """The row (covered or not) and the column (their role)."""
    return (person.answer["membership"] if person.answer else NO_ANSWER), person.role


def place_standing(person: Someone) -> tuple[str, str]:
    """The row (how far their claim is, in the engine's words) and the column (their role)."""
    if person.answer is None:
        return NO_ANSWER, person.role
    return (NOT_COVERED if _outside(person) else person.answer["standing"]), person.role


def place_form(person: Someone, day: datetime.date) -> tuple[str, str]:
    """The row (what the last form says and whether it counts) and the column (their role)."""
    return (NOT_COVERED if _outside(person) else _form(person, day)), person.role


def _outside(person: Someone) -> bool:
    return person.answer is not None and person.answer["membership"] == NOT_COVERED


def _form(person: Someone, day: datetime.date) -> str:
    forms = [one for one in person.elections if one.signed_on is None or one.signed_on <= day]
    if not forms:
        return "none"
    last = max(forms, key=_place)
    if last.withdrawn_on is not None and last.withdrawn_on <= day:
        return "withdrawn"
    if last.choice != "return":
        return last.choice or "unknown"
    standing = person.answer["standing"] if person.answer else ""
    return {"waived": "return_valid", "absent": "return_gone"}.get(standing, "return_unclear")


def _place(form: Any) -> tuple[bool, int, bool, int]:
    """Rules, section 4: the last is the latest; one without a day after all others, no `return` on one day."""
    signed_on = form.signed_on
    return signed_on is None, signed_on.toordinal() if signed_on else 0, form.choice != "return", form.id
