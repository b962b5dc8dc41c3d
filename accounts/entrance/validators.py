"""What Django's list of common passwords does not hold, and guesses first all the same."""

from itertools import pairwise

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_FEWEST = 5  # different characters
_STEPS = {1, -1, 9, -9}  # of neighbours in a row such as 8901 or dcba


class NotTooPlain:
    """Refuses a handful of characters repeated (`aaaabbbbaaaa`) and rows (`123456789012`), of any characters."""

    def validate(self, password: str, user: object = None) -> None:
        """Raises `ValidationError` for such a password."""
        steps = [ord(after) - ord(before) for before, after in pairwise(password)]
        in_row = sum(step in _STEPS for step in steps)
        if len(set(password)) < _FEWEST or in_row > 0.7 * len(steps):
            raise ValidationError(_("This is a row, or the same few characters again and again: easily guessed."))

    def get_help_text(self) -> str:
        """The rule in a sentence."""
        return _("No row such as 12345, and not the same few characters again and again.")
