"""Print the facts of an organization's families."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from families.management.shared import add_day, add_organization, day_of, organization_of, print_lines, working_for
from settlement.facts import facts_of


class Command(BaseCommand):
    """`manage.py export_facts --organization SLUG [--as-of DATE]`: JSON Lines, one family a line, by reference."""

    help = "Print the facts of all families, as the engine reads them: JSON Lines, ordered by family number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Organization and day."""
        add_organization(parser)
        add_day(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the families, chunk by chunk."""
        organization = organization_of(options)
        with working_for(organization):
            print_lines(self, (facts for _key, facts in facts_of(organization, day=day_of(options))))
