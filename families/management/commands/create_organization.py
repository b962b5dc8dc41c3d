"""Make an organization, so that families and people can belong to it."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.errors import Invalid
from accounts.models import Organization
from accounts.services import organization_create


class Command(BaseCommand):
    """`manage.py create_organization SLUG --name NAME`. Done again with the same name it changes nothing."""

    help = "Make an organization. Its short name is what the other commands ask for."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Short name and name."""
        parser.add_argument("slug", metavar="SLUG", help="short name: letters, digits, hyphens and underscores")
        parser.add_argument("--name", required=True, help="the organization's name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make it, unless it is there."""
        slug, name = options["slug"], options["name"]
        found = Organization.objects.filter(slug=slug).first()
        if found is not None and found.name == name.strip():
            self.stdout.write(f"Organization {slug} was there already.")
            return
        if found is not None:
            raise CommandError(f"Organization {slug} was there already; its name is {found.name!r}.")
        try:
            organization_create(slug=slug, name=name)
        except Invalid as error:
            raise CommandError(" ".join(f"{field}: {text}" for field, text in error.errors.items())) from None
        self.stdout.write(f"Organization {slug} was made.")
