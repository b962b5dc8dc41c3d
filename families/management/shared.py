"""What commands of several rooms share: naming an organization and a day, and printing JSON Lines."""

import datetime
import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from accounts.scope import scope
from config.clock import today

UNUSABLE = 2
"""Exit status when a command could not do its work at all."""


def add_organization(parser: ArgumentParser) -> None:
    """The option that names the organization."""
    parser.add_argument("--organization", metavar="SLUG", required=True, help="the organization's short name")


def organization_of(options: dict[str, Any]) -> Organization:
    """The organization that was named; raises CommandError with exit status 2."""
    slug = options["organization"]
    found = Organization.objects.filter(slug=slug).first()
    if found is None:
        raise CommandError(f"There is no organization {slug!r}: make it with create_organization.", returncode=UNUSABLE)
    return found


def working_for(organization: Organization) -> AbstractContextManager[None]:
    """The scope of a command: the organization's, with nobody of it acting."""
    return scope(organization_id=organization.pk, actor_id=None)


def add_day(parser: ArgumentParser) -> None:
    """The option that names the day for which the question is asked."""
    parser.add_argument("--as-of", metavar="DATE", help="the day, as 2019-03-01; today when it is left out")


def day_of(options: dict[str, Any]) -> datetime.date:
    """The day that was named, or today; raises CommandError with exit status 2."""
    text = options["as_of"]
    if isinstance(text, datetime.date):
        return text
    try:
        if text and len(text) != len("2019-03-01"):
            raise ValueError
        return datetime.date.fromisoformat(text) if text else today()
    except ValueError:
        raise CommandError(f"{text!r} is not a day like 2019-03-01.", returncode=UNUSABLE) from None


def print_lines(command: BaseCommand, objects: Iterable[Any]) -> None:
    """Prints each object as a line of JSON, as soon as it is there, until nobody reads any more (`| head`)."""
    encode = json.JSONEncoder().encode
    try:
        for item in objects:
            command.stdout.write(encode(item))
        command.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again at the end
