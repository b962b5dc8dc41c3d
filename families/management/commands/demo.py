"""Load the demonstration: made-up families in two organizations."""

import os
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.clock import today
from demo.loading import DemoRefusedError, load
from families.management.shared import UNUSABLE


class Command(BaseCommand):
    """`manage.py demo`, with the password of its people in AMPARO_DEMO_PASSWORD. Done again it changes nothing.

    Exit status 2 on an installation that belongs to somebody, or without a password.
    """

    help = "Load the demonstration: about a thousand made-up families in two organizations, and people to sign in as."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it for the clock's day."""
        password = os.environ.get("AMPARO_DEMO_PASSWORD")
        if not password:
            raise CommandError(
                "Set AMPARO_DEMO_PASSWORD: the password of the demonstration's people.", returncode=UNUSABLE
            )
        try:
            load(password=password, day=today(), tell=self.stdout.write)
        except DemoRefusedError as refusal:
            raise CommandError(str(refusal), returncode=UNUSABLE) from None
