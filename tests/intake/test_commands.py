"""The commands: what they print, where they write, and their exit status."""

import datetime
import io
import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from accounts.models import Organization
from families.models import Family
from settlement.engine import decide
from tests.intake.sheets import child, parent, write_csv

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> str:
    call_command("create_organization", "office", "--name", "Office", stdout=io.StringIO())
    return "office"


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit status and what stands on standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err)
    except CommandError as error:
        return error.returncode, out.getvalue(), str(error)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_an_organization_is_made_once(office: str) -> None:
    assert run("create_organization", office, "--name", "Office")[0] == 0
    assert run("create_organization", office, "--name", "Another")[0] == 1
    assert run("create_organization", "no spaces", "--name", "Office")[0] == 1
    assert list(Organization.objects.values_list("slug", "name")) == [("office", "Office")]


def test_a_clean_sheet_ends_with_0(office: str, tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "a.csv", [parent()])
    status, out, err = run("import_intake", str(sheet), "--organization", office)
    assert (status, err) == (0, "")
    assert "1 created" in out


def test_something_refused_ends_with_1_and_is_written(office: str, tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "a.csv", [parent(), parent("F2", role="aunt", given_names="José")])
    report, refused = tmp_path / "report.json", tmp_path / "refused.csv"
    arguments = ["import_intake", str(sheet), "--organization", office]
    status, _out, err = run(*arguments, "--report", str(report), "--refused", str(refused))
    assert status == 1
    assert "Row 3, role" in err
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["families"] == {"created": 1, "changed": 0, "unchanged": 0, "conflict": 0, "refused": 1}
    [error] = told["errors"]
    assert {name: error[name] for name in ("row", "family_ref", "person_ref", "column", "value")} == {
        "row": 3,
        "family_ref": "F2",
        "person_ref": "p1",
        "column": "role",
        "value": "aunt",
    }
    assert refused.read_text(encoding="utf-8").splitlines()[1].startswith("F2,p1,aunt,José,Uno Dos,")
    assert run(*arguments, "--dry-run")[0] == 1


def test_a_dry_run_says_so_and_changes_nothing(office: str, tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "a.csv", [parent()])
    status, out, _err = run("import_intake", str(sheet), "--organization", office, "--dry-run")
    assert status == 0
    assert "nothing was changed" in out
    assert not Family.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\x00", b"hello", b"PK\x03\x04"])
def test_a_file_that_cannot_be_read_ends_with_2_and_one_line(office: str, tmp_path: Path, content: bytes) -> None:
    sheet, report = tmp_path / "a.csv", tmp_path / "report.json"
    sheet.write_bytes(content)
    status, out, err = run("import_intake", str(sheet), "--organization", office, "--report", str(report))
    assert (status, out) == (2, "")
    assert err
    assert "\n" not in err
    assert not report.exists()


def test_files_that_cannot_be_used_end_with_2_before_anything_is_written(office: str, tmp_path: Path) -> None:
    sheet = write_csv(tmp_path / "a.csv", [parent()])
    for wrong in (tmp_path, tmp_path / "none" / "r.json", sheet):
        assert run("import_intake", str(sheet), "--organization", office, "--refused", str(wrong))[0] == 2
    assert sheet.read_text(encoding="utf-8").startswith("family_ref")
    assert not Family.objects.exists()
    assert run("import_intake", str(tmp_path / "none.csv"), "--organization", office)[0] == 2


@pytest.mark.parametrize("command", ["export_facts", "determine", "import_intake"])
def test_an_unknown_organization_ends_with_2(tmp_path: Path, command: str) -> None:
    sheet = [str(write_csv(tmp_path / "a.csv", [parent()]))] if command == "import_intake" else []
    status, out, err = run(command, *sheet, "--organization", "nowhere")
    assert (status, out) == (2, "")
    assert "nowhere" in err


@pytest.mark.parametrize("day", ["yesterday", "2019-02-30", "01/03/2019", "2019-3-1", "20190301"])
def test_a_day_that_is_none_ends_with_2(office: str, day: str) -> None:
    assert run("determine", "--organization", office, "--as-of", day)[0] == 2


def test_facts_and_decisions_are_lines_in_order_of_the_families(office: str, tmp_path: Path) -> None:
    rows = [parent("b"), parent("Á"), parent("a 2"), child("a 2", parent_refs="p1"), parent("B")]
    run("import_intake", str(write_csv(tmp_path / "a.csv", rows)), "--organization", office)
    _status, out, _err = run("export_facts", "--organization", office, "--as-of", "2019-03-01")
    facts = [json.loads(line) for line in out.splitlines()]
    assert [record["family"] for record in facts] == ["B", "a 2", "b", "Á"]
    assert {record["as_of"] for record in facts} == {"2019-03-01"}
    assert facts[1]["persons"][1]["parents"] == [{"parent": "p1"}]
    _status, out, _err = run("determine", "--organization", office, "--as-of", "2019-03-01")
    assert [json.loads(line) for line in out.splitlines()] == [decide(record) for record in facts]


def test_without_a_day_it_is_today(office: str, tmp_path: Path, settings: Settings) -> None:
    settings.AMPARO_TODAY = datetime.date(2018, 12, 10)
    run("import_intake", str(write_csv(tmp_path / "a.csv", [parent()])), "--organization", office)
    _status, out, _err = run("export_facts", "--organization", office)
    assert json.loads(out)["as_of"] == "2018-12-10"
    assert Family.objects.get().determinations.get().through_day == datetime.date(2018, 12, 10)


def test_lines_end_quietly_when_nobody_reads_any_more() -> None:
    """As with `| head -1`: no traceback, whatever the number of lines."""
    program = (
        "import django; django.setup(); from django.core.management.base import BaseCommand;"
        "from families.management.shared import print_lines;"
        "print_lines(BaseCommand(), ({'n': n} for n in range(10**6)))"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline() == b'{"n": 0}\n'
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0
