"""What the tests of access share: the day, and a signed-in browser for each person."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import DAY

ClientOf = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def client_of() -> ClientOf:
    """A signed-in browser of the person."""

    def signed_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
