"""Which characters can be kept, and which texts a spreadsheet would work out."""

import re
import unicodedata

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_STARTS_FORMULA = frozenset("=+-@＝＋－＠")  # spreadsheets take the wide signs for the narrow ones


def is_clean(text: str) -> bool:
    """False when the text holds NUL, which PostgreSQL refuses, or half of a surrogate pair, which is no character."""
    return _UNKEEPABLE.search(text) is None


def safe_cell(text: str) -> str:
    """A text for a spreadsheet's cell: an apostrophe goes before one that would be worked out as a formula.

    Spaces and control characters in front of the sign do not hide it.
    """
    first = next((sign for sign in text if unicodedata.category(sign)[0] not in "CZ"), "")
    return f"'{text}" if first in _STARTS_FORMULA or text[:1] in ("\t", "\r", "\n") else text


def without_safety(cell: str) -> str:
    """The text that `safe_cell` was given, for a cell that it wrote; any other cell as it is."""
    return cell[1:] if cell[:1] == "'" and safe_cell(cell[1:]) == cell else cell
