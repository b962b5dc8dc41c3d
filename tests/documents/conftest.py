"""What the tests of papers and letters share."""

from typing import Any

import pytest

from documents.models import Paper
from families.models import Person
from tests.factories import DAY


@pytest.fixture(autouse=True)
def _the_day(settings: Any) -> None:
    settings.AMPARO_TODAY = DAY


def make_paper(person: Person, kind: str, state: str = "have", **values: Any) -> Paper:
    """Where a paper of the person stands."""
    made: Paper = Paper.objects.create(
        organization_id=person.organization_id, person=person, kind=kind, state=state, **values
    )
    return made
