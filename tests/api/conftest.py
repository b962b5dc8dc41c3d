"""Callers of the API, and what they ask about."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import DAY

Caller = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _fixed_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


@pytest.fixture
def caller() -> Caller:
    """Signs somebody in."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
