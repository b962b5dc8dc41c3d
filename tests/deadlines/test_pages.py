"""The pages of dates: the proof sheet, a new date, the catalogue, days without business."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from deadlines.models import Closure, Deadline, Hearing
from families.models import Family
from tests.cast import Cast
from tests.deadlines.test_refresh import date, one, ordered_removed
from tests.factories import DAY, make_family

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, ordered_removed())


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_proof_sheet_can_be_checked_by_hand(cast: Cast, family: Family) -> None:
    row = one(family, "appeal")
    client = client_of(cast.attorney)
    with CaptureQueriesContext(connection) as seen:
        text = page(client, f"/dates/{row.pk}/")
    assert len(seen) <= 25
    for said in (
        "Day 0. It is not counted.",
        "Monday, 18 March 2019",  # the last day
        "Without business: weekend.",
        "30 days end on this day.",
        "Monday, 25 February 2019",  # the safe day, from the other source
        "8 CFR 1003.38(b)",
        "10 days, for most appeals.",
        "The order is final. What is left",
        "Court case: decided on",
        "15 February 2019",
        "Last compared with its source on",
    ):
        assert said in text, said


def test_every_kind_of_date_has_its_sheet(cast: Cast, family: Family) -> None:
    client = client_of(cast.attorney)
    found = list(Deadline.objects.filter(family=family))
    assert len({row.kind for row in found}) >= 2
    for row in found:
        assert "How it was counted" in page(client, f"/dates/{row.pk}/")
        assert client_of(cast.other_attorney).get(f"/dates/{row.pk}/").status_code == 404


def test_a_date_goes_through_its_life_on_its_sheet(cast: Cast, family: Family) -> None:
    row = one(family, "appeal")
    typed = {"version": row.version, "key": "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0001"}
    paralegal, attorney = client_of(cast.paralegal), client_of(cast.attorney)
    refused = paralegal.post(f"/dates/{row.pk}/correct/", {**typed, "due_on": "03/02/19", "reason": "Mailed later."})
    assert refused.status_code == 422
    assert "Which day is “03/02/19”?" in refused.content.decode()
    assert "Mailed later." in refused.content.decode()  # nothing typed is lost
    typed["key"] = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0002"
    saved = paralegal.post(
        f"/dates/{row.pk}/correct/", {**typed, "due_on": "March 29, 2019", "reason": "Mailed later."}
    )
    assert saved.status_code == 302
    text = page(attorney, f"/dates/{row.pk}/")
    assert "One person alone stands behind this date" in text
    assert "Both days stand until a second person confirms it." in text
    stale = attorney.post(f"/dates/{row.pk}/confirm/", {**typed, "key": "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0003"})
    assert stale.status_code == 409
    assert "Somebody else was here first" in stale.content.decode()
    typed = {"version": 2, "key": "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0004"}
    assert paralegal.post(f"/dates/{row.pk}/confirm/", typed).status_code == 403
    assert attorney.post(f"/dates/{row.pk}/confirm/", typed).status_code == 302
    assert "One person alone" not in page(attorney, f"/dates/{row.pk}/")
    typed["key"] = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0005"
    assert attorney.post(f"/dates/{row.pk}/not-needed/", {**typed, "reason": ""}).status_code == 422
    typed["key"] = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0006"
    assert attorney.post(f"/dates/{row.pk}/done/", {**typed, "reason": "Filed."}).status_code == 302
    assert "Filed." in page(attorney, f"/dates/{row.pk}/")
    typed["key"] = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0007"
    assert attorney.post(f"/dates/{row.pk}/reopen/", {**typed, "reason": "Sent back."}).status_code == 302
    assert one(family, "appeal").state == "open"
    assert "Sent back." in page(attorney, f"/dates/{row.pk}/")


def test_new_dates_of_each_kind(cast: Cast, family: Family) -> None:
    client = client_of(cast.paralegal)
    path = f"/families/{family.pk}/dates/new/"
    assert "hearing or an appointment" in page(client, path)
    person = family.persons.get(reference="p1").pk
    place = {"time": "9:00", "zone": "America/Chicago"}
    key = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f001"
    own = {"title": "Call the clinic", "due_on": "2019-03-15", "weight": "curable", "owes": "office", "key": f"{key}1"}
    assert client.post(f"{path}?what=own", own).status_code == 302
    assert Deadline.objects.get(kind="own", title="Call the clinic").weight == "curable"
    hearing = {"person": person, "kind": "master", "due_on": "15-Apr-2019", **place, "key": f"{key}2"}
    assert client.post(f"{path}?what=hearing", hearing).status_code == 302
    assert Hearing.objects.get().at.isoformat() == "2019-04-15T14:00:00+00:00"
    hours = {"title": "Ask", "start": "2019-03-01", **place, "hours": "24", "owes": "office", "key": f"{key}3"}
    assert client.post(f"{path}?what=hours", hours).status_code == 302
    clock = Deadline.objects.get(title="Ask")
    assert clock.due_at is not None
    assert (clock.weight, clock.due_at.isoformat()) == ("hours", "2019-03-02T15:00:00+00:00")
    assert (
        client.post(f"{path}?what=move", {"person": person, "start": "2019-02-27", "key": f"{key}4"}).status_code == 302
    )
    assert one(family, "address_court").due_on == date("2019-03-04")
    assert client.post(f"{path}?what=parole_expiry", {"start": "2019-09-01", "key": f"{key}5"}).status_code == 302
    assert one(family, "parole_expiry").safe_on == date("2019-08-30")  # a Sunday
    wrong = client.post(f"{path}?what=hearing", {**hearing, "time": "2:30", "due_on": "2019-03-10", "key": f"{key}6"})
    assert wrong.status_code == 422
    assert "This time does not exist there" in wrong.content.decode()
    assert client.get(f"{path}?what=appeal").status_code == 404


def test_the_catalogue_says_when_each_entry_was_checked(cast: Cast, settings: Any) -> None:
    client = client_of(cast.auditor)
    assert "look again." not in page(client, "/dates/catalogue/")
    settings.AMPARO_TODAY = date("2027-03-01")
    assert "look again." in page(client, "/dates/catalogue/")


def test_supervisors_enter_days_without_business(cast: Cast, family: Family) -> None:
    client = client_of(cast.supervisor)
    key = "0b2ac0d4-5f0e-4b4e-9a83-0d6a1c9f0021"
    typed = {"on": "2019-03-18", "why": "Closed by an order.", "key": key}
    assert client_of(cast.attorney).post("/dates/closures/", typed).status_code == 403
    assert client.post("/dates/closures/", typed).status_code == 302
    assert one(family, "appeal").due_on == date("2019-03-19")
    assert "Closed: Closed by an order." in page(client, f"/dates/{one(family, 'appeal').pk}/")
    assert "Closed by an order." in page(client_of(cast.paralegal), "/dates/closures/")
    closure = Closure.objects.get()
    client.post(f"/dates/closures/{closure.pk}/remove/", {"reason": "", "key": "a"})
    assert Closure.objects.exists()
    client.post(f"/dates/closures/{closure.pk}/remove/", {"reason": "They were open.", "key": "b"})
    assert not Closure.objects.exists()


def test_the_pages_speak_spanish(cast: Cast, family: Family, settings: Any) -> None:
    client = client_of(cast.attorney)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "es"
    text = page(client, f"/dates/{one(family, 'appeal').pk}/")
    assert "Día 0. No se cuenta." in text
    assert "La Junta (8 CFR 1003.38(b)): días corridos" in text
