"""Every kind of answer keeps the web's rules, in production as it is: headers, cookies, methods, host."""

from collections.abc import Iterator
from itertools import product
from typing import Any
from unittest.mock import patch

import pytest
from django.db import OperationalError, connection
from django.test import Client

from config.home import ROOT
from deadlines.reminders import guard
from drills.routes import ROUTES, Entrance, classified
from tests.cast import Cast
from tests.web.conftest import ADDRESSES, ROOMS, UNSAFE, PathOf, signed_in, undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("production")]

HOST: dict[str, Any] = {"secure": True, "headers": {"host": "amparo.example"}}
ELSEWHERE = ("//elsewhere.example", "https://elsewhere.example/", "https:elsewhere.example", "/\\elsewhere.example")


@pytest.fixture(autouse=True)
def _reminders_are_swept() -> Iterator[None]:
    """Else the address that a monitor asks rightly answers 503."""
    guard.note_sweep()
    yield
    guard.forget()


def held(answer: Any, *, private: bool = True) -> None:
    """The headers that every answer has, whatever it is."""
    headers = answer.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert {"default-src", "frame-ancestors", "base-uri", "object-src"} <= {
        name for name, value in policy.items() if value == "'none'"
    }
    assert policy["form-action"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert "Server" not in headers
    if private:
        assert "no-store" in headers["Cache-Control"]
    for name, cookie in answer.cookies.items():
        assert name.startswith("__Host-"), name
        assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
        assert cookie["samesite"] in {"Lax", "Strict"}
        assert cookie["httponly"] or cookie["max-age"] == 0, "all but what takes a cookie away"


def test_the_table_of_addresses_is_whole() -> None:
    assert list(classified())


@pytest.mark.parametrize("room", ROOMS)
def test_every_address_and_verb(room: str, cast: Cast, at: PathOf) -> None:
    for address in ROOMS[room]:
        path = at(address)
        with undone(address):
            for client in (Client(raise_request_exception=False), *map(signed_in, (cast.attorney, cast.administrator))):
                for verb in ("GET", "HEAD", "OPTIONS", "TRACE", *UNSAFE):
                    answer = client.generic(verb, path, **HOST)
                    held(answer)
                    assert answer.status_code < 500
                    if verb == "TRACE":
                        assert answer.status_code in {302, 403, 404, 405}, "TRACE is off"
                        assert b"amparo.example" not in answer.content


def test_answers_that_no_view_gives(cast: Cast) -> None:
    client = signed_in(cast.attorney)
    for status, path, options in (
        (404, "/no-such-page/", HOST),
        (400, "/health/?q=%00", HOST),
        (400, "/health/", {"secure": True, "headers": {"host": "elsewhere.example"}}),
        (403, "/families/999999/", HOST),
    ):
        answer = client.get(path, **options)
        held(answer)
        assert answer.status_code == status or path.startswith("/families")
    moved = client.get("/families/", headers={"host": "amparo.example"})
    assert (moved.status_code, moved["Location"]) == (301, "https://amparo.example/families/")
    assert client.get("/health/", headers={"host": "amparo.example"}).status_code == 200, "a monitor asks without TLS"


def test_refusals_of_forms(cast: Cast, at: PathOf) -> None:
    answer = signed_in(cast.attorney, enforce_csrf_checks=True).post("/language/", {"language": "es"}, **HOST)
    assert answer.status_code == 403
    held(answer)
    client = signed_in(cast.attorney)
    for body in ({"text": "x" * 3_000_000}, {f"name{number}": "x" for number in range(1_100)}):
        answer = client.post("/families/search/", body, **HOST)
        assert answer.status_code == 413
        assert b"more than can be taken at once" in answer.content
        held(answer)
    path = at("api/v1/screenings/<int:pk>/")
    answer = client.generic("PATCH", path, b" " * 3_000_000, "application/json", **HOST)
    assert answer.status_code == 413
    held(answer)


def test_errors_and_outages() -> None:
    client = Client(raise_request_exception=False)
    for status, error in ((500, RuntimeError("Maria")), (503, OperationalError("Maria"))):
        with patch.object(connection, "cursor", side_effect=error):
            answer = client.get("/health/", **HOST)
        assert answer.status_code == status
        assert b"Maria" not in answer.content
        held(answer)


def test_downloads_are_attachments(cast: Cast, at: PathOf) -> None:
    client = signed_in(cast.supervisor)
    for address in ("families/export/", "people/export/"):
        answer = client.get(at(address), **HOST)
        assert answer["Content-Disposition"].startswith("attachment; ")
        held(answer)


def test_static_files_keep_the_rules_and_nothing_else_is_served(client: Client) -> None:
    answer: Any = client.get("/static/css/base.css", **HOST)
    assert answer.status_code == 200
    held(answer, private=False)
    assert b"".join(answer.streaming_content), "read to the end, the file is closed"
    for path in (
        "/.git/config",
        "/static/../manage.py",
        "/static/%2e%2e/manage.py",
        "/static/..%2f..%2fetc/passwd",
        "/static/js/amparo.js.map",
        "/static/",
        "/manage.py",
        "/.env",
        "/var/secrets/secret-key",
    ):
        answer = client.get(path, **HOST)
        assert answer.status_code == 404, path
        held(answer)
    maps = [file for file in (ROOT / "static").rglob("*") if file.suffix == ".map" or file.name.startswith(".")]
    assert maps == []
    told = [file for file in (ROOT / "static").rglob("*.js") if "sourceMappingURL" in file.read_text(errors="replace")]
    assert told == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_write_without_the_forms_token(room: str, cast: Cast, at: PathOf) -> None:
    from_elsewhere = {**HOST, "headers": {"host": "amparo.example", "origin": "https://elsewhere.example"}}
    for address in ROOMS[room]:
        path = at(address)
        with undone(address):
            client = signed_in(cast.supervisor, enforce_csrf_checks=True)
            for verb in UNSAFE:
                for options in (HOST, from_elsewhere):
                    answer = client.generic(verb, path, b"{}", "application/json", **options)
                    assert answer.status_code in {403, 405}


@pytest.mark.parametrize("room", ROOMS)
def test_no_address_leads_to_another_host(room: str, cast: Cast, at: PathOf) -> None:
    for address in ROOMS[room]:
        path = at(address)
        with undone(address):
            for client, elsewhere in product(
                (Client(raise_request_exception=False), signed_in(cast.supervisor)), ELSEWHERE
            ):
                given = dict.fromkeys(("next", "back", "return", "url"), elsewhere)
                for answer in (
                    client.get(path, given, **HOST),
                    client.post(path, given, **HOST),
                    client.post(f"{path}?next={elsewhere}", {"language": "es"}, **HOST),
                ):
                    where = answer.headers.get("Location", "/")
                    assert where.startswith("/"), where
                    assert not where.startswith(("//", "/\\")), where


@pytest.mark.parametrize("address", [address for address in ADDRESSES if "<" not in address])
def test_an_unknown_key_of_an_address_is_refused_or_left_alone(address: str, cast: Cast, at: PathOf) -> None:
    """Never an error, and never another order or filter than those of the list."""
    client = signed_in(cast.supervisor)
    for query in (
        "sort=organization__name", "sort=?", "sort=-pk", "zzz=1", "family__reference=1", "page=0", "page=-1", "page=x",
        "page=1000000000000000000000000000000", "page=%D9%A3", "page_size=9999999", "attorney=x", "attorney=1e3",
        "attorney=99999999999999999999999", "columns=password", "search=%ff", "id__in=1", "q[]=1", "sort=pk&sort=pk",
    ):  # fmt: skip
        assert client.get(f"{at(address)}?{query}", **HOST).status_code in {200, 302, 400, 403, 404, 405, 422}, query


def test_without_signing_in_nothing_is_told(cast: Cast, at: PathOf) -> None:
    """Only the ways in answer; the description of the API and the state of the server say nothing."""
    for address, route in ROUTES.items():
        answer: Any = Client(raise_request_exception=False).get(at(address), **HOST)
        assert b"openapi" not in answer.content
        assert cast.organization.name.encode() not in answer.content
        if route.verbs.get("GET") is not Entrance.ANYBODY:
            assert answer.status_code in {302, 401, 403, 404, 405}
            assert answer.headers.get("Location", "/sign-in/").startswith("/sign-in/")
    private = {address for address, route in ROUTES.items() if route.verbs.get("GET") is not Entrance.ANYBODY}
    assert {"api/schema/", "dashboard/", "desk/", "families/", "intake/", "people/export/"} <= private
    assert Client().get("/health/", **HOST).content == b"ok\n"
