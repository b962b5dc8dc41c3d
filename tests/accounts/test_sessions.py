"""A session ends when it should, everywhere, and takes nothing with it that somebody typed."""

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from screenings.models import Screening
from tests.accounts.entrance import HOME, OFFICE, STRANGER, browser, is_in, sign_in
from tests.cast import Cast
from tests.factories import PASSWORD, make_family, with_reevaluation

pytestmark = pytest.mark.django_db
MORNING = "2026-01-05 08:00"


def test_an_hour_without_anybody_ends_it_and_so_do_ten_hours_of_work(cast: Cast) -> None:
    client = browser()
    with time_machine.travel(MORNING, tick=False) as now:
        sign_in(client, cast.attorney)
        now.shift(datetime.timedelta(minutes=59))
        assert is_in(client)
        now.shift(datetime.timedelta(minutes=60))
        assert not is_in(client)
        sign_in(client, cast.attorney)
        for _ in range(11):
            now.shift(datetime.timedelta(minutes=50))
            assert is_in(client)
        now.shift(datetime.timedelta(minutes=50))
        assert not is_in(client), "ten hours"
    assert not Session.objects.filter(session_key=client.cookies["sessionid"].value).exists()


def test_signing_in_gives_a_new_token_and_signing_out_kills_it_on_the_server(cast: Cast) -> None:
    client = browser()
    client.get("/families/search/")
    sign_in(client, cast.attorney)
    first = client.cookies["sessionid"].value
    thief = browser(STRANGER)
    thief.cookies["sessionid"] = first
    assert is_in(thief)
    client.post("/sign-out/")
    assert not is_in(thief)
    sign_in(client, cast.attorney)
    assert client.cookies["sessionid"].value != first


@pytest.mark.parametrize("change", [{"is_active": False}, {"role": "paralegal"}])
def test_who_leaves_or_changes_role_loses_access_in_the_next_request(cast: Cast, change: dict[str, Any]) -> None:
    client = browser()
    sign_in(client, cast.attorney)
    assert client.get("/dashboard/").status_code == 200
    User.objects.filter(pk=cast.attorney.pk).update(**change)
    assert client.get("/dashboard/").status_code in {302, 403}
    assert client.get("/api/v1/families/").status_code == (200 if "role" in change else 403)


def test_ones_sessions_are_seen_and_ended_by_oneself_alone(cast: Cast) -> None:
    here, there, third = browser(OFFICE, HTTP_USER_AGENT="Firefox on Windows"), browser(HOME), browser(STRANGER)
    for client in (here, there, third):
        sign_in(client, cast.attorney)
    colleague = browser()
    sign_in(colleague, cast.paralegal)
    page = here.get("/account/sessions/").content.decode()
    assert "Firefox, Windows" in page
    assert "this browser" in page
    assert HOME in page
    assert STRANGER in page
    numbers = re.findall(r'name="session"\s+value="(\d+)"', page)
    assert len(numbers) == 2, "this one is not among those to end"
    colleague.post("/account/sessions/", {"session": numbers[0]})
    assert is_in(there)
    assert is_in(third)
    here.post("/account/sessions/", {"session": numbers[0]})
    assert sorted([is_in(there), is_in(third)]) == [False, True]
    here.post("/account/sessions/", {})
    assert not is_in(there)
    assert not is_in(third)
    assert is_in(here)
    assert is_in(colleague)


@pytest.fixture
def screening(cast: Cast) -> Screening:
    make_family(cast.organization, with_reevaluation())
    return Screening.objects.get(basis="reevaluation")


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page))


def test_a_form_whose_session_has_ended_is_kept_and_can_be_sent_again(cast: Cast, screening: Screening) -> None:
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR=OFFICE)
    address = f"/screenings/{screening.pk}/record/"
    typed = {"version": "1", "key": "k", "status": "interviewed", "interview_on": "2018-12-01", "save": "1"}
    with time_machine.travel(MORNING, tick=False) as now:
        _enter(client, cast.attorney)
        token = _token(client.get(address).content.decode())
        now.shift(datetime.timedelta(minutes=61))
        ended = client.post(address, {**typed, "csrfmiddlewaretoken": token}, HTTP_ORIGIN="http://testserver")
        assert ended.status_code == 401
        page = ended.content.decode()
        assert "What you typed" not in page
        assert "what you typed is kept on this page" in page
        kept = fields_of(page)
        assert kept.items() >= typed.items()
        screening.refresh_from_db()
        assert screening.status == "scheduled"
        _enter(client, cast.attorney)  # in another tab, which makes a new token
        stale = client.post(address, kept, HTTP_ORIGIN="http://testserver")
        assert stale.status_code == 403
        again = fields_of(stale.content.decode())
        assert again.items() >= typed.items()
        assert client.post(address, again, HTTP_ORIGIN="http://testserver").status_code == 302
    screening.refresh_from_db()
    assert screening.status == "interviewed"


def test_another_sites_form_is_never_offered_to_be_sent_again(cast: Cast, screening: Screening) -> None:
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR=OFFICE)
    _enter(client, cast.attorney)
    address = f"/screenings/{screening.pk}/record/"
    typed = {"version": "1", "status": "interviewed"}
    for headers in (
        {"HTTP_ORIGIN": "https://evil.example"},
        {"HTTP_ORIGIN": "http://testserver", "HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "null"},
        {},
    ):
        answer = client.post(address, typed, **headers)  # type: ignore[arg-type]
        assert answer.status_code == 403
        assert "interviewed" not in answer.content.decode()


def test_no_password_is_carried_in_a_page(cast: Cast) -> None:
    client = Client(enforce_csrf_checks=True)
    for address in ("/sign-in/", "/account/password/", "/sign-in/reset/"):
        form = {"username": "a@mail.example", "password": PASSWORD, "oldpassword": PASSWORD}
        answer = client.post(address, form, HTTP_ORIGIN="http://testserver")
        assert PASSWORD not in answer.content.decode()
    page = browser().post("/families/assign/", {"family": "1", "password": PASSWORD, "code": "123123"})
    assert page.status_code == 401
    assert PASSWORD not in page.content.decode()
    assert "123123" not in page.content.decode()


def _token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found
    return found[1]


def _enter(client: Client, user: User) -> None:
    token = _token(client.get("/sign-in/").content.decode())
    form = {"username": user.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert client.post("/sign-in/", form).status_code == 302
