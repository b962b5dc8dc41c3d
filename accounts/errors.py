"""What a service says when it does not do what it was asked. Pages and the API each show it in their own way."""

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


class Invalid(Exception):  # noqa: N818  # the field's word; pages read `except Invalid`
    """Some values cannot be taken. `errors` has a sentence by field; the field "" stands for all of them together."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__(", ".join(name or "record" for name in errors))
        self.errors = dict(errors)


@dataclass(frozen=True)
class Change:
    """That somebody changed these fields at this moment (UTC). `who` is None for the installation's own commands."""

    who: str | None
    when: datetime.datetime
    fields: tuple[str, ...]


class Conflict(Exception):  # noqa: N818
    """Someone else has saved this row since the caller read it; nothing was done.

    `current` has the row's values by field and its `version`, `theirs` the values the caller wanted to save, and
    `changes` who changed what since the version that the caller saw, the newest first.
    """

    def __init__(self, *, current: Mapping[str, Any], theirs: Mapping[str, Any], changes: Sequence[Change]) -> None:
        super().__init__("the row has changed since it was read")
        self.current = dict(current)
        self.theirs = dict(theirs)
        self.changes = tuple(changes)
