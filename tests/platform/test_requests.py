"""What holds for every answer, and for every request's text."""

import io
import json
import logging
from collections.abc import Callable
from typing import Any
from unittest.mock import patch
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections, connection
from django.test import Client

pytestmark = pytest.mark.django_db


def test_health_answers_without_signing_in(client: Client) -> None:
    response = client.get("/health/")
    assert response.status_code == 200
    assert response.content == b"ok\n"


def test_health_says_503_when_the_database_does_not_answer() -> None:
    client = Client(raise_request_exception=False)
    with patch.object(connection, "cursor", side_effect=OperationalError("gone")):
        response = client.get("/health/")
    assert response.status_code == 503
    assert response["Retry-After"] == "10"


def test_an_unexpected_error_is_a_plain_page_without_details() -> None:
    client = Client(raise_request_exception=False)
    with patch.object(connection, "cursor", side_effect=RuntimeError("Maria")):
        response = client.get("/health/")
    assert response.status_code == 500
    assert b"Maria" not in response.content
    assert b"Traceback" not in response.content


@pytest.mark.parametrize("path", ["/health/", "/no-such-page/", "/health/?q=%00", "/sign-in/", "/"])
def test_every_answer_carries_the_headers(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    for rule in (
        "default-src 'none'",
        "script-src 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ):
        assert rule in policy
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["X-Request-ID"]


@pytest.mark.parametrize("query", ["q=%00", "%00=1", "q=a%00b", "q=%ff", "q=%ed%a0%80"])
def test_an_address_with_text_that_cannot_be_kept_is_refused(client: Client, query: str) -> None:
    assert client.get(f"/health/?{query}").status_code == 400
    assert client.get("/health/?q=Garc%C3%ADa").status_code == 200


def test_a_form_with_text_that_cannot_be_kept_is_refused(client: Client) -> None:
    assert client.post("/health/", {"name": "a\x00b"}).status_code == 400
    assert client.post("/health/", {"na\x00me": "b"}).status_code == 400
    assert (
        client.post("/health/", {"name": "García"}).status_code == 405
    )  # read without complaint: the view just takes no forms


@pytest.mark.parametrize("charset", ["zlib", "undefined", "idna", "utf-16", "latin-1", "no-such-code"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_request_in_another_code_than_utf_8_is_refused(method: str, kind: str, charset: str) -> None:
    assert _served(method, f"{kind}; charset={charset}") == 400


def test_a_form_may_name_utf_8(client: Client) -> None:
    for charset in ("", "; charset=utf-8", "; charset=UTF-8"):
        # read without complaint, and refused only for want of a token
        assert _served("POST", f"application/x-www-form-urlencoded{charset}") == 403
    assert client.post("/health/", "a=b", "application/x-www-form-urlencoded; charset=latin-1").status_code == 400


def _served(method: str, content_type: str) -> int:
    """The status with which gunicorn's application answers: the test client makes requests in a way of its own."""
    from config.wsgi import application

    body = b"name=a"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": "/health/",
        "QUERY_STRING": "q=a",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def started(status: str, headers: object, error: object = None, /) -> Callable[[bytes], object]:
        statuses.append(status)
        return io.BytesIO().write

    for signal in (request_started, request_finished):  # the test's transaction stays
        signal.disconnect(close_old_connections)
    try:
        list(application(environ, started))
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)
    return int(statuses[0].split()[0])


def test_the_log_names_the_route_but_never_what_was_typed(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="amparo.request"):
        client.get("/health/?q=Yesenya")
    (record,) = [record for record in caplog.records if record.name == "amparo.request"]
    line = _format(record)
    assert line["route"] == "health/"
    assert line["status"] == 200
    assert "Yesenya" not in json.dumps(line)


def test_the_log_keeps_an_errors_kind_and_place_but_not_its_message() -> None:
    try:
        try:
            raise ValueError("Key (a_number)=(A012345678) already exists")
        except ValueError as error:
            raise RuntimeError("Yesenya") from error
    except RuntimeError as error:
        record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", None, (type(error), error, None))
    line = _format(record)
    assert line["error"]["kind"] == "RuntimeError"
    assert line["error"]["cause"]["kind"] == "ValueError"
    assert "test_requests.py" in line["error"]["at"][-1]
    assert "A012345678" not in json.dumps(line)
    assert "Yesenya" not in json.dumps(line)


def _format(record: logging.LogRecord) -> dict[str, Any]:
    from config.logs import JSONFormatter

    line: dict[str, Any] = json.loads(JSONFormatter().format(record))
    return line
