"""An organization to import into."""

from pathlib import Path

import pytest

from accounts.models import Organization
from tests.factories import make_organization
from tests.intake.bench import Bench


@pytest.fixture
def office() -> Organization:
    return make_organization()


@pytest.fixture
def bench(office: Organization, tmp_path: Path) -> Bench:
    return Bench(office, tmp_path)
