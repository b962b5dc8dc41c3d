"""Which characters can be kept, and which texts a spreadsheet would work out."""

import re
import unicodedata

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
_STARTS_FORMULA = frozenset("=+-@")
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # letters and signs by name, empty to look at


def is_clean(text: str) -> bool:
    """False when the text holds NUL, which PostgreSQL refuses, or half of a surrogate pair, which is no character."""
    return _UNKEEPABLE.search(text) is None


def safe_cell(text: str) -> str:
    """A text for a spreadsheet's cell: an apostrophe goes before one that would be worked out as a formula.

    Spaces, control characters and empty letters in front of the sign do not hide it, nor does it hide in a wide, small
    or raised form: spreadsheets take these for the plain sign.
    """
    first = next((sign for sign in text if not _is_blank(sign)), "")
    return (
        f"'{text}"
        if unicodedata.normalize("NFKC", first) in _STARTS_FORMULA or text[:1] in ("\t", "\r", "\n")
        else text
    )


def _is_blank(sign: str) -> bool:
    """Nothing to see: spaces, controls, marks without a letter, and letters that are empty."""
    return unicodedata.category(sign)[0] in "CZM" or sign in _BLANK_LETTERS


def without_safety(cell: str) -> str:
    """The text that `safe_cell` was given, for a cell that it wrote; any other cell as it is."""
    return cell[1:] if cell[:1] == "'" and safe_cell(cell[1:]) == cell else cell
