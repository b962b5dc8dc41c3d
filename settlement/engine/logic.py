"""Three-valued logic (Kleene): True, False, and None for unknown.

Law 2 of the rules: unknown is not no, and not yes. In an *and*, false wins over unknown and unknown over true; in an
*or*, true wins over unknown and unknown over false.
"""

from collections.abc import Iterable
from datetime import date

Truth = bool | None


def all_true(*values: Truth) -> Truth:
    """An *and* over values; true for none at all."""
    return False if False in values else None if None in values else True


def any_true(values: Iterable[Truth]) -> Truth:
    """An *or* over values; false for none at all."""
    known = tuple(values)
    return True if True in known else None if None in known else False


def on_or_before(day: date | None, limit: date | None) -> Truth:
    """Whether `day` is no later than `limit`; a null on either side makes the comparison unknown."""
    return None if day is None or limit is None else day <= limit


def is_one_of(value: str | None, *wanted: str) -> Truth:
    """Whether a word is one of those wanted; an unknown word makes it unknown."""
    return None if value is None else value in wanted
