"""The dashboard: every number is the length of its list, the lines add up, and walls hold."""

import datetime
import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization, User
from deadlines.lists import deadlines_list
from demo.loading import Office, load
from desks.board import Board, Cell, board
from families.filters import BOARD, DEADLINES, FAMILIES, PEOPLE, FilterForm, Filters
from families.lists import families_list, office_of, people_list
from settlement.determine import redetermine_all
from settlement.models import CourtEvent, Determination
from tests.cast import Cast
from tests.desks import records
from tests.desks.conftest import ClientOf
from tests.factories import DAY, make_family

DEMO_DAY = datetime.date(2018, 12, 10)
MOMENT = datetime.datetime.combine(DAY, datetime.time(17), datetime.UTC)
DEMO_MOMENT = datetime.datetime.combine(DEMO_DAY, datetime.time(17), datetime.UTC)
LISTS: dict[str, Any] = {
    "/families/": (FAMILIES, families_list),
    "/people/": (PEOPLE, people_list),
    "/deadlines/": (DEADLINES, deadlines_list),
}
MOMENTS = {DAY: MOMENT, DEMO_DAY: DEMO_MOMENT}


def length(actor: User, address: str, day: datetime.date) -> int:
    """How long the list at this address is, its filters read as the page reads them."""
    parts = urlsplit(address)
    kind, rows = LISTS[parts.path]
    form = FilterForm(kind, office_of(actor), QueryDict(parts.query))
    assert form.is_valid(), form.errors
    given = (actor, form.filters(), day)
    number: int = (rows(*given, MOMENTS[day]) if kind is DEADLINES else rows(*given)).count()
    return number


def cells(shown: Board) -> Iterator[Cell]:
    for table in shown.tables.values():
        for line in table.lines:
            yield from line.cells
        yield from table.total or ()


def assert_adds_up(shown: Board) -> None:
    for table in shown.tables.values():
        for column, cell in enumerate(table.total or ()):
            assert sum(line.cells[column].number for line in table.lines) == cell.number, table.key
    stand = shown.tables["stand"].lines
    for place, key in enumerate(("barred", "undetermined", "bar_lifted")):
        total = shown.tables[key].total
        assert total is not None
        assert total[0].number == stand[place].cells[1].number
    for key in ("rights", "deadlines", "attorneys"):
        for line in shown.tables[key].lines:
            whole, *parts = (cell.number for cell in line.cells)
            assert sum(parts) == whole, (key, line.label)
    families = {
        table.total[0].number for key in ("stand", "pressing", "attorneys") if (table := shown.tables[key]).total
    }
    assert len(families) == 1
    for segments, column in ((shown.families_bar, 0), (shown.people_bar, 1)):
        assert [segment.number for segment in segments] == [line.cells[column].number for line in stand]
        assert all(one.start + one.width == other.start for one, other in itertools.pairwise(segments))


@pytest.fixture
def demo(db: None, settings: Any) -> User:
    """The supervisor of a small demonstration that has everything, beside another organization."""
    settings.AMPARO_TODAY = DEMO_DAY
    offices = (
        Office("demo", "Centro", "CA", 160, 3, 100_001, attorneys=2, paralegals=1),
        Office("other", "Casa", "CC", 20, 4, 200_001, attorneys=1, paralegals=1),
    )
    load(password="palabra de prueba", day=DEMO_DAY, tell=lambda _line: None, offices=offices)
    supervisor: User = User.objects.get(email="supervisor@demo.example")
    return supervisor


def test_every_number_of_the_demonstration_is_the_length_of_its_list(demo: User) -> None:
    office = office_of(demo)
    attorney = office.attorneys[0][0]
    several = [
        Filters(),
        Filters(attorney=attorney),
        Filters(attorney="-"),
        Filters(country=next(name for name in office.countries if name)),
        Filters(attorney=attorney, language="Spanish"),
    ]
    for filters in several:
        shown = board(demo, filters, DEMO_DAY, office, DEMO_MOMENT)
        assert_adds_up(shown)
        counted = list(cells(shown))
        assert len(counted) > 100
        for cell in counted:
            assert cell.number == length(demo, cell.address, DEMO_DAY), cell.address
    whole = board(demo, Filters(), DEMO_DAY, office, DEMO_MOMENT)
    assert whole.tables["stand"].total is not None
    assert whole.tables["stand"].total[0].number == 160
    seen = {table.key for table in whole.tables.values() if any(line.cells[0].number for line in table.lines)}
    assert seen == set(whole.tables)


def test_attorneys_together_have_all_families(demo: User) -> None:
    office = office_of(demo)
    whole = board(demo, Filters(), DEMO_DAY, office, DEMO_MOMENT)
    by_attorney = [
        board(demo, Filters(attorney=key), DEMO_DAY, office, DEMO_MOMENT) for key in [*dict(office.attorneys), "-"]
    ]
    for one, *others in zip(cells_by_key(whole), *map(cells_by_key, by_attorney), strict=True):
        assert one[1] == sum(number for _key, number in others), one[0]


def cells_by_key(shown: Board) -> list[tuple[str, int]]:
    """Every total, by its table and column."""
    return [
        (f"{table.key} {column}", cell.number)
        for table in shown.tables.values()
        for column, cell in enumerate(table.total or ())
    ]


@pytest.mark.parametrize(
    ("events", "rule", "key"), [([("stay", "2018-07-16")], "S1", "barred"), ([], "S2", "undetermined")]
)
def test_other_stages_of_the_court_add_up_too(cast: Cast, events: list[Any], rule: str, key: str) -> None:
    for record in records.ALL.values():
        make_family(cast.organization, record())
    for kind, on in events or [("proposed", "2018-09-12")]:
        CourtEvent.objects.create(organization=cast.organization, kind=kind, on=on)
    redetermine_all(organization=cast.organization, day=DAY)
    shown = board(cast.supervisor, Filters(), DAY, office_of(cast.supervisor), MOMENT)
    assert_adds_up(shown)
    assert any(line.cells[0].number for line in shown.tables[key].lines if f"rule={rule}" in line.cells[0].address)
    promised = [line for line in shown.tables["rights"].lines if "right_state=promised" in line.cells[0].address]
    assert promised[0].cells[0].number > 0


def test_families_without_an_answer_are_counted_as_that(cast: Cast) -> None:
    make_family(cast.organization)
    bare = make_family(cast.organization, attorney=cast.attorney)
    bare.determinations.all().delete()
    bare.answers.all().delete()
    shown = board(cast.supervisor, Filters(), DAY, office_of(cast.supervisor), MOMENT)
    assert_adds_up(shown)
    for cell in cells(shown):
        assert cell.number == length(cast.supervisor, cell.address, DAY), cell.address
    assert [cell.number for cell in shown.tables["stand"].lines[-1].cells] == [1, 2]


def test_another_organization_changes_no_number(cast: Cast, client_of: ClientOf) -> None:
    make_family(cast.organization, records.dated(), attorney=cast.attorney)
    client = client_of(cast.supervisor)
    before = board(cast.supervisor, Filters(), DAY, office_of(cast.supervisor), MOMENT)
    page = client.get("/dashboard/").content.decode()
    for record in records.ALL.values():
        make_family(cast.other_organization, record(), attorney=cast.other_attorney)
    assert board(cast.supervisor, Filters(), DAY, office_of(cast.supervisor), MOMENT) == before
    after = client.get("/dashboard/").content.decode()
    assert without_token(after) == without_token(page)
    assert cast.other_attorney.name not in after


def without_token(page: str) -> list[str]:
    """The page without what is another one each time: the tokens of its forms, and the keys of their writes."""
    return [line for line in page.splitlines() if "csrfmiddlewaretoken" not in line and 'name="key"' not in line]


def test_who_may_see_it(cast: Cast, client_of: ClientOf) -> None:
    for user, status in ((cast.attorney, 200), (cast.supervisor, 200), (cast.paralegal, 403), (cast.auditor, 403)):
        answer = client_of(user).get("/dashboard/")
        assert answer.status_code == status
    assert (
        "The dashboard is for attorneys and supervisors."
        in client_of(cast.paralegal).get("/dashboard/").content.decode()
    )
    assert b'href="/dashboard/"' in client_of(cast.attorney).get("/families/").content
    assert b'href="/dashboard/"' not in client_of(cast.paralegal).get("/families/").content
    assert client_of(cast.supervisor).get("/dashboard/?removal=barred").status_code == 400


def test_the_number_of_queries_does_not_grow(cast: Cast, client_of: ClientOf) -> None:
    client = client_of(cast.supervisor)
    for record in (*records.ALL.values(), *records.ALL.values()):
        make_family(cast.organization, record(), attorney=cast.attorney)
    with CaptureQueriesContext(connection) as counted:
        assert client.get(f"/dashboard/?attorney={cast.attorney.pk}&country=-").status_code == 200
    assert len(counted) <= 15


def test_an_empty_office_has_a_dashboard_of_noughts(cast: Cast, client_of: ClientOf) -> None:
    assert not Determination.objects.exists()
    shown = board(cast.supervisor, Filters(), DAY, office_of(cast.supervisor), MOMENT)
    assert {cell.number for cell in cells(shown)} == {0}
    assert client_of(cast.supervisor).get("/dashboard/").status_code == 200
    assert BOARD.filters == ("attorney", "paralegal", "country", "language", "held", "age")
    assert Organization.objects.count() == 2
