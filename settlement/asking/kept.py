"""The first question for each undetermined person of a family, kept by what it was worked out from.

Working it out asks the engine hundreds of times. The same facts give the same question, so it is kept under the digest
of the facts, the day and the version of the rules: no change has to be told to it. Places in the record are kept, never
names or words. Without the keeper it is worked out anew.
"""

import logging
from functools import partial
from typing import Any, Final, NamedTuple

from django.core.cache import cache
from redis.exceptions import RedisError

from settlement.asking.options import Fact
from settlement.asking.questions import ForPerson, asking
from settlement.determine import decided, digest
from settlement.engine import RULE_VERSION
from settlement.waiting import Record

KEPT_FOR: Final = 24 * 60 * 60
"""Seconds: the key has the day in it."""
VERSION: Final = "1"
"""The version of this package's questions: raise it when they change."""
_log = logging.getLogger("amparo.asking")


class First(NamedTuple):
    """What to ask first for a person: the fact, or where none is known the condition that is unknown ("" for none).

    `settles`: an answer to it alone may settle whether they are covered.
    """

    person: str
    fact: Fact | None
    settles: bool
    need: str


def first_of(found: ForPerson) -> First:
    """The most useful question for a person."""
    fact = found.questions[0].fact if found.questions else None
    return First(found.person, fact, found.settling > 0, found.needs[0] if found.needs else "")


def first_questions(family_id: int, record: Record) -> list[First]:
    """For each person of the family who is undetermined, what to ask first."""
    key = f"asking:{VERSION}:{RULE_VERSION}:{record.facts['as_of']}:{digest(record)}"
    kept = _read(key)
    if kept is None:
        found = asking(record, partial(decided, family_id), unknown_only=True)
        kept = [[*first_of(one)] for one in found.persons]
        _write(key, kept)
    return [First(person, Fact(*fact) if fact else None, settles, need) for person, fact, settles, need in kept]


def _read(key: str) -> Any:
    try:
        return cache.get(key)
    except RedisError:
        _log.warning("what was kept could not be read")
        return None


def _write(key: str, kept: Any) -> None:
    try:
        cache.set(key, kept, KEPT_FOR)
    except RedisError:
        _log.warning("what was worked out could not be kept")
