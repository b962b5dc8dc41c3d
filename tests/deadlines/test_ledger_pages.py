"""The pages of reminders: what is seen, acknowledged, how one is reached, and how the clockwork does."""

import datetime
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from accounts.models import User
from config import clock
from deadlines.models import Deadline
from deadlines.reminders import guard
from deadlines.reminders.models import Acknowledgement, Reminder, Tick
from deadlines.reminders.selectors import frame, mine, missed_while_down
from deadlines.reminders.sweep import sweep
from deadlines.reminders.ways import Absence, OffsetSetting, PushSubscription, Ways
from families.models import Family
from tests.cast import Cast
from tests.factories import make_deadline, make_family, make_wall

pytestmark = pytest.mark.django_db


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def family(cast: Cast) -> Family:
    guard.forget()
    return make_family(cast.organization, determined=False, attorney=cast.attorney, paralegal=cast.paralegal)


def told(family: Family, days: int = 1, **fields: Any) -> Deadline:
    """A deadline of which everybody concerned has been told."""
    fields = {"remind_at": clock.moment() - datetime.timedelta(minutes=1), **fields}
    deadline = make_deadline(family, clock.today() + datetime.timedelta(days=days), **fields)
    sweep()
    return deadline


def mark(deadline: Deadline) -> str:
    return f"{deadline.pk}.{deadline.version}"


def test_opening_the_page_acknowledges_nothing_and_one_click_does_once(family: Family, cast: Cast) -> None:
    deadline = told(family)
    client, key = client_of(cast.attorney), uuid.uuid4().hex
    page = client.get("/reminders/").content.decode()
    assert family.reference in page
    assert "(1)" in page
    assert not Acknowledgement.objects.exists()
    for _twice in range(2):
        assert client.post("/reminders/", {"mark": mark(deadline), "key": key}).status_code == 302
    assert Acknowledgement.objects.filter(user=cast.attorney, deadline=deadline, deadline_version=1).count() == 1
    assert frame(cast.attorney).unseen == 0
    assert frame(cast.paralegal).unseen == 1
    assert "Seen, and still open" in client.get("/reminders/").content.decode()


def test_nobody_acknowledges_what_they_were_not_told_of_or_do_not_see(family: Family, cast: Cast) -> None:
    deadline = told(family)
    for actor in (cast.supervisor, cast.other_attorney, cast.auditor):
        client_of(actor).post("/reminders/", {"mark": mark(deadline)})
    for wrong in ("", "x", f"{deadline.pk}", f"{deadline.pk}.9", "9" * 40):
        assert client_of(cast.attorney).post("/reminders/", {"mark": wrong}).status_code == 302
    make_wall(family, cast.paralegal, cast.supervisor)
    walled = client_of(cast.paralegal)
    walled.post("/reminders/", {"mark": mark(deadline)})
    assert not Acknowledgement.objects.exists()
    assert family.reference not in walled.get("/reminders/").content.decode()
    assert frame(cast.paralegal).unseen == 0
    client_of(cast.attorney).post("/reminders/", {"mark": mark(deadline)})
    assert Acknowledgement.objects.count() == 1


def test_a_date_that_has_changed_is_to_be_seen_anew(family: Family, cast: Cast) -> None:
    deadline = told(family)
    client_of(cast.attorney).post("/reminders/", {"mark": mark(deadline)})
    Deadline.objects.filter(pk=deadline.pk).update(version=2, remind_at=clock.moment())
    sweep()
    assert frame(cast.attorney).unseen == 1
    assert "The date has changed" in client_of(cast.attorney).get("/reminders/").content.decode()


def test_the_bell_is_no_sign_of_presence_and_costs_one_query(
    family: Family, cast: Cast, django_assert_num_queries: Any
) -> None:
    told(family)
    with django_assert_num_queries(1):
        assert frame(cast.attorney).unseen == 1
    client = client_of(cast.attorney)
    client.get("/reminders/")
    session = client.session
    session["seen"] = session.get("seen", 0)
    before = {key: value for key, value in client.session.items() if "seen" in key}
    assert b"(1)" in client.get("/reminders/bell/").content
    assert {key: value for key, value in client.session.items() if "seen" in key} == before


def test_the_page_asks_no_more_for_many(family: Family, cast: Cast) -> None:
    counts = []
    for days in (range(1, 3), range(3, 12)):
        for one in days:
            told(family, one)
        client = client_of(cast.attorney)
        client.get("/reminders/")
        with CaptureQueriesContext(connection) as counted:
            assert client.get("/reminders/").status_code == 200
        counts.append(len(counted))
    assert counts[0] == counts[1]
    assert counts[0] <= 25


def test_the_heaviest_stand_first_and_none_is_hidden_by_lighter_ones(family: Family, cast: Cast) -> None:
    late = told(family, days=1, weight="curable")
    hours = told(family, days=3, weight="hours")
    right = told(family, days=2, weight="right_lost")
    shown = [item.deadline.pk for item in mine(cast.attorney, is_seen=False)]
    assert shown == [hours.pk, right.pk, late.pk]
    assert [item.deadline.pk for item in mine(cast.attorney, is_seen=False, most=1)] == [hours.pk]


def test_what_runs_by_the_hour_is_never_seen_in_bulk(family: Family, cast: Cast) -> None:
    for weight in ("hours", "hours", "curable", "curable"):
        told(family, weight=weight)
    text = client_of(cast.attorney).get("/reminders/").content.decode()
    assert text.count("I have seen all 2 shown here") == 1
    assert text.index("I have seen all 2 shown here") > text.index("Harm that can be mended")


def test_a_list_of_dates_leaves_out_what_runs_by_the_hour_and_says_so(family: Family, cast: Cast) -> None:
    first, second = told(family, weight="hours"), told(family, weight="hours")
    lighter = told(family, weight="curable")
    client, key = client_of(cast.attorney), uuid.uuid4().hex

    def seen() -> list[int]:
        rows = Acknowledgement.objects.filter(user=cast.attorney).order_by("deadline")
        return list(rows.values_list("deadline", flat=True))

    def send(*dates: Deadline, **more: str) -> str:
        sent = {"mark": [mark(one) for one in dates], **more}
        return client.post("/reminders/", sent, follow=True).content.decode()

    for _twice in range(2):
        page = send(first, lighter, key=key)
        assert "Noted: 1 date is with you." in page
        assert "1 date was not noted, for hours matter: look at it below" in page
        assert seen() == [lighter.pk]
    page = send(first, second)
    assert "2 dates were not noted, for hours matter: look at each below" in page
    assert "Noted:" not in page
    assert seen() == [lighter.pk]
    page = send(first)
    assert "Noted: 1 date is with you." in page
    assert "for hours matter" not in page
    assert seen() == [first.pk, lighter.pk]


def test_everybody_is_told_when_reminders_run_behind_hold_or_stop(family: Family, cast: Cast) -> None:
    told(family)
    client = client_of(cast.auditor)
    assert frame(cast.auditor).trouble == ""
    assert b"Reminders" not in client.get("/colleagues/").content
    ago = clock.now() - datetime.timedelta(minutes=16)
    Tick.objects.filter(name="behind").update(moment=ago)
    assert frame(cast.auditor).trouble == "behind"
    assert b"Reminders run late" in client.get("/colleagues/").content
    Tick.objects.filter(name="sweep").update(at=ago)
    assert b"Reminders have stopped going out" in client.get("/colleagues/").content
    guard.hold("clock")
    assert b"Reminders are held" in client.get("/colleagues/").content


def test_what_passed_while_nothing_could_be_sent_is_told_to_assignee_and_supervisor(family: Family, cast: Cast) -> None:
    before = clock.moment() - datetime.timedelta(days=4)
    missed = told(family, -2, remind_at=before)
    told(family, -2)  # entered late: nobody's outage
    assert missed_while_down(cast.attorney) == [missed]
    assert missed_while_down(cast.supervisor) == [missed]
    assert missed_while_down(cast.other_supervisor) == []
    page = client_of(cast.attorney).get("/reminders/").content.decode()
    assert "Passed while nothing could be sent" in page
    assert "late: nothing could be sent before" in page
    Deadline.objects.filter(pk=missed.pk).update(state="done", ended_at=clock.now(), remind_at=None)
    assert missed_while_down(cast.attorney) == []


def test_a_monitor_outside_learns_of_silence_and_nobody_reads_numbers_without_the_token(
    family: Family, cast: Cast, settings: Settings
) -> None:
    assert Client().get("/health/reminders/").status_code == 503
    told(family)
    answer = Client().get("/health/reminders/")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    Tick.objects.filter(name="sweep").update(at=clock.now() - datetime.timedelta(minutes=4))
    assert Client().get("/health/reminders/").content == b"silent\n"
    assert Client().get("/metrics/").status_code == 404
    settings.AMPARO_METRICS_TOKEN = "a-token-of-the-monitor"
    assert Client().get("/metrics/").status_code == 404
    assert Client().get("/metrics/", headers={"authorization": "Bearer another"}).status_code == 404
    numbers = Client().get("/metrics/", headers={"authorization": "Bearer a-token-of-the-monitor"}).content.decode()
    assert "amparo_reminders_parked 0.0" in numbers
    assert "amparo_reminders_sweep_age_seconds 2" in numbers


def test_operations_show_what_was_set_aside_and_try_it_again(family: Family, cast: Cast) -> None:
    told(family)
    Reminder.objects.filter(channel="mail", recipient=cast.attorney).update(
        state="parked", problem="550", sent_at=None, attempts=5
    )
    Ways.objects.create(organization=cast.organization, user=cast.attorney, mail_bounced_at=clock.now())
    for actor in (cast.paralegal, cast.attorney, cast.auditor):
        assert client_of(actor).get("/operations/").status_code == 403
    client = client_of(cast.supervisor)
    page = client.get("/operations/").content.decode()
    assert "refuses this address (550)" in page
    assert cast.attorney.name in page
    assert family.reference not in page
    parked = Reminder.objects.get(state="parked")
    theirs = client_of(cast.other_supervisor)
    theirs.post("/operations/retry/", {"reminder": parked.pk})
    assert Reminder.objects.filter(state="parked").count() == 1
    client.post("/operations/retry/", {"reminder": parked.pk})
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == ("due", 0)
    assert Ways.objects.get(user=cast.attorney).mail_bounced_at is None


def test_offsets_change_but_never_to_none(family: Family, cast: Cast) -> None:
    client = client_of(cast.supervisor)
    assert client.post("/operations/offsets/", {"weight": "curable", "text": "10d 12h 0d -1d"}).status_code == 302
    assert OffsetSetting.objects.get().offsets == [14400, 720, 0, -1440]
    for text in ("", "soon", "-1d", "9999999d", "1d" * 60, "٣d", "\u00b2d"):
        answer = client.post("/operations/offsets/", {"weight": "curable", "text": text})
        assert answer.status_code == 422, text
    assert client.post("/operations/offsets/", {"weight": "none", "text": "1d"}).status_code == 422
    assert client_of(cast.attorney).post("/operations/offsets/", {"weight": "hours", "text": "1h"}).status_code == 403
    assert OffsetSetting.objects.count() == 1


def test_one_says_how_one_is_reached(cast: Cast) -> None:
    client = client_of(cast.attorney)
    page = client.get("/account/reminders/").content.decode()
    assert "cannot be switched off" in page
    sent = {"version": 0, "key": uuid.uuid4(), "quiet_from": "21:00", "quiet_to": "07:00", "digest": "on"}
    assert client.post("/account/reminders/", sent).status_code == 302
    row = Ways.objects.get(user=cast.attorney)
    assert (row.quiet_from, row.quiet_to, row.digest) == (datetime.time(21), datetime.time(7), True)
    half = {**sent, "version": row.version, "key": uuid.uuid4(), "quiet_to": ""}
    answer = client.post("/account/reminders/", half)
    assert answer.status_code == 422
    assert b"21:00" in answer.content
    assert client.post("/account/reminders/", {**sent, "version": 99, "key": uuid.uuid4()}).status_code == 409


def test_an_absence_names_a_substitute_and_supervisors_enter_anybodys(cast: Cast) -> None:
    first, last = clock.today(), clock.today() + datetime.timedelta(days=5)
    sent = {"user": cast.attorney.pk, "substitute": cast.supervisor.pk, "from_on": first, "to_on": last}
    client = client_of(cast.attorney)

    def add(who: Client, **changed: Any) -> int:
        return who.post("/account/absences/", {**sent, "key": uuid.uuid4(), **changed}).status_code

    assert add(client, substitute="") == 422
    assert add(client, substitute=cast.attorney.pk) == 422
    assert add(client, substitute=cast.volunteer.pk) == 422
    assert add(client, substitute=cast.other_attorney.pk) == 422
    assert add(client, user=cast.paralegal.pk) == 422
    assert add(client, to_on=first - datetime.timedelta(days=1)) == 422
    assert not Absence.objects.exists()
    assert add(client) == 302
    assert add(client) == 422  # these days are entered already
    assert add(client_of(cast.supervisor), user=cast.paralegal.pk, substitute=cast.attorney.pk) == 302
    row = Absence.objects.get(user=cast.attorney)
    assert client_of(cast.paralegal).post("/account/absences/end/", {"absence": row.pk}).status_code == 403
    assert client_of(cast.other_supervisor).post("/account/absences/end/", {"absence": row.pk}).status_code == 404
    client.post("/account/absences/end/", {"absence": row.pk})
    assert not Absence.objects.filter(user=cast.attorney).exists()


def test_only_browsers_makers_are_ever_called(cast: Cast) -> None:
    client = client_of(cast.attorney)
    keys = {"p256dh": "B" * 80, "auth": "a" * 22}
    for endpoint in (
        "-",
        "http://fcm.googleapis.com/x",
        "https://127.0.0.1/x",
        "https://evil.example/fcm.googleapis.com",
    ):
        client.post("/account/devices/", {"endpoint": endpoint, **keys})
    assert not PushSubscription.objects.exists()
    client.post("/account/devices/", {"endpoint": "https://fcm.googleapis.com/fcm/send/x", **keys})
    assert PushSubscription.objects.get().user == cast.attorney
    client.post("/account/devices/", {"remove": "all"})
    assert not PushSubscription.objects.exists()
