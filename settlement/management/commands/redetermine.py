"""Make every stored determination anew from the facts."""

import datetime
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from config.clock import today
from families.management.shared import working_for
from settlement.determine import redetermine_all


class Command(BaseCommand):
    """`manage.py redetermine [--organization SLUG]`."""

    help = "Make the determinations of all families anew, with today's rules and day, and the index rows of all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which organization, and for which day."""
        parser.add_argument("--organization", metavar="SLUG", help="only this organization")
        parser.add_argument("--as-of", metavar="DATE", type=datetime.date.fromisoformat, help="a day other than today")

    def handle(self, *args: Any, **options: Any) -> None:
        """Redetermine, one organization after another."""
        organizations = Organization.objects.order_by("slug")
        if options["organization"]:
            organizations = organizations.filter(slug=options["organization"])
            if not organizations:
                raise CommandError(f"There is no organization {options['organization']}.")
        for organization in organizations:
            with working_for(organization):
                done = redetermine_all(organization=organization, day=options["as_of"] or today(), rebuild=True)
            self.stdout.write(f"{organization.slug}: {done} families")
