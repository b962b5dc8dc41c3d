"""Make somebody who may sign in; without the demonstration this is how an office begins."""

import os
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from accounts.errors import Invalid
from accounts.models import User
from accounts.services import user_create
from config.home import readable_password
from families.management.shared import UNUSABLE, add_organization, organization_of, working_for


class Command(BaseCommand):
    """`manage.py create_user EMAIL --organization SLUG --role ROLE --name NAME`.

    The password is that in AMPARO_PASSWORD, else one made at random and printed. Exit status 2 when it could not be.
    """

    help = "Make an attorney, paralegal or supervisor of an organization, who can then sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whom to make."""
        parser.add_argument("email", metavar="EMAIL", help="the address they sign in with")
        add_organization(parser)
        parser.add_argument("--role", required=True, choices=User.Role.values)
        parser.add_argument("--name", required=True, help="how colleagues know them")
        parser.add_argument("--language", default=User.Language.ENGLISH, choices=User.Language.values)

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them."""
        organization = organization_of(options)
        given = os.environ.get("AMPARO_PASSWORD")
        password = given or readable_password()
        fields = {name: options[name] for name in ("email", "name", "role", "language")}
        try:
            validate_password(password, User(email=fields["email"], name=fields["name"]))
            with working_for(organization):
                user = user_create(organization=organization, password=password, **fields)
        except ValidationError as error:
            raise CommandError(f"AMPARO_PASSWORD: {' '.join(error.messages)}", returncode=UNUSABLE) from None
        except Invalid as error:
            problems = " ".join(f"{field}: {text}" for field, text in error.errors.items())
            raise CommandError(problems, returncode=UNUSABLE) from None
        self.stdout.write(f"{user.email} can sign in" + ("." if given else f" with the password {password}"))
