"""Which characters can be kept."""

import re

_UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")


def is_clean(text: str) -> bool:
    """False when the text holds NUL, which PostgreSQL refuses, or half of a surrogate pair, which is no character."""
    return _UNKEEPABLE.search(text) is None
