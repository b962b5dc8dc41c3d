"""Bringing a sheet, as somebody does it: choose a file, read the report, have it brought in."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from families.intake.jobs import run_job
from families.intake.models import ImportJob
from families.models import Family
from tests.browser.conftest import Open, in_both_schemes
from tests.cast import Cast
from tests.intake.sheets import child, parent, write_csv

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_sheet_from_file_to_families(at: Open, cast: Cast, tmp_path: Path, size: str) -> None:
    sheet = write_csv(
        tmp_path / "families.csv", [parent(), child(parent_refs="p1"), parent("F2", birth_date="5/14/86")]
    )
    page = at("/intake/", cast.paralegal, size=size)
    with in_both_schemes(page):
        page.get_by_role("button", name="Look at it").click()
    expect(page.get_by_role("alert")).to_be_focused()

    page.get_by_label("The sheet").set_input_files(sheet)
    page.get_by_role("button", name="Look at it").click()
    with in_both_schemes(page):
        expect(page.get_by_role("progressbar")).to_be_visible()
    job = ImportJob.objects.get()
    run_job(job.pk)  # as the worker does
    with in_both_schemes(page):
        expect(page.get_by_text("Nothing is written yet.")).to_be_visible()  # the page has followed by itself
    expect(page.get_by_role("row", name="5/14/86")).to_be_visible()
    assert not Family.objects.exists()

    expect(page.get_by_text("confirmed as a whole by an attorney or a supervisor")).to_be_visible()
    page = at("/proposals/", cast.supervisor, size=size)
    with in_both_schemes(page):
        page.get_by_role("link", name="families.csv").click()
    page.get_by_role("button", name="Confirm and bring it in").click()
    expect(page.get_by_text("waiting to be brought in")).to_be_visible()
    run_job(job.pk)
    with in_both_schemes(page):
        expect(page.get_by_role("link", name="See the families")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the refused rows").click()
    assert "F2,p1" in download.value.path().read_text(encoding="utf-8")
    page.get_by_role("link", name="See the families").click()
    expect(page.get_by_role("heading", name="1 family")).to_be_visible()
