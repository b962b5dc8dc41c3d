"""How long a client may go without a word from the office, where it has no rule of its own (practice, section 2.2,
table G)."""

from typing import Final

CONTACT_DAYS: Final = 30
"""Calendar days after which somebody talks to a family again."""
CONTACT_DAYS_HELD: Final = 7
"""The same with somebody who is held: people are moved, and removed, without a word to the office."""
