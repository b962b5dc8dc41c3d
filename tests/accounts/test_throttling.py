"""Guessing is stopped, and nobody can keep a colleague out by it."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import RequestFactory

from accounts.entrance.devices import known_device
from accounts.entrance.throttling import LIMITS, Limit, Purpose, forget_old, take
from accounts.models import Tally
from config.client import client_address, networks
from tests.accounts.entrance import HOME, OFFICE, STRANGER, TOO_OFTEN, browser, give_app, is_in, sign_in
from tests.cast import Cast
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


def wrong(client: Any, user: Any, times: int) -> Any:
    answers = [sign_in(client, user, "wrong") for _ in range(times)]
    return answers[-1]


def test_five_mistakes_and_then_even_the_right_password_waits_a_quarter_of_an_hour(cast: Cast) -> None:
    client = browser()
    with time_machine.travel("2026-01-05 10:00", tick=False) as now:
        assert wrong(client, cast.attorney, 5).status_code == 200
        refused = sign_in(client, cast.attorney)
        assert refused.status_code == 429
        assert TOO_OFTEN in refused.content.decode()
        now.shift(datetime.timedelta(minutes=14))
        assert sign_in(client, cast.attorney).status_code == 429
        now.shift(datetime.timedelta(minutes=1))
        assert sign_in(client, cast.attorney).status_code == 302


def test_a_right_password_forgives_the_mistakes_before_it(cast: Cast) -> None:
    client = browser()
    for _ in range(3):
        wrong(client, cast.attorney, 4)
        assert sign_in(client, cast.attorney).status_code == 302
        client = browser()  # so that it is no known one


def test_one_colleagues_mistakes_do_not_lock_out_the_office(cast: Cast) -> None:
    for _ in range(30):
        wrong(browser(), cast.paralegal, 4)
    assert sign_in(browser(), cast.paralegal).status_code == 429
    assert sign_in(browser(), cast.attorney).status_code == 302


def test_no_stranger_locks_out_somebody_in_a_browser_they_have_used(cast: Cast, monkeypatch: Any) -> None:
    """Neither from their own address, nor from everywhere, nor by filling the count of all."""
    small = {kind: Limit(3, 60) for kind in ("account", "address", "all")}
    monkeypatch.setitem(LIMITS, Purpose.PASSWORD, LIMITS[Purpose.PASSWORD] | small)
    known = browser(OFFICE)
    assert sign_in(known, cast.attorney).status_code == 302
    known.post("/sign-out/")
    for number in range(9):
        wrong(browser(f"203.0.113.{number}"), cast.attorney, 2)
        wrong(browser(OFFICE), f"nobody{number}@mail.example", 2)
    assert sign_in(browser(HOME), cast.attorney).status_code == 429, "a strange browser waits, wherever it is"
    assert sign_in(browser(HOME), cast.paralegal).status_code == 429, "and so do all"
    assert sign_in(known, cast.attorney).status_code == 302


def test_a_known_browser_is_counted_too(cast: Cast) -> None:
    known = browser()
    sign_in(known, cast.attorney)
    known.post("/sign-out/")
    wrong(known, cast.attorney, 5)
    assert sign_in(known, cast.attorney).status_code == 429
    assert sign_in(browser(), cast.attorney).status_code == 302, "apart from strange ones"


@pytest.mark.parametrize("forged", ["x", "", "a" * 32 + "-" + "b" * 64, ".".join(["a" * 32 + "-" + "0" * 64] * 9)])
def test_a_made_up_device_is_none(cast: Cast, forged: str) -> None:
    client = browser(STRANGER)
    client.cookies["device"] = forged
    wrong(client, cast.attorney, 5)
    assert sign_in(client, cast.attorney).status_code == 429


def test_the_device_of_one_account_is_not_anothers_and_ends_with_the_password(cast: Cast) -> None:
    client = browser()
    sign_in(client, cast.attorney)
    client.post("/sign-out/")
    request = RequestFactory().get("/")
    request.COOKIES["device"] = client.cookies["device"].value
    assert known_device(request, cast.attorney)
    assert not known_device(request, cast.paralegal)
    cast.attorney.set_password("another long password")
    assert not known_device(request, cast.attorney)


def test_who_has_no_account_is_counted_and_refused_alike(cast: Cast) -> None:
    for email in (cast.attorney.email, "nobody@mail.example"):
        client = browser()
        assert [sign_in(client, email, "wrong").status_code for _ in range(7)] == [200] * 5 + [429] * 2


def test_what_is_refused_is_not_counted_further(cast: Cast) -> None:
    """Or one address could fill the count of all by itself."""
    request = RequestFactory().post("/", REMOTE_ADDR=STRANGER)
    for _ in range(50):
        take(Purpose.PASSWORD, request, "a@mail.example", None)
    assert sorted(Tally.objects.values_list("tries", flat=True)) == [5, 5, 5, 5]


def test_the_counts_hold_no_address_and_are_forgotten(cast: Cast) -> None:
    with time_machine.travel("2026-01-05 10:00", tick=False) as now:
        wrong(browser(STRANGER), cast.attorney, 1)
        assert Tally.objects.count() == 4
        assert not any(STRANGER in key or "@" in key for key in Tally.objects.values_list("key", flat=True))
        now.shift(datetime.timedelta(days=1, minutes=1))
        assert forget_old() == 4


def test_codes_and_asking_again_have_counts_of_their_own(cast: Cast) -> None:
    give_app(cast.attorney)
    client = browser()
    sign_in(client, cast.attorney)
    for _ in range(5):
        assert "This code is not right" in client.post("/sign-in/code/", {"code": "000000"}).content.decode()
    assert TOO_OFTEN in client.post("/sign-in/code/", {"code": "000000"}).content.decode()
    assert not is_in(client)
    inside = browser()
    inside.force_login(cast.attorney)
    for _ in range(5):
        assert "This is not your password" in inside.post("/sign-in/again/", {"password": "x"}).content.decode()
    assert TOO_OFTEN in inside.post("/sign-in/again/", {"password": PASSWORD}).content.decode()


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (STRANGER, HOME, STRANGER),  # no proxy: what it says of itself is not read
        ("10.0.0.5", HOME, HOME),
        ("10.0.0.5", f"1.2.3.4, {HOME}", HOME),  # what the browser wrote stands first
        ("10.0.0.5", "nonsense", "10.0.0.5"),
        ("10.0.0.5", "", "10.0.0.5"),
        ("::ffff:203.0.113.9", "", STRANGER),
        ("", HOME, "::"),
    ],
)
def test_only_the_proxy_says_who_the_client_is(settings: Any, peer: str, forwarded: str, client: str) -> None:
    settings.TRUSTED_PROXIES = networks("10.0.0.0/8")
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)) == client


def test_a_forged_header_neither_evades_nor_frames(cast: Cast) -> None:
    for number in range(6):
        client = browser(STRANGER, HTTP_X_FORWARDED_FOR=f"192.0.2.{number}")
        last = sign_in(client, cast.attorney, "wrong")
    assert last.status_code == 429
    assert sign_in(browser("192.0.2.5"), cast.attorney).status_code == 302


def test_one_line_of_ipv6_is_one_address(cast: Cast) -> None:
    for number in range(6):
        last = sign_in(browser(f"2001:db8::{number}"), cast.attorney, "wrong")
    assert last.status_code == 429
    assert sign_in(browser("2001:db8:0:1::1"), cast.attorney).status_code == 302


def test_with_valkey_away_the_counts_go_on(cast: Cast, settings: Any) -> None:
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "unix:///nowhere/valkey.sock"}}
    client = browser()
    wrong(client, cast.attorney, 5)
    assert sign_in(client, cast.attorney).status_code == 429
    assert sign_in(client, cast.paralegal).status_code == 302
