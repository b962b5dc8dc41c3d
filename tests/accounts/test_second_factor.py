"""A password alone opens nothing where a second factor is required; a code serves once."""

import base64
import datetime
import threading
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.entrance.codes import decrypt, encrypt, use_code
from accounts.entrance.middleware import WITHOUT_FACTOR
from tests.accounts.entrance import (
    SECRET,
    browser,
    code_now,
    give_app,
    is_in,
    recovery_codes,
    secret_on,
    sign_in,
)
from tests.cast import Cast
from tests.factories import PASSWORD, make_family

pytestmark = pytest.mark.django_db


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def test_who_has_none_reaches_only_the_pages_that_set_one_up(cast: Cast, required: None) -> None:
    family = make_family(cast.organization)
    client = browser()
    sign_in(client, cast.attorney)
    for address in ("/desk/", f"/families/{family.pk}/", "/families/export/", "/account/", "/account/password/"):
        assert client.get(address).headers["Location"] == "/account/second-factor/"
    for address in ("/api/v1/families/", f"/api/v1/families/{family.pk}/", "/api/schema/"):
        assert client.get(address).status_code == 403
    assert client.patch("/api/v1/screenings/1/").status_code == 403
    page = client.get("/account/second-factor/").content.decode()
    assert "Set up a second factor to go on" in page
    assert "/families/" not in page, "no navigation to where one may not go"
    assert client.post("/language/", {"language": "es", "next": "/"}).status_code == 302
    assert client.post("/sign-out/").status_code == 302


def test_no_other_route_is_open_without_a_factor(cast: Cast, required: None) -> None:
    """Each route there is, also one added later: who has a password alone is led away from it, or refused."""
    client = browser()
    sign_in(client, cast.attorney)

    def patterns(resolver: Any, prefix: str = "") -> Any:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLResolver):
                yield from patterns(pattern, prefix + str(pattern.pattern))
            elif isinstance(pattern, URLPattern):
                yield prefix + str(pattern.pattern), pattern.name

    routes = list(patterns(get_resolver()))
    open_routes = {route for route, name in routes if name in WITHOUT_FACTOR}
    tried = 0
    for route in {route for route, _name in routes} - open_routes:
        address = "/" + route.replace("<str:uidb64>", "MQ").replace("<str:token>", "x-y").replace("<str:secret>", "x")
        for marker in ("<int:pk>", "<int:person_id>", "<int:number>"):
            address = address.replace(marker, "1")
        assert "<" not in address, f"say here what stands for its parameters: {address}"
        answer = client.get(address)
        assert answer.status_code in {302, 403}, address
        if answer.status_code == 302:
            assert answer.headers["Location"] == "/account/second-factor/", address
        tried += 1
    assert tried > 25


def test_setting_up_an_app_opens_the_pages_and_its_first_code_serves_for_nothing_else(
    cast: Cast, required: None
) -> None:
    client = browser()
    sign_in(client, cast.attorney)
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False):
        secret = secret_on(client.get("/account/second-factor/app/").content.decode())
        wrong = client.post("/account/second-factor/app/", {"code": "000000"})
        assert "This code is not right" in wrong.content.decode()
        code = code_now(secret)
        done = client.post("/account/second-factor/app/", {"code": f"{code[:3]} {code[3:]}"})
        assert done.headers["Location"] == "/account/second-factor/recovery-codes/"
        assert is_in(client)
        page = client.get(done.headers["Location"]).content.decode()
        assert all(f"{code[:5]} {code[5:]}" in page for code in recovery_codes(cast.attorney))
        assert "are not shown again" in client.get(done.headers["Location"]).content.decode()
        elsewhere = browser()
        assert sign_in(elsewhere, cast.attorney).headers["Location"] == "/sign-in/code/"
        assert "used already" in elsewhere.post("/sign-in/code/", {"code": code}).content.decode()
        later = elsewhere.post("/sign-in/code/", {"code": code_now(secret, steps=1)})
        assert later.headers["Location"] == "/desk/"
        assert is_in(elsewhere)


def test_without_a_code_one_is_not_in_whatever_one_asks_for(cast: Cast) -> None:
    give_app(cast.attorney)
    client = browser()
    assert sign_in(client, cast.attorney).headers["Location"] == "/sign-in/code/"
    assert client.get("/desk/").headers["Location"].startswith("/sign-in/?next=")
    assert client.get("/api/v1/families/").status_code == 403
    assert client.get("/account/second-factor/").headers["Location"].startswith("/sign-in/?next=")
    assert not is_in(client)
    client.post("/sign-out/")
    assert client.get("/sign-in/code/").headers["Location"] == "/sign-in/"


@pytest.mark.parametrize("shape", ["{0}", "{0} ", " {0}", "{1} {2}", "{1}-{2}"])
def test_a_code_serves_once_however_it_is_written(cast: Cast, shape: str) -> None:
    give_app(cast.attorney)
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False) as now:
        code = code_now()
        assert use_code(cast.attorney, shape.format(code, code[:3], code[3:]))
        for again in ("{0}", "{0} ", "{1} {2}", "{1}-{2}"):
            assert not use_code(cast.attorney, again.format(code, code[:3], code[3:]))
        now.shift(30)  # the code is still within what clocks may differ by
        assert not use_code(cast.attorney, code)
        assert use_code(cast.attorney, code_now())
        now.shift(90)
        assert not use_code(cast.attorney, code_now(steps=-2)), "too old"


def test_a_later_code_ends_the_earlier_ones(cast: Cast) -> None:
    give_app(cast.attorney)
    with time_machine.travel(datetime.datetime.now(datetime.UTC), tick=False):
        assert use_code(cast.attorney, code_now())
        assert not use_code(cast.attorney, code_now(steps=-1))


def test_a_recovery_code_serves_once_and_only_its_owner(cast: Cast) -> None:
    give_app(cast.attorney)
    RecoveryCodes.activate(cast.attorney)
    code, other = recovery_codes(cast.attorney)[:2]
    give_app(cast.paralegal)
    assert not use_code(cast.paralegal, code)
    assert use_code(cast.attorney, f"{code[:5]} {code[5:]}")
    assert not use_code(cast.attorney, code)
    assert use_code(cast.attorney, other)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_requests_with_one_code_at_the_same_moment_one_gets_in(cast: Cast, kind: str) -> None:
    give_app(cast.attorney)
    RecoveryCodes.activate(cast.attorney)
    clients = [browser() for _ in range(4)]
    for client in clients:
        sign_in(client, cast.attorney)
    code = code_now() if kind == "app" else recovery_codes(cast.attorney)[0]
    together = threading.Barrier(len(clients))
    statuses: list[int] = []

    def post(client: Client) -> None:
        together.wait()
        statuses.append(client.post("/sign-in/code/", {"code": code}).status_code)
        connection.close()

    threads = [threading.Thread(target=post, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 200, 200, 302]


def test_a_forgotten_password_does_not_skip_the_second_factor(cast: Cast) -> None:
    from django.contrib.auth.tokens import default_token_generator
    from django.utils.http import urlsafe_base64_encode

    give_app(cast.attorney)
    uid = urlsafe_base64_encode(str(cast.attorney.pk).encode())
    client = browser()
    page = client.get(f"/sign-in/reset/{uid}/{default_token_generator.make_token(cast.attorney)}/", follow=True)
    new = "a new long enough password"
    done = client.post(page.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    assert done.headers["Location"] == "/sign-in/?changed=yes"
    assert not is_in(client)
    assert sign_in(client, cast.attorney, new).headers["Location"] == "/sign-in/code/"


def test_the_last_factor_stays_where_one_is_required(cast: Cast, required: None) -> None:
    give_app(cast.attorney)
    client = browser()
    sign_in(client, cast.attorney)
    client.post("/sign-in/code/", {"code": code_now()})
    remove = "/account/second-factor/app/remove/"
    assert "only second factor" in client.get(remove).content.decode()
    client.post(remove)
    assert Authenticator.objects.filter(user=cast.attorney, type="totp").exists()
    key = Authenticator.objects.create(user=cast.attorney, type="webauthn", data={"name": "blue", "credential": {}})
    elsewhere = browser()
    sign_in(elsewhere, cast.attorney)
    assert client.post(remove).headers["Location"] == "/account/second-factor/"
    assert not Authenticator.objects.filter(user=cast.attorney, type="totp").exists()
    client.post(f"/account/second-factor/keys/{key.pk}/remove/")
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_nobody_removes_anothers_key(cast: Cast) -> None:
    key = Authenticator.objects.create(user=cast.attorney, type="webauthn", data={"name": "blue", "credential": {}})
    client = browser()
    sign_in(client, cast.paralegal)
    assert client.post(f"/account/second-factor/keys/{key.pk}/remove/").status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_factors_are_changed_only_by_who_has_shown_just_now_that_it_is_they(cast: Cast) -> None:
    client = browser()
    with time_machine.travel("2026-01-05 10:00", tick=False) as now:
        sign_in(client, cast.attorney)
        assert client.get("/account/second-factor/app/").status_code == 200
        now.shift(datetime.timedelta(minutes=11))
        for address in ("app/", "keys/add/"):
            asked = client.get(f"/account/second-factor/{address}")
            assert asked.headers["Location"].startswith("/sign-in/again/?next=")
        back = client.post(asked.headers["Location"], {"password": PASSWORD})
        assert back.headers["Location"] == "/account/second-factor/keys/add/"
        assert client.get("/account/second-factor/app/").status_code == 200


def test_secrets_cannot_be_read_out_of_the_database(cast: Cast, settings: Any) -> None:
    row = give_app(cast.attorney)
    RecoveryCodes.activate(cast.attorney)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert SECRET not in stored
    assert base64.b32decode(SECRET).hex() not in stored
    assert not any(code in stored for code in recovery_codes(cast.attorney))
    assert encrypt(SECRET) != encrypt(SECRET)
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another" * 10
    with pytest.raises(ImproperlyConfigured, match="AMPARO_OLD_SECRET_KEYS"):
        decrypt(row.data["secret"])
    settings.SECRET_KEY_FALLBACKS = [old]
    assert decrypt(row.data["secret"]) == SECRET


def test_a_lost_factor_is_taken_off_by_a_command(cast: Cast) -> None:
    inside = browser()
    sign_in(inside, cast.attorney)
    give_app(cast.attorney)
    call_command("reset_second_factor", cast.attorney.email)
    assert not Authenticator.objects.filter(user=cast.attorney).exists()
    assert not is_in(inside), "and whoever is signed in is out"
