"""Let reminders go out again that are held because the clock jumped."""

from typing import Any

from django.core.management.base import BaseCommand

from accounts import scope
from deadlines.reminders import guard


class Command(BaseCommand):
    """`manage.py release_reminders`, by the operator who has looked at the clock. Done again it does nothing."""

    help = "Let held reminders go out: the clock is right, and what is due is really due."

    def handle(self, *args: Any, **options: Any) -> None:
        """Release, and say whether there was anything to release."""
        with scope.application():
            was_held = guard.release()
        self.stdout.write("Reminders go out again." if was_held else "Nothing was held.")
