"""Who stands behind a derived deadline: who typed what set it off, and whether a second person has looked already."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import NamedTuple

from accounts import scope


class Author(NamedTuple):
    """The person (a key) who typed, if one alone did; else `confirmed_by`, the second one, if that is known."""

    entered_by: int | None
    confirmed_by: int | None


_attested: ContextVar[Author | None] = ContextVar("amparo_attested", default=None)


@contextmanager
def attested(*, by: int | None = None) -> Iterator[None]:
    """Within the block a second person has looked at the facts: `by` is their key, None where it is not known."""
    token = _attested.set(Author(None, by))
    try:
        yield
    finally:
        _attested.reset(token)


def author(organization_id: int) -> Author:
    """Whose word a deadline that is derived now stands on.

    A command or the night's renewal acts for nobody: then the facts were looked at before they were brought in.
    """
    found = _attested.get()
    if found is not None:
        return found
    now = scope.current()
    return Author(now.actor_id if now.organization_id == organization_id else None, None)
