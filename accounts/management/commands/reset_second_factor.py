"""Take somebody's second factor off, when app, key and recovery codes are all lost."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.entrance.finding import account_of
from accounts.entrance.sessions import second_factor_remove


class Command(BaseCommand):
    """`manage.py reset_second_factor EMAIL`. Exit status 2 when nobody signs in with this address."""

    help = "Take somebody's second factor off and end their sessions; at the next sign-in they set up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        parser.add_argument("email", metavar="EMAIL", help="the address they sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Take it off."""
        user = account_of(options["email"])
        if user is None:
            raise CommandError("Nobody signs in with this address.", returncode=2)
        second_factor_remove(user=user)
        self.stdout.write(f"{user.email} sets up a new second factor at the next sign-in.")
