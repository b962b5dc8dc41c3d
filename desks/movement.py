"""How it moved: where everybody stood on earlier days, and whose answer became another one between two of them.

Nothing is stored for it. Each determination says from which day it holds until the next one of its family, so a day's
numbers are those of the determinations that held on it (docs/adr/0017). The filters and walls are those of today: of
the families that the reader sees now, how they stood then.
"""

import datetime
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from accounts.models import User
from accounts.permissions import Permission, require
from families.filters import Filters
from families.lists import families_list, people_list

WEEKS = 12
"""How far back the dashboard looks."""

# The determinations of the families asked for, each with the day on which the next one takes over; of two that were
# given for one day the later holds.
_SPANS = """
spans AS (
    SELECT d.id, d.family_id, d.from_day, d.decision->'persons' AS persons,
        lead(d.from_day) OVER (PARTITION BY d.family_id ORDER BY d.from_day, d.id) AS until
    FROM settlement_determination d
    WHERE d.family_id IN ({families})
)
"""
# Somebody whom a filter about persons leaves out is not counted; who is off the file now, only without such a filter.
_ONLY = "JOIN families_person p ON p.family_id = s.family_id AND p.reference = e->>'id' AND p.id IN ({persons})"

_COUNTS = """
WITH {spans},
counted AS (
    SELECT s.from_day, s.until, e->>'removal' AS removal, count(*) AS number
    FROM spans s CROSS JOIN LATERAL jsonb_array_elements(s.persons) e {only}
    GROUP BY s.id, s.from_day, s.until, e->>'removal'
)
SELECT day, removal, sum(number)::bigint
FROM unnest(%s::date[]) AS day
JOIN counted c ON c.from_day <= day AND (c.until IS NULL OR day < c.until)
GROUP BY day, removal
"""
_ON_DAY = """
WITH {spans}
SELECT s.family_id, e->>'id', e->>'removal', e->>'rule', s.id
FROM spans s CROSS JOIN LATERAL jsonb_array_elements(s.persons) e {only}
WHERE s.from_day <= %s AND (s.until IS NULL OR %s < s.until)
"""


class Point(NamedTuple):
    """A day, and how many persons stood where on it."""

    day: datetime.date
    numbers: Counter[str]

    @property
    def total(self) -> int:
        """How many persons had an answer on the day."""
        return self.numbers.total()


class Stood(NamedTuple):
    """Where a person of a family stood: the engine's words, and the determination that says so."""

    removal: str
    rule: str
    determination: int


Key = tuple[int, str]
"""A person: the key of the family and the number in it, which is what determinations know."""


class Move(NamedTuple):
    """A person whose answer is another one on the second day; None for a day on which they had none."""

    person: Key
    before: Stood | None
    after: Stood | None

    @property
    def way(self) -> tuple[str, str]:
        """From where to where; "" where there was, or is, no answer."""
        return (self.before.removal if self.before else "", self.after.removal if self.after else "")


def weeks_back(day: datetime.date, weeks: int = WEEKS) -> list[datetime.date]:
    """The day and the same weekday in the weeks before, the earliest first."""
    return [day - datetime.timedelta(weeks=back) for back in range(weeks, -1, -1)]


def series(actor: User, filters: Filters, day: datetime.date, days: Sequence[datetime.date]) -> list[Point]:
    """How many persons stood where on each of these days, under the filters of the dashboard; in one query.

    Days before the first answer are left out. Raises `PermissionDenied` for who may not see the dashboard.
    """
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    numbers: dict[datetime.date, Counter[str]] = {one: Counter() for one in days}
    sql, params = _asked(_COUNTS, actor, filters, day)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, list(days)])
        for one, removal, number in cursor.fetchall():
            numbers[one][removal] = number
    return [Point(one, counted) for one, counted in numbers.items() if counted]


def stood_on(actor: User, filters: Filters, day: datetime.date, on: datetime.date) -> dict[Key, Stood]:
    """Where each person stood on that day, under the filters of the dashboard as of today; in one query."""
    require(actor, Permission.DASHBOARD_BOARD_VIEW)
    sql, params = _asked(_ON_DAY, actor, filters, day)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, on, on])
        return {(family, person): Stood(*rest) for family, person, *rest in cursor.fetchall()}


def moves(actor: User, filters: Filters, day: datetime.date, since: datetime.date, until: datetime.date) -> list[Move]:
    """Whoever stands elsewhere on the second day than on the first, who came and who went; in two queries.

    The numbers of two days differ by exactly these, so none shrinks without a person and a reason.
    """
    before, after = (stood_on(actor, filters, day, on) for on in (since, until))
    found = [Move(person, before.get(person), after.get(person)) for person in {**before, **after}]
    return sorted((move for move in found if move.way[0] != move.way[1]), key=lambda move: (move.way, move.person))


def _asked(sql: str, actor: User, filters: Filters, day: datetime.date) -> tuple[str, list[Any]]:
    """The statement with the families, and where a filter is about persons the persons, that the reader sees."""
    families, params = _keys(families_list(actor, filters, day))
    only = ""
    if filters.query(attorney="", paralegal=""):
        persons, more = _keys(people_list(actor, filters, day))
        only = _ONLY.format(persons=persons)
        params = [*params, *more]
    return sql.format(spans=_SPANS.format(families=families), only=only), params


def _keys(rows: QuerySet[Any]) -> tuple[str, list[Any]]:
    sql, params = rows.order_by().values("pk").query.sql_with_params()
    return sql, list(params)
