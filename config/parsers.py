"""Reads the JSON that callers of the API send, and refuses what PostgreSQL could not hold or what has two meanings."""

import codecs
import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from config.text import is_clean


class CarefulJSONParser(BaseParser):
    """Raises ParseError (400) for broken JSON, NaN, infinity, a key given twice, NUL, half surrogates, deep nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The JSON value in `stream`, which must be UTF-8."""
        try:
            text = codecs.getreader("utf-8")(stream).read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
            value = json.loads(text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_no_twin)
            _require_clean(value)
        except RecursionError:
            raise ParseError("The JSON is nested too deeply.") from None
        except ValueError as error:
            raise ParseError(f"The JSON cannot be read: {error}") from None
        return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that can be kept")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _no_twin(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("the same key stands twice in one object")
    return made


def _require_clean(value: Any) -> None:
    if isinstance(value, str) and not is_clean(value):
        raise ValueError("a text holds a character that cannot be kept (NUL or half of a surrogate pair)")
    if isinstance(value, dict):
        for key, inner in value.items():
            _require_clean(key)
            _require_clean(inner)
    if isinstance(value, list):
        for inner in value:
            _require_clean(inner)
