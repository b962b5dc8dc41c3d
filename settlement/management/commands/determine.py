"""Print what the agreement says of an organization's families on a day."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from families.management.shared import add_day, add_organization, day_of, organization_of, print_lines, working_for
from settlement.engine import decide
from settlement.facts import records_of
from settlement.waiting import decided_together


class Command(BaseCommand):
    """`manage.py determine --organization SLUG [--as-of DATE]`: JSON Lines of decisions, by the families' reference."""

    help = "Print the decision for each family, made afresh from its facts: JSON Lines, ordered by family number."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Organization and day."""
        add_organization(parser)
        add_day(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Decide and print the families, one after another."""
        organization = organization_of(options)
        with working_for(organization):
            records = records_of(organization, day=day_of(options))
            print_lines(self, (decided_together(record, decide) for _key, record in records))
