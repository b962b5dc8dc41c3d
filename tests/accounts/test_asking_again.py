"""Dangerous acts ask again, and lose nothing of what was typed."""

import datetime
import uuid
from typing import Any

import pytest
import time_machine
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.asking_again import fresh_sign_in_required
from accounts.models import Invitation, User
from config import urls
from tests.accounts.entrance import OFFICE, browser, sign_in
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@login_required
@fresh_sign_in_required
def dangerous(request: HttpRequest) -> HttpResponse:
    """What a page of a dangerous act does with what was typed."""
    return HttpResponse(repr(sorted(request.POST.lists())))


urlpatterns = [path("dangerous/", dangerous), *urls.urlpatterns]
handler404 = urls.handler404
TYPED = {"reason": 'Sra. "Golondrina" <firmó>', "family": ["3", "4"]}


@pytest.mark.parametrize("address", ["/families/export/", "/people/export/?need=P2"])
def test_an_export_asks_who_signed_in_long_ago(cast: Cast, address: str) -> None:
    client = browser()
    with time_machine.travel("2026-01-05 10:00", tick=False) as now:
        sign_in(client, cast.attorney)
        assert client.get(address)["Content-Type"].startswith("text/csv")
        now.shift(datetime.timedelta(minutes=11))
        asked = client.get(address)
        assert asked.headers["Location"].startswith("/sign-in/again/?next=")
        assert client.post(asked.headers["Location"], {"password": "wrong"}).status_code == 200
        assert client.get(address).status_code == 302
        back = client.post(asked.headers["Location"], {"password": PASSWORD})
        assert back.headers["Location"] == address
        assert client.get(address)["Content-Type"].startswith("text/csv")


def test_a_form_is_kept_while_one_is_asked(cast: Cast, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.accounts.test_asking_again"
    client = browser()
    with time_machine.travel("2026-01-05 10:00", tick=False) as now:
        sign_in(client, cast.attorney)
        assert client.post("/dangerous/", TYPED).status_code == 200
        now.shift(datetime.timedelta(minutes=11))
        asked = client.post("/dangerous/", TYPED)
        assert asked.status_code == 401
        page = asked.content.decode()
        assert 'name="family" value="3"' in page
        assert 'name="family" value="4"' in page
        assert "Sra. &quot;Golondrina&quot; &lt;firmó&gt;" in page
        wrong = client.post("/dangerous/", {**TYPED, "again-password": "wr0ng-pass"})
        assert wrong.status_code == 401
        assert 'name="family" value="4"' in wrong.content.decode()
        assert "wr0ng-pass" not in wrong.content.decode()
        done = client.post("/dangerous/", {**TYPED, "again-password": PASSWORD})
        assert done.content.decode() == repr(sorted({**TYPED, "reason": [TYPED["reason"]]}.items()))
        assert client.post("/dangerous/", TYPED).status_code == 200, "fresh for ten minutes"


def test_asking_stops_guessing(cast: Cast, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.accounts.test_asking_again"
    client = browser(OFFICE)
    with time_machine.travel("2026-01-05 10:00", tick=False) as now:
        sign_in(client, cast.attorney)
        now.shift(datetime.timedelta(minutes=11))
        for _ in range(5):
            assert client.post("/dangerous/", {"again-password": "wrong"}).status_code == 401
        refused = client.post("/dangerous/", {"again-password": PASSWORD})
        assert refused.status_code == 401
        assert "too many tries" in refused.content.decode()


def test_a_stranger_is_not_asked_but_led_to_sign_in(settings: Any, db: None) -> None:
    settings.ROOT_URLCONF = "tests.accounts.test_asking_again"
    assert browser().get("/dangerous/").headers["Location"].startswith("/sign-in/?next=")
    assert browser().post("/dangerous/", {"again-password": PASSWORD}).headers["Location"].startswith("/sign-in/")


def test_a_role_and_an_invitation_ask_who_signed_in_long_ago(cast: Cast) -> None:
    client = browser()
    role = f"/colleagues/{cast.paralegal.pk}/"
    changed = {"version": "1", "role": "attorney", "is_active": "on", "key": str(uuid.uuid4())}
    invited = {"email": "new@here.example", "name": "Nopal", "role": "paralegal", "language": "en"}
    with time_machine.travel("2026-01-05 10:00", tick=False) as now:
        sign_in(client, cast.administrator)
        now.shift(datetime.timedelta(minutes=11))
        assert client.post(role, changed).status_code == 401
        assert User.objects.get(pk=cast.paralegal.pk).role == "paralegal"
        assert client.post("/colleagues/invite/", {**invited, "key": str(uuid.uuid4())}).status_code == 401
        assert not Invitation.objects.exists()
        answered = {**changed, "again-password": PASSWORD}
        assert client.post(role, answered)["Location"] == "/colleagues/"
        assert User.objects.get(pk=cast.paralegal.pk).role == "attorney"
        assert client.post("/colleagues/invite/", {**invited, "key": str(uuid.uuid4())}).status_code == 302
        assert Invitation.objects.count() == 1
