"""From a deadline whose moment has come to a mail in somebody's box, and what happens where that fails."""

import datetime
import io
from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django.fixtures import Settings

from accounts import scope
from accounts.models import User
from config import clock
from deadlines.models import Deadline
from deadlines.reminders import guard, ledger, planning
from deadlines.reminders.models import Delivery, Reminder, Tick
from deadlines.reminders.sending import message_id, send_claimed
from deadlines.reminders.sweep import sweep
from deadlines.reminders.ways import Ways
from families.models import Family
from tests.cast import Cast
from tests.deadlines.sink import Sink, mail_server
from tests.factories import make_deadline, make_family, make_wall

pytestmark = pytest.mark.django_db

State = Reminder.State


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    guard.forget()
    with mail_server(settings) as found:
        yield found


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, determined=False, attorney=cast.attorney, paralegal=cast.paralegal)


def due(family: Family, days: int = 1, **fields: object) -> Deadline:
    """A deadline in so many days, to be told of since a minute."""
    now = clock.moment()
    fields = {"remind_at": now - datetime.timedelta(minutes=1), **fields}
    return make_deadline(family, clock.today() + datetime.timedelta(days=days), **fields)


def mails(state: str | None = None) -> list[Reminder]:
    rows = Reminder.objects.filter(channel="mail").order_by("pk")
    return list(rows.filter(state=state) if state else rows)


def test_a_due_deadline_is_mailed_once_and_stands_in_amparo(family: Family, cast: Cast, sink: Sink) -> None:
    deadline = due(family)
    swept = sweep()
    assert swept.sent == 2
    assert sweep().sent == 0
    assert {address for address, _mail in sink.mails} == {cast.attorney.email, cast.paralegal.email}
    assert len(sink.mails) == 2
    assert {row.state for row in Reminder.objects.all()} == {State.SENT}
    assert Reminder.objects.filter(channel="app").count() == 2
    assert Delivery.objects.filter(result="sent").count() == 2
    deadline.refresh_from_db()
    assert deadline.remind_at is not None
    assert deadline.remind_at > clock.moment()


def test_a_mail_says_nothing_of_anybody(family: Family, cast: Cast, sink: Sink) -> None:
    due(family, title="Appeal for Pardela")
    sweep()
    [mail] = sink.to(cast.attorney.email)
    body = mail.as_string()
    secrets = [family.reference, "Pardela", "Appeal", cast.attorney.name, "judge"]
    secrets += [one for person in family.persons.all() for one in (person.given_names, person.a_number or "-")]
    assert not [secret for secret in secrets if secret in body]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"] == "Amparo: 1 date to keep"
    assert {part.get_content_type() for part in mail.walk()} == {
        "multipart/alternative",
        "text/plain",
        "text/html",
    }
    assert "/reminders/" in body


def test_a_mail_speaks_the_recipients_language(family: Family, cast: Cast, sink: Sink) -> None:
    User.objects.filter(pk=cast.attorney.pk).update(language="es")
    due(family)
    sweep()
    assert sink.to(cast.attorney.email)[0]["Subject"] == "Amparo: 1 fecha por cumplir"
    assert sink.to(cast.paralegal.email)[0]["Subject"] == "Amparo: 1 date to keep"


def test_many_dates_of_one_person_are_one_mail_unless_they_want_each(family: Family, cast: Cast, sink: Sink) -> None:
    Ways.objects.create(organization=cast.organization, user=cast.paralegal, digest=False)
    for days in (1, 2, 3):
        due(family, days)
    sweep()
    [mail] = sink.to(cast.attorney.email)
    assert mail["Subject"] == "Amparo: 3 dates to keep"
    each = sink.to(cast.paralegal.email)
    assert len(each) == 3
    assert len({mail["Message-ID"] for mail in each}) == 3
    assert {row.state for row in mails()} == {State.SENT}


def test_what_ended_or_moved_between_claim_and_send_is_not_sent(family: Family, cast: Cast, sink: Sink) -> None:
    ended, moved, stays = due(family, 1), due(family, 2), due(family, 3)
    with scope.application(), scope.scope(organization_id=cast.organization.pk, actor_id=None):
        planning.plan(cast.organization.pk, clock.moment())
        claimed = ledger.claim(cast.organization.pk, clock.moment())
        Deadline.objects.filter(pk=ended.pk).update(state="done", ended_at=clock.now(), remind_at=None)
        Deadline.objects.filter(pk=moved.pk).update(version=2)
        assert send_claimed(claimed, until=10**9).sent == 2
    assert {row.deadline_id for row in mails(State.SENT)} == {stays.pk}
    assert {row.problem for row in mails(State.VOID)} == {"ended", "changed"}


def test_who_was_walled_off_between_is_not_told_and_the_supervisor_is(family: Family, cast: Cast, sink: Sink) -> None:
    Family.objects.filter(pk=family.pk).update(paralegal=None)
    due(family)
    with scope.application(), scope.scope(organization_id=cast.organization.pk, actor_id=None):
        planning.plan(cast.organization.pk, clock.moment())
    make_wall(family, cast.attorney, cast.supervisor)
    sweep()
    assert sink.mails == []
    sweep()
    assert [address for address, _mail in sink.mails] == [cast.supervisor.email]


def test_refused_for_good_is_parked_and_the_supervisor_is_told(family: Family, cast: Cast, sink: Sink) -> None:
    sink.answers[cast.attorney.email] = "550 no such person"
    due(family)
    sweep()
    assert [(row.recipient, row.problem) for row in mails(State.PARKED)] == [(cast.attorney, "550")]
    assert Ways.objects.get(user=cast.attorney).mail_bounced_at is not None
    assert not Ways.objects.filter(user=cast.paralegal).exists()
    sweep()
    assert len(sink.to(cast.supervisor.email)) == 1
    assert len(sink.to(cast.paralegal.email)) == 1


def test_put_off_is_tried_again_with_the_same_message_id(family: Family, cast: Cast, sink: Sink) -> None:
    sink.after_data = "451 later"
    due(family)
    sweep()
    assert sink.mails == []
    rows = mails(State.RETRY)
    assert [row.problem for row in rows] == ["451", "451"]
    assert all(row.ready_at and row.ready_at > clock.moment() for row in rows)
    sink.after_data = None
    Reminder.objects.filter(state=State.RETRY).update(ready_at=clock.moment())
    sweep()
    assert {mail["Message-ID"] for _address, mail in sink.mails} == {row.message_id for row in rows}


def test_a_server_that_is_away_costs_no_reminder_its_tries(
    family: Family, cast: Cast, sink: Sink, settings: Settings
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    due(family)
    for _time in range(6):
        sweep()
        Reminder.objects.filter(state=State.RETRY).update(ready_at=clock.moment())
    assert not mails(State.SENT)
    assert not mails(State.PARKED)
    settings.EMAIL_PORT = port
    sweep()
    assert len(mails(State.SENT)) == 2


def test_a_worker_that_died_in_sending_leaves_it_for_the_next_with_the_same_message_id(
    family: Family, cast: Cast, sink: Sink
) -> None:
    due(family)
    with scope.application(), scope.scope(organization_id=cast.organization.pk, actor_id=None):
        planning.plan(cast.organization.pk, clock.moment())
        claimed = ledger.claim(cast.organization.pk, clock.moment())
        first = mails()[0]
        begun = ledger.begin_sending(claimed, [first.pk], clock.moment(), message_id([first]))
    assert begun is not None
    sweep()
    assert sink.mails == []  # the leases hold
    with connection.cursor() as cursor:
        cursor.execute("UPDATE deadlines_reminder SET leased_until = clock_timestamp() - interval '1 second'")
    sweep()
    assert len(sink.mails) == 2
    assert begun.message_id in {mail["Message-ID"] for _address, mail in sink.mails}
    assert Delivery.objects.get(pk=begun.delivery_id).result == "unknown"
    assert {row.state for row in mails()} == {State.SENT}


def test_a_reminder_that_cannot_be_written_holds_up_no_other_and_is_parked(
    family: Family, cast: Cast, sink: Sink
) -> None:
    poison = due(family, 1)
    others = [due(family, days) for days in (2, 3)]
    with scope.application(), scope.scope(organization_id=cast.organization.pk, actor_id=None):
        planning.plan(cast.organization.pk, clock.moment())
    Deadline.objects.filter(pk=poison.pk).update(otherwise=[{"due_on": "never"}], remind_at=None)
    for _time in range(8):
        sweep()
        Reminder.objects.filter(state=State.RETRY).update(ready_at=clock.moment())
    assert {row.deadline_id for row in mails(State.SENT)} == {one.pk for one in others}
    parked = mails(State.PARKED)
    assert {row.deadline_id for row in parked} == {poison.pk}
    assert {row.problem for row in parked} == {"ValueError"}
    assert all(row.strikes == 5 for row in parked)


def test_a_deadline_that_cannot_be_planned_holds_up_no_other(family: Family, cast: Cast, sink: Sink) -> None:
    poison = due(family, 1, otherwise=[{"due_on": "never"}])
    due(family, 2)
    sweep()
    assert len(sink.mails) == 2
    poison.refresh_from_db()
    assert poison.remind_at is not None
    assert poison.remind_at > clock.moment()


def test_two_organizations_are_swept_and_do_not_mix(cast: Cast, sink: Sink) -> None:
    due(make_family(cast.organization, determined=False, attorney=cast.attorney))
    due(make_family(cast.other_organization, determined=False, attorney=cast.other_attorney))
    sweep()
    assert sorted(address for address, _mail in sink.mails) == sorted([cast.attorney.email, cast.other_attorney.email])
    assert len(sink.to(cast.attorney.email)) == 1


def test_a_clock_that_jumped_mails_nobody_until_somebody_has_looked(
    family: Family, cast: Cast, sink: Sink, settings: Settings
) -> None:
    settings.AMPARO_HOLD_ABOVE = 2
    for days in (1, 2, 3):
        due(family, days)
    long_ago = clock.now() - datetime.timedelta(days=20)
    Tick.objects.create(name="sweep", at=long_ago, moment=long_ago)
    assert sweep().is_held
    assert sink.mails == []
    call_command("release_reminders", stdout=io.StringIO())
    assert not sweep().is_held
    assert sink.mails


def test_an_outage_of_days_is_caught_up_in_one_message_that_says_so(family: Family, cast: Cast, sink: Sink) -> None:
    three_days = clock.moment() - datetime.timedelta(days=3)
    Tick.objects.create(name="sweep", at=three_days, moment=three_days)
    due(family, 0, remind_at=three_days)
    assert not sweep().is_held
    [row] = Reminder.objects.filter(channel="mail", recipient=cast.attorney)
    assert row.why == "caught_up"
    assert row.covers >= 3
    assert "late: Amparo could not send it in time" in sink.to(cast.attorney.email)[0].as_string()
