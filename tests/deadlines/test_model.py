"""The ledger of reminders keeps its promises, in whatever order things happen (bench/reminders_model.py tries more)."""

import os
from collections.abc import Iterator

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from accounts.models import User
from tests.deadlines.machine import Ledger, Office
from tests.factories import make_family, make_organization, make_user

# So many random histories, each of at most so many steps.
HISTORIES = int(os.environ.get("AMPARO_HISTORIES") or 40)
STEPS = 20


@pytest.fixture
def office(db: None) -> Iterator[Office]:
    """Four people and three families, and a mail server that the model speaks for."""
    organization = make_organization()
    roles = (User.Role.PARALEGAL, User.Role.PARALEGAL, User.Role.ATTORNEY, User.Role.SUPERVISOR)
    people = [make_user(organization, role) for role in roles]
    families = [make_family(organization, determined=False, paralegal=people[n % 2]) for n in range(3)]
    with override_settings(EMAIL_BACKEND="tests.deadlines.post.Backend"):
        yield Office(organization, people, families)


def test_no_history_loses_doubles_or_tells_wrongly(office: Office) -> None:
    Ledger.office = office
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=HISTORIES,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            phases=[Phase.generate],  # to make a failing history shorter takes minutes, and it is short already
            derandomize=not os.environ.get("AMPARO_HISTORIES"),
            suppress_health_check=list(HealthCheck),
        ),
    )
