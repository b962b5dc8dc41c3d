"""The month and the agenda: the right day, in words, for the right people, in few queries."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Organization, User
from audit.models import Entry
from deadlines.calendars.days import closed_days
from deadlines.calendars.labels import moment_text
from deadlines.calendars.pages import IN_CELL
from deadlines.calendars.selectors import OnDay, dates_between
from drills.readings import newest
from families.models import Family
from tests.cast import Cast
from tests.factories import (
    DAY,
    make_closure,
    make_deadline,
    make_family,
    make_hearing,
    make_opening,
    make_user,
    make_wall,
    with_reevaluation,
)

pytestmark = pytest.mark.django_db
D = datetime.date


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.content.decode())


def march(actor: User, whose: str = "all") -> list[OnDay]:
    return dates_between(actor, whose, D(2019, 3, 1), D(2019, 3, 31), DAY)


def bare_family(organization: Organization, record: Any = None, **fields: Any) -> Family:
    """A family without the dates that the catalogue makes of its facts."""
    return make_family(organization, record, determined=False, **fields)


def instant(*values: int) -> datetime.datetime:
    return datetime.datetime(*values, tzinfo=datetime.UTC)  # type: ignore[misc, arg-type]


@pytest.fixture
def family(cast: Cast) -> Family:
    """One with an interview on 20 March."""
    record = with_reevaluation(interview_on="2019-03-20")
    return bare_family(cast.organization, record, attorney=cast.attorney, paralegal=cast.paralegal)


def test_each_date_stands_once_on_its_day_with_its_own_word(cast: Cast, family: Family) -> None:
    make_deadline(family, D(2019, 3, 18), safe_on=D(2019, 3, 15))
    make_deadline(family, D(2019, 3, 12))
    make_deadline(family, D(2019, 3, 13), state="done", ended_at=instant(2019, 3, 1))
    person = family.persons.all()[0]
    make_hearing(person, instant(2019, 3, 8, 15))
    make_hearing(person, instant(2019, 3, 9, 15), cancelled=True)
    make_hearing(person, instant(2019, 3, 11, 15), kind="interview")
    found = [(one.day.day, one.what) for one in march(cast.attorney)]
    assert found == [(8, "hearing"), (11, "interview"), (12, "last"), (15, "safe"), (18, "last"), (20, "interview")]


def test_where_sources_differ_the_earliest_is_the_day_to_keep(cast: Cast, family: Family) -> None:
    make_deadline(
        family, D(2019, 4, 18), otherwise=[{"due_on": "2019-03-14", "basis": "R", "citation": "", "text": ""}]
    )
    make_deadline(family, D(2019, 4, 18), corrected_from=D(2019, 3, 16))
    make_deadline(family, D(2019, 4, 18))
    found = [(one.day.day, one.what) for one in march(cast.attorney) if one.what != "interview"]
    assert found == [(14, "safe"), (16, "safe")]


def test_the_deadline_that_repeats_a_hearing_is_not_shown_beside_it(cast: Cast, family: Family) -> None:
    make_hearing(family.persons.all()[0], instant(2019, 3, 8, 15))
    make_deadline(family, D(2019, 3, 8), kind="hearing")
    assert [one.what for one in march(cast.attorney)] == ["hearing", "interview"]


def test_a_hearing_stands_on_the_day_of_its_place(cast: Cast, family: Family) -> None:
    person = family.persons.all()[0]
    make_hearing(person, instant(2019, 3, 6, 3), zone="America/Los_Angeles")  # 7 p.m. of the day before
    make_hearing(person, instant(2019, 4, 1, 2), zone="America/Chicago")  # 9 p.m. of 31 March
    make_hearing(person, instant(2019, 4, 1, 14), zone="America/Chicago")
    assert [one.day for one in march(cast.attorney) if one.what == "hearing"] == [D(2019, 3, 5), D(2019, 3, 31)]


@pytest.mark.parametrize(
    ("moment", "zone", "says"),
    [
        ((2019, 3, 8, 15), "America/Chicago", "9 a.m. CST (America/Chicago); 10 a.m. EST at the office"),
        ((2019, 3, 11, 14), "America/Chicago", "9 a.m. CDT (America/Chicago); 10 a.m. EDT at the office"),
        ((2019, 3, 11, 16), "America/Phoenix", "9 a.m. MST (America/Phoenix); noon EDT at the office"),
        ((2019, 3, 11, 13), "America/New_York", "9 a.m. EDT"),
        ((2019, 3, 11, 13), "", "9 a.m. EDT"),
        ((2019, 3, 11, 13), "No/Where", "9 a.m. EDT"),
        (
            (2019, 3, 12, 6),
            "America/Los_Angeles",
            "11 p.m. PDT (America/Los_Angeles); 2 a.m. EDT, 2019-03-12 at the office",
        ),
    ],
)
def test_a_moment_is_said_on_the_clock_of_its_place(moment: tuple[int, ...], zone: str, says: str) -> None:
    assert moment_text(instant(*moment), zone) == says


def test_days_without_business_have_their_names(cast: Cast) -> None:
    make_closure(cast.organization, D(2019, 7, 8))
    make_closure(cast.other_organization, D(2019, 7, 9))
    found = closed_days(cast.attorney, D(2019, 7, 1), D(2019, 7, 9))
    assert {day.day: closed.names for day, closed in found.items()} == {
        4: ["Independence Day"],
        6: [],
        7: [],
        8: ["Closed: Closed by an order, for the storm."],
    }
    observed = closed_days(cast.attorney, D(2021, 12, 31), D(2022, 1, 1))
    assert [closed.names for closed in observed.values()] == [["New Year's Day (observed)"], ["New Year's Day"]]


def test_mine_a_colleagues_a_teams_and_the_offices(cast: Cast) -> None:
    second, third = make_user(cast.organization, "attorney"), make_user(cast.organization, "paralegal")
    given = [
        (cast.attorney, cast.paralegal),
        (cast.attorney, None),
        (second, cast.paralegal),
        (second, third),
        (None, None),
    ]
    families = [bare_family(cast.organization, attorney=one, paralegal=other) for one, other in given]
    for family in families:
        make_deadline(family, D(2019, 3, 12))

    def shown(actor: User, whose: str) -> list[int]:
        return sorted(families.index(one.family) for one in march(actor, whose))

    assert shown(cast.attorney, "me") == [0, 1]
    assert shown(cast.paralegal, "me") == [0, 2]
    assert shown(cast.attorney, str(second.pk)) == [2, 3]
    assert shown(cast.attorney, f"team-{cast.attorney.pk}") == [0, 1, 2]
    assert shown(cast.attorney, f"team-{second.pk}") == [0, 2, 3]
    assert shown(cast.attorney, "all") == [0, 1, 2, 3, 4]
    make_wall(families[3], cast.attorney, cast.supervisor)
    assert shown(cast.attorney, "all") == [0, 1, 2, 4]
    assert shown(cast.attorney, str(second.pk)) == [2]
    assert shown(cast.volunteer, "all") == []
    make_opening(families[4], cast.volunteer, cast.supervisor)
    assert shown(cast.volunteer, "all") == [4]
    assert shown(cast.other_attorney, "all") == []


@pytest.mark.parametrize("address", ["/calendar/", "/calendar/agenda/"])
def test_the_pages_say_it_and_note_whom_they_show(cast: Cast, family: Family, address: str) -> None:
    make_deadline(family, D(2019, 3, 18), safe_on=D(2019, 3, 15), person=family.persons.all()[0])
    make_deadline(bare_family(cast.other_organization), D(2019, 3, 18), title="Foreign letter")
    last = newest()
    page = text_of(client_of(cast.attorney), address)
    for words in ("Last day", "Safe day", "Do it by the safe day.", family.persons.all()[0].full_name, "today"):
        assert words in page
    assert "Foreign letter" not in page
    [entry] = Entry.objects.filter(pk__gt=last, act="listed")
    assert entry.families == [family.pk]


def test_the_agenda_begins_with_what_was_missed(cast: Cast, family: Family) -> None:
    make_deadline(family, D(2019, 2, 26), title="Too late")
    client = client_of(cast.attorney)
    assert "Too late" in text_of(client, "/calendar/agenda/")
    assert "Too late" not in text_of(client, "/calendar/agenda/?from=2019-03-02")
    assert "missed" in text_of(client, "/calendar/?month=2019-02")


def test_the_ways_to_other_days_keep_whose_they_are(cast: Cast) -> None:
    client = client_of(cast.attorney)
    page = text_of(client, f"/calendar/?who={cast.paralegal.pk}&month=2019-12")
    for month in ("2019-11", "2020-01"):
        assert f'href="/calendar/?who={cast.paralegal.pk}&amp;month={month}"' in page
    assert 'rel="next"' not in text_of(client, "/calendar/?month=2150-12")
    assert 'rel="prev"' not in text_of(client, "/calendar/?month=1950-01")
    assert 'rel="next"' not in text_of(client, "/calendar/agenda/?from=2150-12-30")


@pytest.mark.parametrize(
    "query",
    ["month=nonsense", "month=2019-13", "month=9999-12", "month=0000-01", "who=0", "who=team-", "x=1", "who=me&who=me"],
)
def test_what_there_is_not_is_refused_with_a_sentence(cast: Cast, query: str) -> None:
    answer = client_of(cast.attorney).get(f"/calendar/?{query}")
    assert answer.status_code == 400
    assert "Show everything" in answer.content.decode()


def test_an_address_with_another_offices_colleague_is_refused_like_one_of_nobody(cast: Cast) -> None:
    client = client_of(cast.attorney)
    for page in ("/calendar/", "/calendar/agenda/"):
        assert client.get(f"{page}?who={cast.other_attorney.pk}").status_code == 400
        assert client.get(f"{page}?who=team-{cast.other_attorney.pk}").status_code == 400
        assert client_of(cast.volunteer).get(f"{page}?who=me").status_code == 400
        assert client_of(cast.administrator).get(page).status_code == 403


def test_a_full_day_shows_some_and_leads_to_the_rest(cast: Cast, family: Family) -> None:
    for number in range(9):
        make_deadline(family, D(2019, 3, 18), title=f"Letter {number}")
    client = client_of(cast.attorney)
    page = text_of(client, "/calendar/")
    assert page.count("Letter ") == IN_CELL
    assert f"{9 - IN_CELL} more" in page
    assert text_of(client, "/calendar/agenda/?from=2019-03-18").count("Letter ") == 9


def test_an_agenda_that_is_too_long_goes_on_from_the_next_day(cast: Cast, family: Family, monkeypatch: Any) -> None:
    monkeypatch.setattr("deadlines.calendars.pages.AGENDA_MOST", 3)
    for day in (4, 5, 6):
        for number in range(2):
            make_deadline(family, D(2019, 3, day), title=f"Letter {day}.{number}")
    client = client_of(cast.attorney)
    page = text_of(client, "/calendar/agenda/")
    assert page.count("Letter ") == 4
    assert "?from=2019-03-06" in page
    assert text_of(client, "/calendar/agenda/?from=2019-03-06").count("Letter ") == 2


@pytest.mark.parametrize("address", ["/calendar/", "/calendar/agenda/"])
def test_the_pages_ask_little_of_the_database(cast: Cast, family: Family, address: str) -> None:
    def asked() -> int:
        client = client_of(cast.attorney)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    few = asked()
    for number in range(5):
        other = bare_family(cast.organization, with_reevaluation(interview_on="2019-03-20"), attorney=cast.attorney)
        make_deadline(other, D(2019, 3, 10 + number), safe_on=D(2019, 3, 9))
        make_hearing(other.persons.all()[0], instant(2019, 3, 8, 15 + number))
    assert asked() == few <= 25
