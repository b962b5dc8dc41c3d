"""Two at once: each reminder is planned, claimed and sent by one of them."""

import datetime
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from django.db import connection

from accounts import scope
from config import clock
from deadlines.models import Deadline
from deadlines.reminders import ledger, planning
from deadlines.reminders.models import Reminder
from deadlines.reminders.sending import message_id
from families.models import Family
from tests.cast import Cast, make_cast
from tests.factories import make_deadline, make_family

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def elsewhere() -> Iterator[psycopg.Connection[Any]]:
    """Another connection, in a transaction of its own, which is committed at the end."""
    values = connection.settings_dict
    with psycopg.connect(
        host=values["HOST"], user=values["USER"], password=values["PASSWORD"], dbname=values["NAME"]
    ) as other:
        yield other


def at_once(*works: Callable[[], Any]) -> list[Any]:
    """Run these in threads that begin together; gives what each gave."""
    found: list[Any] = [None] * len(works)
    ready = threading.Barrier(len(works))

    def run(place: int, work: Callable[[], Any]) -> None:
        try:
            ready.wait(10)
            found[place] = work()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found


@pytest.fixture
def office(transactional_db: None) -> tuple[Cast, Family]:
    cast = make_cast()
    return cast, make_family(cast.organization, determined=False, attorney=cast.attorney, paralegal=cast.paralegal)


def due(family: Family, days: int = 1) -> Deadline:
    moment = clock.moment() - datetime.timedelta(minutes=1)
    return make_deadline(family, clock.today() + datetime.timedelta(days=days), remind_at=moment)


def test_a_deadline_that_another_plans_just_now_is_passed_over(office: tuple[Cast, Family]) -> None:
    cast, family = office
    held, free = due(family), due(family)
    with elsewhere() as other:
        other.execute("SELECT 1 FROM deadlines_deadline WHERE id = %s FOR UPDATE", [held.pk])
        assert planning.plan(cast.organization.pk, clock.moment()).deadlines == 1
    assert set(Reminder.objects.values_list("deadline", flat=True)) == {free.pk}
    assert planning.plan(cast.organization.pk, clock.moment()).deadlines == 1


def test_planned_by_four_at_once_it_is_there_once(office: tuple[Cast, Family]) -> None:
    cast, family = office
    for days in range(1, 11):
        due(family, days)
    moment = clock.moment()
    at_once(*[lambda: planning.plan(cast.organization.pk, moment, 3) for _one in range(4)])
    while planning.plan(cast.organization.pk, moment).deadlines:
        pass
    assert Reminder.objects.count() == 10 * 2 * 2


def test_what_one_has_claimed_no_other_has(office: tuple[Cast, Family]) -> None:
    cast, family = office
    for days in range(1, 11):
        due(family, days)
    planning.plan(cast.organization.pk, clock.moment())

    def claim() -> list[int]:
        return ledger.claim(cast.organization.pk, clock.moment(), 4).reminders

    claims = at_once(*[claim for _one in range(6)])
    taken = [key for keys in claims for key in keys]
    assert len(taken) == len(set(taken)) == 20
    assert Reminder.objects.filter(state="claimed").count() == 20
    assert ledger.claim(cast.organization.pk, clock.moment()).reminders == []


def test_a_change_that_is_being_made_is_waited_for_and_obeyed(office: tuple[Cast, Family]) -> None:
    cast, family = office
    deadline = due(family)
    planning.plan(cast.organization.pk, clock.moment())
    claimed = ledger.claim(cast.organization.pk, clock.moment())
    rows = list(Reminder.objects.filter(pk__in=claimed.reminders, recipient=cast.attorney))
    begun: list[Any] = []

    def begin() -> None:
        try:
            keys = [row.pk for row in rows]
            begun.append(ledger.begin_sending(claimed, keys, clock.moment(), message_id(rows)))
        finally:
            connection.close()

    thread = threading.Thread(target=begin)
    with elsewhere() as other:
        other.execute(
            "UPDATE deadlines_deadline SET state = 'done', ended_at = now(), remind_at = NULL WHERE id = %s",
            [deadline.pk],
        )
        thread.start()
        thread.join(0.7)
        assert thread.is_alive()  # it waits, rather than send what is being ended
    thread.join(10)
    assert begun == [None]
    assert {row.state for row in Reminder.objects.filter(pk__in=[row.pk for row in rows])} == {"void"}


def test_the_application_itself_does_all_of_this(office: tuple[Cast, Family]) -> None:
    cast, family = office
    due(family)
    with scope.application(), scope.scope(organization_id=cast.other_organization.pk, actor_id=None):
        assert planning.plan(cast.organization.pk, clock.moment()).deadlines == 0
    with scope.application(), scope.scope(organization_id=cast.organization.pk, actor_id=None):
        assert planning.plan(cast.organization.pk, clock.moment()).reminders == 4
        assert len(ledger.claim(cast.organization.pk, clock.moment()).reminders) == 2
