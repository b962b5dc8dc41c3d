"""Desks, lists and the dashboard as somebody uses them: found, filtered, counted, assigned; readable for all."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.scope import acting_for
from desks.report.services import report_make
from families.models import Family, Person
from tests.browser.conftest import Open, assert_accessible, in_both_schemes, unfold
from tests.cast import Cast
from tests.desks import records
from tests.factories import DAY, make_family, make_user, with_reevaluation

pytestmark = pytest.mark.browser

# By role; what needs a report made comes last, for a report is compared with one before a family was taken out.
PAGES = {
    "attorney": {
        "/desk/": "My families, the most exposed first",
        "/desk/changes/": "What others changed since I last looked",
        "/desk/questions/": "Not known whether protected: what to ask",
        "/families/?sort=nonsense": "This address asks for what there is not",
    },
    "paralegal": {
        "/desk/": "What to do next",
        "/deadlines/": "Deadlines",
        "/screenings/": "Outcomes awaited",
    },
    "supervisor": {
        "/dashboard/": "Who stands where",
        "/dashboard/movement/": "How it moved, week by week",
        "/dashboard/moved/": "Who moved between 22 February 2019 and 1 March 2019, and why",
        "/dashboard/day/": "Who stood where on 1 March 2019",
        "/dashboard/workload/": "Workload, and what lay untouched the longest",
        "/families/": "Families",
        "/people/": "People",
        "/dashboard/report/": "Reports in numbers",
        "/dashboard/report/{report}/": "Report in numbers, as of 1 March 2019",
        "/dashboard/report/{report}/?public=1": "Report in numbers, as of 1 March 2019",
        "/dashboard/report/{report}/moves/": "What moved since the report before, and why",
        "/dashboard/report/{report}/people/?table=members": "C. Covered by the 2018 agreement",
        "/dashboard/report/{report}/again/": "Counted again",
    },
}


@pytest.fixture
def families(cast: Cast) -> list[Family]:
    """One of each exposure, one to record today, and one of nobody."""
    people: dict[str, Any] = {"attorney": cast.attorney, "paralegal": cast.paralegal}
    made = [make_family(cast.organization, record(), **people) for record in records.ALL.values()]
    made.append(make_family(cast.organization, with_reevaluation(interview_on=DAY.isoformat()), **people))
    made.append(make_family(cast.organization, records.dated(), reference="NOBODYS"))
    return made


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_can_be_read_by_all(at: Open, cast: Cast, families: list[Family], size: str, role: str) -> None:
    page, report = at("/desk/", getattr(cast, role), size=size), 0
    for address, heading in PAGES[role].items():
        if "{report}" in address and not report:
            report = _report(cast, families)
        page.goto(address.format(report=report))
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        with in_both_schemes(page):
            unfold(page)


def _report(cast: Cast, families: list[Family]) -> int:
    """A report with another one before it, by a colleague, so that the page offers to check it."""
    maker = make_user(cast.organization, "supervisor")
    with acting_for(maker):
        report_make(actor=maker, key=None, day=DAY)
        families[0].delete()
        return report_make(actor=maker, key=None, day=DAY)


def test_a_number_opens_its_list_and_the_filter_stays_in_the_address(
    at: Open, cast: Cast, families: list[Family]
) -> None:
    page = at("/dashboard/", cast.supervisor)
    page.get_by_label("Attorney").select_option(label=cast.attorney.name)
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(rf"/dashboard/\?attorney={cast.attorney.pk}$"))
    number = page.locator("#stand tbody tr").first.get_by_role("link").first
    told = int(re.findall(r"\d+", number.inner_text())[0])
    number.click()
    expect(page).to_have_url(re.compile(rf"attorney={cast.attorney.pk}&removal=barred"))
    expect(page.locator("#count")).to_contain_text(f"{told} families")
    expect(page.locator("tbody tr")).to_have_count(told)


@pytest.mark.parametrize("address", ["/families/", "/people/", "/deadlines/"])
def test_a_printed_list_is_the_list_alone(at: Open, cast: Cast, families: list[Family], address: str) -> None:
    page = at(address, cast.supervisor)
    shown = page.locator("main tbody tr").count()
    page.emulate_media(media="print")
    assert shown > 0
    expect(page.locator("main tbody tr:visible")).to_have_count(shown)
    expect(page.locator("main :is(input, select, textarea, button, .tick):visible")).to_have_count(0)


def test_a_supervisor_gives_a_family_to_an_attorney(at: Open, cast: Cast, families: list[Family]) -> None:
    page = at("/families/?attorney=-", cast.supervisor)
    page.get_by_label("Choose family NOBODYS").check()
    page.get_by_text("Assign families").click()
    page.get_by_label("Give to attorney").select_option(label=cast.attorney.name)
    page.get_by_role("button", name="Look at the change").click()
    expect(page.get_by_text("1 family changes, of 1 that you ticked.")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Assign them").click()
    expect(page.get_by_role("status")).to_contain_text("1 family was assigned.")
    assert Family.objects.get(reference="NOBODYS").attorney == cast.attorney


def test_searching_with_keys_alone_leaves_no_name_in_the_address(at: Open, cast: Cast, families: list[Family]) -> None:
    Person.objects.filter(family=families[0], reference="p1").update(
        given_names="Ñandutí", family_names="Ópalo Wolframio"
    )
    page = at("/families/", cast.paralegal, size="phone")
    page.get_by_label("Search").focus()
    page.keyboard.type("wolframio nanduti")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_contain_text("1 family")
    expect(page.get_by_role("link", name=re.compile("Ópalo Wolframio"))).to_be_visible()
    assert "nanduti" not in page.url
    expect(page.get_by_label("Search")).to_have_value("wolframio nanduti")


def test_from_the_desk_straight_to_recording_the_outcome(at: Open, cast: Cast, families: list[Family]) -> None:
    page = at("/desk/", cast.paralegal)
    first = page.locator(".queue tbody tr:not(.kind)").first
    expect(first).to_contain_text("today")
    first.get_by_role("link", name=re.compile("^Record")).click()
    expect(page).to_have_url(re.compile(r"/desk/queue/\d+/$"))


def test_the_download_is_a_file(at: Open, cast: Cast, families: list[Family]) -> None:
    page = at("/people/?role=child", cast.attorney)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download this list (CSV)").click()
    assert download.value.suggested_filename == f"people-{DAY.isoformat()}.csv"
