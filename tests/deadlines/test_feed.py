"""The feed for calendar programs: read back by a library and by hand, and by nobody who has not the secret."""

import datetime
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from accounts.errors import Invalid
from accounts.models import Organization, User
from audit.models import Entry
from deadlines.calendars import keys
from deadlines.calendars.models import FeedKey
from drills.readings import newest
from families.models import Family, Person
from tests.cast import Cast
from tests.factories import DAY, make_deadline, make_family, make_hearing, make_opening, make_wall, with_reevaluation

pytestmark = pytest.mark.django_db
D = datetime.date
NAME = "Xochiquetzalina"


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    """One of the attorney's, with a name that stands nowhere else."""
    found = bare_family(cast.organization, attorney=cast.attorney, paralegal=cast.paralegal)
    Person.objects.filter(family=found, role="parent").update(given_names=NAME, family_names="Luna Gil")
    return found


def made(user: User, *, initials: bool = False) -> str:
    """The path of a feed that was just made."""
    secret = keys.new_secret()
    keys.feed_make(actor=user, secret=secret, shows_initials=initials, key=None)
    return f"/calendar/feed/{secret}.ics"


def read(path: str, **headers: str) -> Any:
    """What a program is answered, which has no session."""
    return Client(headers=headers).get(path)


def events(path: str) -> dict[str, Any]:
    """By the beginning of its UID, each event that the library reads out of the answer."""
    answer = read(path)
    assert answer.status_code == 200
    calendar = Calendar.from_ical(answer.content)
    return {str(event["uid"]).partition("@")[0]: event for event in calendar.walk("VEVENT")}


def bare_family(organization: Organization, record: Any = None, **fields: Any) -> Family:
    """A family without the dates that the catalogue makes of its facts."""
    return make_family(organization, record, determined=False, **fields)


def instant(*values: int) -> datetime.datetime:
    return datetime.datetime(*values, tzinfo=datetime.UTC)  # type: ignore[misc, arg-type]


def test_deadlines_fill_their_days_and_keep_their_names(cast: Cast, family: Family) -> None:
    row = make_deadline(family, D(2019, 3, 18), safe_on=D(2019, 3, 15))
    path = made(cast.attorney)
    found = events(path)
    assert set(found) == {f"last-{row.pk}", f"safe-{row.pk}"}
    last, safe = found[f"last-{row.pk}"], found[f"safe-{row.pk}"]
    assert (last.start, last.end, safe.start) == (D(2019, 3, 18), D(2019, 3, 19), D(2019, 3, 15))
    assert str(last["summary"]) == "The judge's review of a negative result: last day"
    assert str(safe["summary"]) == "The judge's review of a negative result: safe day"
    assert (last["sequence"], str(last["status"]), str(last["class"])) == (1, "CONFIRMED", "PRIVATE")
    row.due_on, row.safe_on, row.version = D(2019, 3, 20), D(2019, 3, 19), 2
    row.save()
    again = events(path)[f"last-{row.pk}"]
    assert (again["uid"], again["sequence"], again.start) == (last["uid"], 2, D(2019, 3, 20))
    assert again["last-modified"].dt >= last["last-modified"].dt


@pytest.mark.parametrize(
    ("at", "zone", "stands", "offset"),
    [
        (instant(2019, 3, 8, 15), "America/Chicago", "20190308T090000", -6),
        (instant(2019, 3, 11, 14), "America/Chicago", "20190311T090000", -5),
        (instant(2019, 11, 1, 14), "America/Chicago", "20191101T090000", -5),
        (instant(2019, 11, 4, 15), "America/Chicago", "20191104T090000", -6),
        (instant(2019, 3, 8, 16), "America/Phoenix", "20190308T090000", -7),
        (instant(2019, 7, 8, 16), "America/Phoenix", "20190708T090000", -7),
        (instant(2019, 7, 8, 13), "", "20190708T090000", -4),
    ],
)
def test_a_hearing_stands_in_the_zone_of_its_place(
    cast: Cast, family: Family, at: datetime.datetime, zone: str, stands: str, offset: int
) -> None:
    row = make_hearing(family.persons.all()[0], at, zone=zone)
    path = made(cast.attorney)
    named = zone or "America/New_York"
    assert f"DTSTART;TZID={named}:{stands}\r\n" in read(path).content.decode()
    start = events(path)[f"hearing-{row.pk}"].start
    assert start == at
    assert start.utcoffset() == datetime.timedelta(hours=offset)
    # The file's own rules say the same to a program that knows no zones.
    rules: Any
    [rules] = Calendar.from_ical(read(path).content).walk("VTIMEZONE")
    assert str(rules["tzid"]) == named
    assert rules.to_tz().utcoffset(start.replace(tzinfo=None)) == datetime.timedelta(hours=offset)


def test_what_runs_by_the_hour_stands_at_its_moment(cast: Cast, family: Family) -> None:
    moment = instant(2019, 3, 4, 20)
    row = make_deadline(family, D(2019, 3, 4), due_at=moment, zone="America/Denver", weight="hours")
    event = events(made(cast.attorney))[f"last-{row.pk}"]
    assert event.start == moment
    assert event["dtstart"].params["TZID"] == "America/Denver"


def test_lines_are_folded_and_end_as_the_standard_has_it(cast: Cast, family: Family) -> None:
    person = family.persons.all()[0]
    person.given_names, cast.attorney.language = "Águila Ñandú " * 12, "es"
    person.save()
    cast.attorney.save()
    keys.initials_allow(actor=cast.administrator, allowed=True, key=None)
    row = make_deadline(family, D(2019, 3, 18), person=person)
    path = made(cast.attorney, initials=True)
    body = read(path).content
    assert body.startswith(b"BEGIN:VCALENDAR\r\n")
    assert body.endswith(b"END:VCALENDAR\r\n")
    lines = body.split(b"\r\n")
    assert not [line for line in lines if b"\n" in line or b"\r" in line]
    assert max(len(line) for line in lines) <= 75
    assert any(line.startswith(b" ") for line in lines), "the long lines are folded"
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT1H" in lines
    assert "Á. Ñ. " * 12 in str(events(path)[f"last-{row.pk}"]["summary"]), "no letter is torn"


def test_nothing_personal_stands_in_it_but_initials_where_both_want_them(cast: Cast, family: Family) -> None:
    person = family.persons.get(role="parent")
    own = make_deadline(family, D(2019, 3, 18), person=person, title=f"Call {NAME}", entered_by=cast.paralegal)
    hearing = make_hearing(person, instant(2019, 3, 11, 14), place=f"Room of {NAME}")
    path = made(cast.attorney)

    def said() -> tuple[str, str]:
        body = read(path).content.decode().replace("\r\n ", "")
        for fact in (NAME, "Luna", str(person.a_number), family.reference, "Room"):
            assert fact not in body
        found = events(path)
        return str(found[f"last-{own.pk}"]["summary"]), str(found[f"hearing-{hearing.pk}"]["summary"])

    assert said() == ("A date of the office: last day", "first or scheduling hearing")
    with pytest.raises(Invalid):
        made(cast.attorney, initials=True)
    keys.initials_allow(actor=cast.administrator, allowed=True, key=None)
    assert said()[0] == "A date of the office: last day", "who did not ask for initials has none"
    path = made(cast.attorney, initials=True)
    assert said() == ("A date of the office: last day (X. L. G.)", "first or scheduling hearing (X. L. G.)")
    keys.initials_allow(actor=cast.administrator, allowed=False, key=None)
    assert said()[0] == "A date of the office: last day", "and what is no longer allowed is gone at once"


def test_the_link_asks_to_sign_in(cast: Cast, family: Family) -> None:
    row = make_deadline(family, D(2019, 3, 18))
    link = str(events(made(cast.attorney))[f"last-{row.pk}"]["url"])
    answer = read(link.removeprefix("http://testserver"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


def test_what_ended_is_told_as_cancelled_for_thirty_days(cast: Cast, family: Family) -> None:
    person = family.persons.all()[0]
    kept = make_deadline(family, D(2019, 3, 18), state="void", ended_at=instant(2019, 2, 10))
    gone = make_deadline(family, D(2019, 3, 18), state="void", ended_at=instant(2019, 1, 20))
    done = make_deadline(family, D(2019, 3, 18), state="done", ended_at=instant(2019, 1, 20))
    off = make_hearing(person, instant(2019, 3, 11, 14), cancelled=True)
    long_off = make_hearing(person, instant(2019, 3, 12, 14), cancelled=True)
    long_off.history.update(history_date=instant(2019, 1, 20))
    found = events(made(cast.attorney))
    assert str(found[f"last-{kept.pk}"]["status"]) == "CANCELLED"
    assert str(found[f"hearing-{off.pk}"]["status"]) == "CANCELLED"
    assert str(found[f"last-{done.pk}"]["summary"]).startswith("Done: ")
    assert not {f"last-{gone.pk}", f"hearing-{long_off.pk}"} & set(found)


def test_the_window_is_sixty_days_back_and_four_hundred_ahead(cast: Cast, family: Family) -> None:
    day = datetime.timedelta(days=1)
    inside = [make_deadline(family, DAY + number * day).pk for number in (-60, 0, 400)]
    for number in (-61, 401):
        make_deadline(family, DAY + number * day)
    assert set(events(made(cast.attorney))) == {f"last-{pk}" for pk in inside}


def test_interviews_stand_in_it(cast: Cast) -> None:
    family = bare_family(cast.organization, with_reevaluation(interview_on="2019-03-20"), attorney=cast.attorney)
    [screening] = family.persons.get(role="parent").screenings.filter(basis="reevaluation")
    found = events(made(cast.attorney))
    assert {name: event.start for name, event in found.items()} == {f"interview-{screening.pk}": D(2019, 3, 20)}


def test_only_ones_own_families_without_those_behind_a_wall(cast: Cast, family: Family) -> None:
    other = bare_family(cast.organization, attorney=cast.attorney)
    nobodys = bare_family(cast.organization)
    foreign = bare_family(cast.other_organization, attorney=cast.other_attorney)
    rows = {one.pk: f"last-{make_deadline(one, D(2019, 3, 18)).pk}" for one in (family, other, nobodys, foreign)}
    mine, paralegals, volunteers = made(cast.attorney), made(cast.paralegal), made(cast.volunteer)
    assert set(events(mine)) == {rows[family.pk], rows[other.pk]}
    assert set(events(paralegals)) == {rows[family.pk]}
    assert set(events(volunteers)) == set()
    make_wall(other, cast.attorney, cast.supervisor)
    make_opening(nobodys, cast.volunteer, cast.supervisor)
    assert set(events(mine)) == {rows[family.pk]}
    assert set(events(volunteers)) == {rows[nobodys.pk]}


def test_wrong_replaced_revoked_and_left_look_the_same(cast: Cast, family: Family) -> None:
    first = made(cast.attorney)
    second = made(cast.attorney)
    third, fourth = made(cast.paralegal), made(cast.supervisor)
    assert read(second).status_code == 200
    keys.feed_revoke(actor=cast.paralegal, key=None)
    User.objects.filter(pk=cast.supervisor.pk).update(is_active=False)
    moved = made(cast.volunteer)
    User.objects.filter(pk=cast.volunteer.pk).update(role="auditor", is_volunteer=False)
    wrong = f"/calendar/feed/{keys.new_secret()}.ics"
    answers = [read(path) for path in (first, third, fourth, moved, wrong)]
    assert [answer.status_code for answer in answers] == [404] * 5
    pages = {re.sub(r'value="/calendar/feed/[^"]*"|token" value="[^"]*"', "", one.content.decode()) for one in answers}
    assert len(pages) == 1
    assert read(second).status_code == 200


def test_an_account_that_may_not_sign_in_has_no_feed_until_it_may_again(cast: Cast, family: Family) -> None:
    path = made(cast.attorney)
    User.objects.filter(pk=cast.attorney.pk).update(is_active=False)
    assert read(path).status_code == 404
    User.objects.filter(pk=cast.attorney.pk).update(is_active=True)
    assert read(path).status_code == 200


def test_wrong_secrets_are_counted_and_shut_nobody_else_out(cast: Cast, family: Family, monkeypatch: Any) -> None:
    from accounts.entrance import throttling

    monkeypatch.setitem(throttling.LIMITS[throttling.Purpose.FEED], "address", throttling.Limit(3, 60))
    path = made(cast.attorney)
    wrong = f"/calendar/feed/{keys.new_secret()}.ics"
    assert [read(wrong).status_code for _ in range(5)] == [404, 404, 404, 429, 429]
    assert read(path).status_code == 200


def test_a_reading_is_noted_with_whom_it_showed_and_signed_by_its_owner(cast: Cast, family: Family) -> None:
    make_deadline(family, D(2019, 3, 18), person=family.persons.all()[0])
    path = made(cast.attorney)
    last = newest()
    read(path)
    [entry] = Entry.objects.filter(pk__gt=last)
    assert (entry.act, entry.thing, entry.actor_id) == ("exported", "calendar-feed", cast.attorney.pk)
    assert (entry.families, entry.persons) == ([family.pk], [family.persons.all()[0].pk])
    assert path.removeprefix("/calendar/feed/")[:20] not in str(vars(entry))
    row = FeedKey.objects.get(user=cast.attorney)
    assert row.last_read_at is not None


def test_an_unchanged_feed_is_not_sent_twice_and_kept_by_nobody_on_the_way(cast: Cast, family: Family) -> None:
    make_deadline(family, D(2019, 3, 18))
    make_hearing(family.persons.all()[0], instant(2019, 3, 11, 14))
    path = made(cast.attorney)
    first = read(path)
    assert first["Cache-Control"] == "private, no-cache"
    assert first["Content-Type"] == "text/calendar; charset=utf-8"
    last = newest()
    again = read(path, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert not Entry.objects.filter(pk__gt=last).exists(), "nothing was shown"
    make_deadline(family, D(2019, 3, 19))
    assert read(path, If_None_Match=first["ETag"]).status_code == 200


def test_only_a_hash_of_the_secret_is_kept(cast: Cast) -> None:
    secret = made(cast.attorney).removeprefix("/calendar/feed/").removesuffix(".ics")
    assert len(secret) >= 43, "256 bits"
    row = FeedKey.objects.get()
    assert secret not in str(vars(row))
    told = [str(one.after) for one in Entry.objects.filter(thing="deadlines_feedkey")]
    assert told
    assert not [text for text in told if row.token_hash in text]


def test_the_feed_asks_little_of_the_database(cast: Cast, family: Family) -> None:
    path = made(cast.attorney)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert read(path).status_code == 200
        return len(queries)

    few = asked()
    for number in range(5):
        make_deadline(family, D(2019, 3, 10 + number), person=family.persons.all()[0])
        make_hearing(family.persons.all()[0], instant(2019, 3, 11, 10 + number))
    assert asked() == few <= 25


def signed_in(user: User) -> Client:
    client = Client()
    client.post("/sign-in/", {"username": user.email, "login": user.email, "password": "correct horse battery staple"})
    return client


def test_the_page_makes_shows_once_replaces_and_ends_it(cast: Cast, family: Family) -> None:
    client = signed_in(cast.attorney)
    assert "You have no calendar address." in client.get("/account/calendar/").content.decode()
    shown = client.post("/account/calendar/make/", {"key": "one"}).content.decode()
    [secret] = re.findall(r"/calendar/feed/([^\"]+)\.ics", shown)
    assert read(f"/calendar/feed/{secret}.ics").status_code == 200
    twice = client.post("/account/calendar/make/", {"key": "one"}, follow=True).content.decode()
    assert "is not shown twice" in twice
    assert "/calendar/feed/" not in twice
    assert read(f"/calendar/feed/{secret}.ics").status_code == 200, "the second click changed nothing"
    assert secret not in client.get("/account/calendar/").content.decode()
    client.post("/account/calendar/make/", {"key": "two"})
    assert read(f"/calendar/feed/{secret}.ics").status_code == 404
    client.post("/account/calendar/revoke/", {"key": "three"})
    assert not FeedKey.objects.filter(revoked_at=None).exists()


def test_the_page_asks_again_who_one_is(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.attorney)
    session = client.session
    session["fresh"] = 0
    session.save()
    assert client.post("/account/calendar/make/", {"key": "one"}).status_code in (401, 302)
    assert not FeedKey.objects.exists()


def test_administrators_allow_initials_and_nobody_else(cast: Cast) -> None:
    for user in (cast.attorney, cast.supervisor, cast.paralegal, cast.auditor):
        assert signed_in(user).post("/calendar/initials/", {"allowed": "yes"}).status_code == 403
    client = signed_in(cast.administrator)
    client.post("/calendar/initials/", {"allowed": "yes", "key": "one"})
    assert Organization.objects.get(pk=cast.organization.pk).feed_initials is True
    assert Organization.objects.get(pk=cast.other_organization.pk).feed_initials is False
    assert "checked" in client.get("/calendar/initials/").content.decode()
    client.post("/calendar/initials/", {"key": "two"})
    assert Organization.objects.get(pk=cast.organization.pk).feed_initials is False
