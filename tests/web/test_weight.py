"""What a page weighs on a bad line: compressed, it stays small, and the files it brings are few and kept."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from settlement.determine import redetermine
from tests.cast import Cast
from tests.factories import DAY, everything, make_family

pytestmark = pytest.mark.django_db

FIRST, LATER = 150_000, 30_000  # bytes
_FILE = re.compile(r'(?:href|src)="/static/([^"#]+)')


PAGES = {
    "attorney": ("desk", "dashboard", "families", "people", "screenings", "deadlines"),
    "paralegal": ("desk", "families", "people", "screenings", "deadlines"),
    "supervisor": ("dashboard", "families", "people", "screenings", "deadlines"),
}


def test_pages_are_light(cast: Cast) -> None:
    families = [
        make_family(cast.organization, attorney=cast.attorney, paralegal=cast.paralegal, determined=False)
        for _ in range(25)
    ]
    families.append(make_family(cast.organization, everything(), determined=False))
    keys = [family.pk for family in families]
    redetermine(organization=cast.organization, family_ids=keys, day=DAY)
    for role, names in PAGES.items():
        client = Client(headers={"accept-encoding": "gzip"})
        client.force_login(getattr(cast, role))
        for address in (*(reverse(name) for name in names), reverse("family", args=[keys[-1]])):
            answer = client.get(address)
            assert (answer.status_code, answer.headers["Content-Encoding"]) == (200, "gzip"), address
            _light(answer.content)


def _light(compressed: bytes) -> None:
    files = {
        re.sub(r"\.[0-9a-f]{12}(\.\w+)$", r"\1", name) for name in _FILE.findall(gzip.decompress(compressed).decode())
    }
    brought = sum(len(gzip.compress(_content(name))) for name in files)
    assert files, "the page's style was not found"
    assert len(compressed) <= LATER
    assert len(compressed) + brought <= FIRST


def _content(name: str) -> bytes:
    found = finders.find(name)
    assert found, name
    return Path(str(found)).read_bytes()
