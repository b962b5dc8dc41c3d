"""Reads the JSON that callers of the API send, and refuses what PostgreSQL could not hold or what has two meanings."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

from config.text import is_clean


class TooLarge(APIException):  # what the body is
    """413."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class CarefulJSONParser(BaseParser):
    """Raises ParseError (400) for broken JSON, NaN, infinity, a key given twice, NUL, half surrogates, deep nesting."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The JSON value in `stream`, which must be UTF-8; the refusal says what is wrong and where."""
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        body = stream.read(most + 1)
        if len(body) > most:
            raise TooLarge(_("The body is too large. It may have %(most)d bytes.") % {"most": most})
        try:
            value = json.loads(
                body.decode(),
                parse_constant=_no_constant,
                parse_float=_finite,
                parse_int=_whole,
                object_pairs_hook=_no_twin,
            )
            _require_clean(value, "")
        except RecursionError:
            raise ParseError(_("The JSON is nested too deeply.")) from None
        except UnicodeDecodeError as error:
            raise ParseError(_("The body is not UTF-8 at byte %(place)d.") % {"place": error.start}) from None
        except json.JSONDecodeError as error:
            raise ParseError(
                _("This is not JSON: line %(line)d, column %(column)d.") % {"line": error.lineno, "column": error.colno}
            ) from None
        except ValueError as error:
            raise ParseError(_("The JSON cannot be read: %(reason)s") % {"reason": error}) from None
        return value


def _whole(text: str) -> int:
    if len(text) > 20:
        raise ValueError(_("%(number)s is not a number that can be kept.") % {"number": f"{text[:20]}…"})
    return int(text)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(_("%(number)s is not a number that can be kept.") % {"number": name})


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(_("%(number)s is not a number that can be kept.") % {"number": text[:40]})
    return number


def _no_twin(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise ValueError(_("“%(name)s” stands twice in one object.") % {"name": ascii(name[:40])[1:-1]})
        made[name] = value
    return made


def _require_clean(value: Any, place: str) -> None:
    """Raises ValueError with the place of the first text that cannot be kept."""
    if isinstance(value, str) and not is_clean(value):
        raise ValueError(
            _("The text at “%(place)s” has a character that cannot be kept (NUL or half of a surrogate pair).")
            % {"place": place}
        )
    if isinstance(value, dict):
        for name, inner in value.items():
            at = f"{place}.{ascii(name[:40])[1:-1]}".lstrip(".")
            _require_clean(name, at)
            _require_clean(inner, at)
    if isinstance(value, list):
        for number, inner in enumerate(value):
            _require_clean(inner, f"{place}[{number}]")
