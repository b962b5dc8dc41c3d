"""What the tests of the web's rules share: production's settings, and every address with a path to try it at."""

import importlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from drills.routes import ROUTES, path_of
from screenings.models import Screening
from tests.cast import Cast
from tests.factories import DAY, make_family, with_reevaluation
from tests.platform.test_settings import PRODUCTION

ADDRESSES = sorted(ROUTES)
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
# What production says of addresses, cookies and headers; its services and files are its own.
_OF_THE_WEB = re.compile(r"^(SECURE|SESSION|CSRF|LANGUAGE_COOKIE|X_FRAME|CONTENT_SECURITY|MESSAGE|ALLOWED_HOSTS)")

PathOf = Callable[[str], str]


def room_of(address: str) -> str:
    """The first part of an address, the API's own apart: pages that belong together."""
    return "/".join(address.split("/")[: 3 if address.startswith("api/v1/") else 1])


ROOMS = {room: list(found) for room, found in groupby(ADDRESSES, room_of)}


@contextmanager
def undone(address: str) -> Iterator[None]:
    """Nothing of what is done inside stays, and a failure says at which address it was."""
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    except BaseException as error:
        error.add_note(f"at {address}")
        raise


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Production's settings, as far as they are about the web."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    real = importlib.import_module("config.settings.production")
    for name in dir(real):
        if _OF_THE_WEB.match(name):
            setattr(settings, name, getattr(real, name))
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.db"


@pytest.fixture
def at(cast: Cast) -> PathOf:
    """The path of an address, with keys of rows that the first organization's people may see."""
    family = make_family(cast.organization, with_reevaluation(), attorney=cast.attorney, paralegal=cast.paralegal)
    keys = {
        "families": family.pk,
        "people": family.persons.get(reference="p1").pk,
        "persons": family.persons.get(reference="p1").pk,
        "screenings": Screening.objects.get(basis="reevaluation").pk,
        "determinations": family.determinations.get().pk,
    }

    def path(address: str) -> str:
        room = address.removeprefix("api/v1/").partition("/")[0]
        names = re.findall(r"<\w+:(\w+)>", address)
        return path_of(address, **dict.fromkeys(names, keys.get(room, 1)))

    return path


def signed_in(user: User, **options: Any) -> Client:
    """A browser of this person that shows errors as pages."""
    client = Client(raise_request_exception=False, **options)
    client.force_login(user)
    return client
