"""The proof sheet says who was reminded of a date, and who has seen it."""

import datetime
from typing import Any

import pytest
from django.test import Client

from config import clock
from deadlines.models import Deadline
from deadlines.reminders import guard
from deadlines.reminders.models import Reminder
from deadlines.reminders.selectors import reminders_of
from deadlines.reminders.sweep import sweep
from families.models import Family
from tests.cast import Cast
from tests.factories import make_deadline, make_family

pytestmark = pytest.mark.django_db


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_proof_sheet_says_who_was_reminded_and_who_has_seen_it(cast: Cast, django_assert_num_queries: Any) -> None:
    guard.forget()
    family: Family = make_family(cast.organization, determined=False, attorney=cast.attorney, paralegal=cast.paralegal)
    ago = clock.moment() - datetime.timedelta(minutes=1)
    deadline = make_deadline(family, clock.today() + datetime.timedelta(days=1), remind_at=ago)
    client = client_of(cast.attorney)
    assert "Nobody has been reminded yet." in client.get(f"/dates/{deadline.pk}/").content.decode()
    sweep()
    deadline.refresh_from_db()
    with django_assert_num_queries(1):
        found = reminders_of(cast.attorney, deadline)
        assert {one.reminder.recipient.name for one in found} >= {cast.attorney.name, cast.paralegal.name}
    page = client.get(f"/dates/{deadline.pk}/").content.decode()
    assert "not seen yet" in page
    assert "Nobody has been reminded yet." not in page
    Reminder.objects.filter(deadline=deadline).update(read_at=clock.now())
    page = client.get(f"/dates/{deadline.pk}/").content.decode()
    assert "seen on" in page
    assert "not seen yet" not in page
    assert reminders_of(cast.other_attorney, deadline) == []
    Deadline.objects.filter(pk=deadline.pk).update(version=deadline.version + 1)
    assert "as it stood before" in client.get(f"/dates/{deadline.pk}/").content.decode()
