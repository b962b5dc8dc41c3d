"""The JSON that the API takes."""

import io

import pytest
from rest_framework.exceptions import ParseError

from config.parsers import CarefulJSONParser


def parse(body: bytes) -> object:
    return CarefulJSONParser().parse(io.BytesIO(body))


def test_ordinary_json_is_read() -> None:
    assert parse('{"name": "García", "on": null, "days": [1, 2.5, true]}'.encode()) == {
        "name": "García",
        "on": None,
        "days": [1, 2.5, True],
    }


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": 1, "a": 2}',
        rb'{"a": "\u0000"}',
        rb'{"\ud800": 1}',
        rb'{"a": ["\udfff"]}',
        b'"\xff"',
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
        b"1" * 5000,
    ],
    ids=lambda body: body[:12],
)
def test_json_that_cannot_be_kept_or_has_two_meanings_is_refused(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(body)
