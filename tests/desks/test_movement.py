"""How it moved: the numbers of two days differ by exactly the people who moved, each with a reason; walls hold."""

import datetime
import re
from collections import Counter
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.scope import acting_for
from config import clock
from desks.board import board
from desks.movement import Point, moves, series, stood_on, weeks_back
from desks.workload import workload
from families.filters import Filters
from families.lists import office_of
from families.models import Family
from families.services import person_update
from settlement.determine import redetermine_all
from settlement.models import Removal
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.desks.test_export import rows_of
from tests.factories import DAY, make_family, make_wall

WEEK = datetime.timedelta(weeks=1)
BEFORE = DAY - WEEK


@pytest.fixture
def moved(cast: Cast) -> Family:
    """Determined on two days: one mother of whom it was not known, and is now; others who stay where they are."""
    make_family(cast.organization, records.lifted(), attorney=cast.attorney, determined=False)
    family = make_family(cast.organization, records.undetermined(), attorney=cast.attorney, determined=False)
    make_family(cast.other_organization, records.lifted(), determined=False)
    redetermine_all(organization=cast.organization, day=BEFORE)
    redetermine_all(organization=cast.organization, day=DAY)
    mother = family.persons.get(reference="p1")
    with acting_for(cast.paralegal):
        values: dict[str, Any] = {"noncitizen": True}
        person_update(
            actor=cast.paralegal, person_id=mother.pk, version=mother.version, values=values, key=None, day=DAY
        )
    make_family(cast.organization, records.quiet(), attorney=cast.supervisor)
    return family


def numbers(points: list[Point], day: datetime.date) -> Counter[str]:
    return next(point.numbers for point in points if point.day == day)


def test_the_last_point_is_what_the_dashboard_says_today(cast: Cast, moved: Family) -> None:
    points = series(cast.supervisor, Filters(), DAY, weeks_back(DAY))
    assert [point.day for point in points] == [BEFORE, DAY], "days before the first answer are left out"
    shown = board(cast.supervisor, Filters(), DAY, office_of(cast.supervisor), clock.moment()).tables["stand"]
    today = {removal: line.cells[1].number for removal, line in zip(Removal.values, shown.lines, strict=True)}
    assert {key: number for key, number in today.items() if number} == dict(numbers(points, DAY))


def test_two_days_differ_by_exactly_who_moved(cast: Cast, moved: Family) -> None:
    points = series(cast.supervisor, Filters(), DAY, weeks_back(DAY))
    found = moves(cast.supervisor, Filters(), DAY, BEFORE, DAY)
    difference = numbers(points, DAY).copy()
    difference.subtract(numbers(points, BEFORE))
    of_moves: Counter[str] = Counter()
    for move in found:
        of_moves.update([move.way[1]])
        of_moves.subtract([move.way[0]])
    of_moves.pop("", None)
    assert {key: number for key, number in of_moves.items() if number} == {
        key: number for key, number in difference.items() if number
    }
    assert [move.way for move in found if move.person == (moved.pk, "p1")] == [("undetermined", "barred")]


def test_the_page_says_from_where_to_where_and_because_of_what(cast: Cast, client_of: ClientOf, moved: Family) -> None:
    client = client_of(cast.supervisor)
    answer = client.get(f"/dashboard/moved/?since={BEFORE}&until={DAY}")
    by_family = {(row.family_id, row.person.reference): row for row in answer.context["rows"]}
    row = by_family[moved.pk, "p1"]
    assert (row.before.tone, row.after.tone) == ("unknown", "own")
    assert row.because == f"facts changed: person ({cast.paralegal.name})"
    new = [row for row in answer.context["rows"] if row.before is None]
    assert {row.because for row in new} == {"put on file in between"}
    _header, *lines = rows_of(client.get(f"/dashboard/moved/export/?since={BEFORE}&until={DAY}"))
    assert len(lines) == len(answer.context["rows"]) == 3
    assert client.get(f"/dashboard/moved/?since={DAY}&until={DAY}").context["rows"] == []


def test_a_number_of_a_day_opens_who_stood_there(cast: Cast, client_of: ClientOf, moved: Family) -> None:
    client = client_of(cast.supervisor)
    page = client.get("/dashboard/movement/")
    addresses = re.findall(r'href="(/dashboard/day/\?on=[^"]*stood=[^"]*)">(\d+)<', page.content.decode())
    assert len(addresses) >= 4
    for address, number in addresses:
        found = client.get(address.replace("&amp;", "&")).context["page"]
        assert found.paginator.count == int(number), address


def test_filters_and_walls_hold_for_earlier_days(cast: Cast, moved: Family) -> None:
    assert {family for family, _person in stood_on(cast.attorney, Filters(age="5to13"), DAY, BEFORE)} != set()
    assert stood_on(cast.attorney, Filters(age="under5"), DAY, BEFORE) == {}
    mine = stood_on(cast.supervisor, Filters(attorney=str(cast.supervisor.pk)), DAY, DAY)
    assert len(mine) == 2
    assert stood_on(cast.other_supervisor, Filters(), DAY, BEFORE) == {}
    with pytest.raises(PermissionDenied):
        series(cast.paralegal, Filters(), DAY, [DAY])
    make_wall(moved, cast.supervisor, cast.supervisor)
    assert moved.pk not in {family for family, _person in stood_on(cast.supervisor, Filters(), DAY, BEFORE)}


@pytest.mark.parametrize(
    "query", ["on=2019-03-02", "on=x", "on=0001-01-01", "stood=free", "on=2019-02-01&on=2019-02-01"]
)
def test_days_that_cannot_be_asked_for_are_refused(cast: Cast, client_of: ClientOf, query: str) -> None:
    assert client_of(cast.supervisor).get(f"/dashboard/day/?{query}").status_code == 400


def test_who_has_how_much_and_what_lay_the_longest(cast: Cast, client_of: ClientOf, moved: Family) -> None:
    rows = workload(cast.supervisor, Filters(), DAY, office_of(cast.supervisor), clock.now())
    mine = next(row for row in rows if row.name == cast.attorney.name)
    assert (mine.families.number, mine.outcomes.number) == (2, 0)
    assert mine.oldest is not None
    assert mine.oldest.family_id != moved.pk, "which somebody changed since"
    body = client_of(cast.supervisor).get("/dashboard/workload/").content.decode()
    assert mine.oldest.reference in body


@pytest.mark.parametrize("page", ["movement", "moved", "day", "workload"])
def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf, moved: Family, page: str) -> None:
    client = client_of(cast.supervisor)
    for record in (*records.ALL.values(), *records.ALL.values()):
        make_family(cast.organization, record(), attorney=cast.attorney)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(f"/dashboard/{page}/").status_code == 200
    assert len(counted) <= 19
