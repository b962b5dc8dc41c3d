"""A sheet of somebody behind a wall neither changes the family nor tells of it; nor does a colleague's report."""

import io
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from families.intake.importing import import_sheet
from families.intake.models import ImportJob
from families.intake.report import Report
from families.models import Family, Person
from tests.access.conftest import ClientOf
from tests.cast import Cast
from tests.factories import DAY, make_family, make_wall
from tests.intake.sheets import parent, write_csv

CANARY = "Quetzalcanario"
COUNTS = Report().as_json()


@pytest.fixture
def hidden(cast: Cast) -> Person:
    """The mother of a family from which the attorney is walled off."""
    family = make_family(cast.organization, reference="F1")
    Person.objects.filter(family=family).update(given_names=CANARY, contact_note=CANARY)
    mother: Person = family.persons.get(reference="p1")
    make_wall(family, cast.attorney, cast.supervisor)
    return mother


def bring(cast: Cast, actor: User, path: Path, *rows: Any) -> Report:
    sheet = write_csv(path / "sheet.csv", rows)
    return import_sheet(actor=actor, organization=cast.organization, path=sheet, day=DAY, refused=io.StringIO())


def test_the_family_is_neither_changed_nor_told_of(cast: Cast, hidden: Person, tmp_path: Path) -> None:
    before = list(Person.objects.order_by("pk").values())
    rows = [parent("F1", "p1", given_names="Otra"), parent("F9", "p1", a_number=hidden.a_number)]
    walled = bring(cast, cast.attorney, tmp_path, *rows)
    assert walled.families.refused == 2
    assert {(error.column, CANARY in str(error), "Ask a supervisor" in error.message) for error in walled.errors} == {
        ("family_ref", False, True),
        ("a_number", False, True),
    }
    assert not [error for error in walled.errors if error.family_ref == "F9" and "F1" in error.message]
    assert list(Person.objects.order_by("pk").values()) == before
    seen = bring(cast, cast.paralegal, tmp_path, *rows)
    assert [error.message for error in seen.errors if "F1" in error.message]
    assert bring(cast, cast.attorney, tmp_path, parent("F2", "p1")).families.created == 1
    assert Family.objects.filter(reference="F2").exists()


def test_a_colleagues_report_that_names_the_family_is_not_there(
    cast: Cast, hidden: Person, client_of: ClientOf
) -> None:
    report = {
        **COUNTS,
        "errors": [{"row": 2, "family_ref": "F1", "person_ref": "p1", "column": "role", "value": "x", "message": "y"}],
    }
    jobs = [
        ImportJob.objects.create(
            organization=cast.organization,
            user=cast.paralegal,
            file_name=name,
            state="imported",
            report=of,
            refused="1",
        )
        for name, of in (("telling.csv", report), ("harmless.csv", {**COUNTS, "errors": []}), ("waiting.csv", None))
    ]
    pages = {who: client_of(who).get("/intake/").content.decode() for who in (cast.attorney, cast.paralegal)}
    assert "telling.csv" not in pages[cast.attorney]
    assert "telling.csv" in pages[cast.paralegal]
    assert "harmless.csv" in pages[cast.attorney]
    assert "waiting.csv" in pages[cast.attorney]
    for part in ("", "report/", "refused/"):
        address = f"/intake/{jobs[0].pk}/{part}"
        assert client_of(cast.attorney).get(address).status_code == 404
        assert client_of(cast.paralegal).get(address).status_code == 200
