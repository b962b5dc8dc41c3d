"""One line of JSON as facts; what Python's own reader would let pass is refused (names given twice, numbers, NaN)."""

import json
from typing import Any

from .facts import Family
from .reading import FactsError, Problem, Twice, read_counting, read_facts


class _Number:
    """Stands for a number, NaN or Infinity, however long: no field of a record takes one."""


_NUMBER = _Number()


def _number(_: str) -> _Number:
    return _NUMBER


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) == len(pairs):
        return value
    names = [name for name, _ in pairs]
    twice = Twice(value)
    twice.names = tuple(name for name in value if names.count(name) > 1)
    return twice


_quick = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_number)
_careful = json.JSONDecoder(parse_int=_number, parse_float=_number, parse_constant=_number, object_pairs_hook=_object)


def read_line(line: bytes) -> Family:
    """The facts of one line. Raises FactsError, with an empty place where the line is no JSON object."""
    try:
        text = line.decode("utf-8-sig")
        record = _quick.decode(text)
    except (ValueError, RecursionError) as error:  # a line that is no UTF-8, no JSON, or nested too deep
        raise FactsError([Problem("", f"the line is no JSON object: {error}")]) from None
    try:
        family, names_read = read_counting(record)
        # Each name has its colon. With as many names read as there are colons in the text, none was given twice.
        if names_read == text.count(":"):
            return family
    except FactsError:
        pass  # to be named together with the names given twice
    return read_facts(_careful.decode(text))
