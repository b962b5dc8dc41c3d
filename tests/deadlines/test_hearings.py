"""The page of a hearing: how it stands, moving it, cancelling it, and what becomes of its dates and reminders."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import User
from audit.models import Entry
from deadlines.hearings import hearing_add, hearing_update
from deadlines.models import Deadline, Hearing
from deadlines.reminders.models import Reminder
from families.models import Family
from tests.cast import Cast
from tests.deadlines.test_refresh import one, ordered_removed
from tests.factories import DAY, make_family, make_opening, make_wall

pytestmark = pytest.mark.django_db
CHICAGO = ZoneInfo("America/Chicago")
KEY = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f00"


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, ordered_removed(), attorney=cast.attorney)


@pytest.fixture
def hearing(cast: Cast, family: Family) -> Hearing:
    """An individual hearing at nine in Chicago, which is ten at the office."""
    values = {
        "kind": "individual",
        "at": datetime.datetime(2019, 4, 15, 9, tzinfo=CHICAGO),
        "zone": "America/Chicago",
        "place": "Room 3",
    }
    person = family.persons.get(reference="p1")
    pk = hearing_add(actor=cast.paralegal, person_id=person.pk, values=values, key=None, day=DAY)
    return Hearing.objects.get(pk=pk)


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def typed(hearing: Hearing, **values: Any) -> dict[str, Any]:
    """What the page of the hearing sends as it stands, with these values."""
    there = hearing.at.astimezone(ZoneInfo(hearing.zone))
    return {
        "act": "change",
        "version": hearing.version,
        "key": f"{KEY}01",
        "kind": hearing.kind,
        "due_on": there.date().isoformat(),
        "time": f"{there:%H:%M}",
        "zone": hearing.zone,
        "place": hearing.place,
        "why": "The notice of 1 March.",
        **values,
    }


def path(hearing: Hearing) -> str:
    return f"/hearings/{hearing.pk}/"


def said(answer: Any) -> str:
    text: str = answer.content.decode()
    return text


def test_it_says_when_and_where_on_the_clock_of_its_place(cast: Cast, hearing: Hearing) -> None:
    client = client_of(cast.attorney)
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path(hearing))
    assert len(seen) <= 25
    for text in ("Monday, 15 April 2019, 09:00", "10 a.m. EDT at the office", "America/Chicago", "Room 3", "not yet"):
        assert text in said(answer), text
    for row in Deadline.objects.filter(proof__what="hearing.at"):
        assert f"/dates/{row.pk}/" in said(answer)
    entry = Entry.objects.filter(thing="hearing").latest("pk")
    assert (entry.families, entry.persons) == ([hearing.person.family_id], [hearing.person_id])


def test_it_is_reached_from_where_hearings_stand(cast: Cast, family: Family, hearing: Hearing) -> None:
    link = f'href="{path(hearing)}"'
    dated = f"/dates/{one(family, 'hearing').pk}/"
    client = client_of(cast.attorney)
    for address in (
        f"/families/{family.pk}/",
        "/calendar/?month=2019-04",
        "/calendar/agenda/?from=2019-04-10",
        "/deadlines/",
        dated,
    ):
        assert link in said(client.get(address)), address


def test_moved_it_takes_its_dates_and_reminders_along_and_says_so(cast: Cast, family: Family, hearing: Hearing) -> None:
    row = one(family, "hearing")
    assert row.due_at is not None
    Reminder.objects.create(
        organization=cast.organization,
        deadline=row,
        deadline_version=row.version,
        recipient=cast.attorney,
        offset=0,
        channel="mail",
        due_at=row.due_at,
        ready_at=row.due_at,
    )
    client = client_of(cast.paralegal)
    sent = typed(hearing, due_on="2019-04-22", time="13:30", place="Room 9", looked="on")
    answer = client.post(path(hearing), sent, follow=True)
    for text in (
        "Hearing or appointment: moved from Monday, 15 April 2019 to Monday, 22 April 2019.",
        "Filings before an individual hearing: moved from",
        "1 reminder that was about to go out is void.",
        "Monday, 22 April 2019, 13:30",
    ):
        assert text in said(answer), text
    moved = Hearing.objects.get()
    assert (moved.at, moved.place, moved.checked_on) == (
        datetime.datetime(2019, 4, 22, 13, 30, tzinfo=CHICAGO),
        "Room 9",
        DAY,
    )
    assert one(family, "hearing").due_at == moved.at
    client.post(path(hearing), sent)  # the same click again
    assert Hearing.objects.get().version == 2
    assert Hearing.history.count() == 2
    # The same page with something else typed is another write, and not on the version that it was made from.
    assert client.post(path(hearing), {**sent, "place": "Room 1"}).status_code == 409


def test_another_zone_alone_is_another_instant(cast: Cast, family: Family, hearing: Hearing) -> None:
    answer = client_of(cast.attorney).post(path(hearing), typed(hearing, zone="America/Denver"), follow=True)
    assert Hearing.objects.get().at == datetime.datetime(2019, 4, 15, 9, tzinfo=ZoneInfo("America/Denver"))
    assert "another hour. Its reminders are made anew." in said(answer)
    assert one(family, "hearing").zone == "America/Denver"


def test_cancelled_it_reminds_nobody_and_can_take_place_after_all(cast: Cast, family: Family, hearing: Hearing) -> None:
    client = client_of(cast.attorney)
    act = {"act": "cancel", "version": 1, "key": f"{KEY}02", "reason": ""}
    refused = client.post(path(hearing), act)
    assert refused.status_code == 422
    assert "Say why: by which notice" in said(refused)
    answer = client.post(path(hearing), {**act, "reason": "Closed by an order."}, follow=True)
    assert "It is cancelled." in said(answer)
    assert "Hearing or appointment, Monday, 15 April 2019: void. No reminder comes any more." in said(answer)
    assert one(family, "hearing").state == "void"
    assert path(hearing) not in said(client.get("/calendar/?month=2019-04"))
    again = {"act": "stands", "version": 2, "key": f"{KEY}03", "reason": "The order was taken back."}
    answer = client.post(path(hearing), again, follow=True)
    assert "in the book for Monday, 15 April 2019, with its reminders." in said(answer)
    assert one(family, "hearing").state == "open"


def test_looked_up_today_is_remembered_and_changes_no_date(cast: Cast, family: Family, hearing: Hearing) -> None:
    before = one(family, "hearing").version
    client = client_of(cast.paralegal)
    answer = client.post(path(hearing), {"act": "look", "version": 1, "key": f"{KEY}04"}, follow=True)
    assert "Noted: it was looked up today." in said(answer)
    assert Hearing.objects.get().checked_on == DAY
    assert one(family, "hearing").version == before
    assert "Not looked up yet" not in said(client.get("/calendar/agenda/?from=2019-04-10&who=all"))


def test_what_was_typed_is_kept_when_something_is_wrong(cast: Cast, hearing: Hearing) -> None:
    client = client_of(cast.attorney)
    answer = client.post(path(hearing), typed(hearing, due_on="03/02/19", place="Sala 12", why=" "))
    assert answer.status_code == 422
    for text in ("Which day is “03/02/19”?", 'value="03/02/19"', "Sala 12", "This is needed."):
        assert text in said(answer), text
    missing = client.post(path(hearing), typed(hearing, due_on="2019-03-10", time="2:30"))
    assert "This time does not exist there" in said(missing)
    assert Hearing.objects.get().version == 1


def test_who_saves_second_sees_both_and_loses_nothing(cast: Cast, hearing: Hearing) -> None:
    hearing_update(
        actor=cast.paralegal,
        hearing_id=hearing.pk,
        version=1,
        values={"at": datetime.datetime(2019, 5, 6, 9, tzinfo=CHICAGO), "place": "Room 7"},
        reason="By phone.",
        key=None,
        day=DAY,
    )
    client = client_of(cast.attorney)
    answer = client.post(path(hearing), typed(hearing, due_on="2019-04-22"))
    assert answer.status_code == 409
    text = said(answer)
    assert f"<strong>{escape(cast.paralegal.name)}</strong>" in text
    assert "On file now: <strong>6 May 2019</strong>" in text
    assert "You typed: <strong>22 April 2019</strong>" in text
    assert 'value="2019-04-22"' in text  # mine
    assert 'value="Room 7"' in text  # theirs, which I did not touch
    assert 'name="version" value="2"' in text
    assert Hearing.objects.get().version == 2
    stale = client.post(path(hearing), {"act": "cancel", "version": 1, "key": f"{KEY}05", "reason": "Off, they say."})
    assert stale.status_code == 409
    assert "Off, they say." in said(stale)
    assert not Hearing.objects.get().cancelled


def test_others_hearings_and_walled_off_ones_are_missing(cast: Cast, family: Family, hearing: Hearing) -> None:
    act = {"act": "cancel", "version": 1, "key": f"{KEY}06", "reason": "Off."}
    for stranger in (cast.other_attorney, cast.other_supervisor, cast.volunteer):
        client = client_of(stranger)
        assert client.get(path(hearing)).status_code == 404
        for sent in (act, {**act, "act": "look"}, typed(hearing, place="Room 1")):
            assert client.post(path(hearing), sent).status_code == 404
    make_opening(family, cast.volunteer, cast.supervisor)
    assert client_of(cast.volunteer).get(path(hearing)).status_code == 200
    make_wall(family, cast.attorney, cast.supervisor)
    walled = client_of(cast.attorney)
    assert walled.get(path(hearing)).status_code == 404
    assert walled.post(path(hearing), act).status_code == 404
    assert client_of(cast.auditor).get(path(hearing)).status_code == 403
    assert client_of(cast.auditor).post(path(hearing), act).status_code == 403
    assert Hearing.objects.get().version == 1


def test_it_speaks_spanish(cast: Cast, hearing: Hearing) -> None:
    client = client_of(cast.attorney)
    client.cookies["django_language"] = "es"
    text = said(client.get(path(hearing)))
    assert 'lang="es"' in text
    for english in ("How it stands", "Move or correct it", "Cancel it", "Dates that hang on it"):
        assert english not in text
