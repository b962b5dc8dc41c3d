"""Sign-in, the family page and recording an outcome, as somebody uses them: with a mouse, with keys, on a telephone."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from families.models import Family
from screenings.models import Screening
from screenings.services import screening_record
from tests.browser.conftest import Open, assert_accessible, in_both_schemes, unfold
from tests.cast import Cast
from tests.factories import DAY, PASSWORD, everything, make_family, mother_and_son, with_reevaluation

pytestmark = pytest.mark.browser


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, with_reevaluation(interview_on="2019-02-01"))


@pytest.fixture
def screening(family: Family) -> Screening:
    return Screening.objects.get(basis="reevaluation")


def undetermined() -> Any:
    record = mother_and_son()
    del record["persons"][0]["noncitizen"]
    return record


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_signing_in_with_keys_alone(at: Open, cast: Cast, family: Family, size: str) -> None:
    page = at(f"/families/{family.pk}/", size=size)
    assert_accessible(page)
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type(cast.attorney.email)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    with in_both_schemes(page):
        expect(page.get_by_label("E-mail address")).to_have_value(cast.attorney.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"/families/{family.pk}/$"))


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("record", [everything, undetermined], ids=["everything", "undetermined"])
def test_the_family_page_can_be_read_by_all(at: Open, cast: Cast, size: str, record: Any) -> None:
    family = make_family(cast.organization, record())
    page = at(f"/families/{family.pk}/", cast.attorney, size=size)
    with in_both_schemes(page):
        unfold(page)
    for control in page.locator("main .button:visible, main summary:visible").all():
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= 44, control.inner_text()


def test_the_skip_link_leads_past_the_frame(at: Open, cast: Cast, family: Family) -> None:
    page = at(f"/families/{family.pk}/", cast.attorney)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_on_paper_the_folds_are_open_and_the_controls_gone(at: Open, cast: Cast, family: Family) -> None:
    page = at(f"/families/{family.pk}/", cast.attorney)
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.locator("nav").first).to_be_hidden()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("details:not([open])")).to_have_count(0)
    expect(page.get_by_text("Reported: confirm with class counsel").first).to_be_visible()
    # Paper leaves the office: what finds a person stays here.
    number = family.persons.order_by("pk")[0].a_number
    assert number is not None
    expect(page.get_by_text(number)).to_be_hidden()
    expect(page.get_by_text(f"A…{number[-3:]}")).to_be_visible()
    expect(page.get_by_text("Safe contact").first).to_be_hidden()


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_an_outcome_is_seen_before_it_is_saved(
    at: Open, cast: Cast, family: Family, screening: Screening, size: str
) -> None:
    page = at(f"/screenings/{screening.pk}/record/", cast.paralegal, size=size)
    assert_accessible(page)
    page.get_by_role("radio", name="decided", exact=True).check()
    page.get_by_role("radio", name="negative", exact=True).check()
    page.locator("input[name=decided_on]").fill("2019-02-20")
    page.get_by_role("radio", name="Yes").check()
    page.get_by_role("radio", name="refused review").check()
    # Nothing was clicked: what is typed shows at once what it would change.
    expect(page.get_by_text("Protection gets weaker.").first).to_be_visible()
    expect(page.get_by_text("20 February 2019")).to_be_visible()
    with in_both_schemes(page):
        expect(page.get_by_text("Have class counsel confirm in writing")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(re.compile(f"/families/{family.pk}/$"))
    expect(page.get_by_role("status")).to_contain_text("Saved.")


def test_without_javascript_the_same_can_be_done(at: Open, cast: Cast, family: Family, screening: Screening) -> None:
    page = at(f"/screenings/{screening.pk}/record/", cast.paralegal, java_script_enabled=False)
    page.locator("input[name=status][value=withdrawn]").check()
    page.get_by_role("button", name="Show what this changes").click()
    expect(page.get_by_text("Then:").first).to_be_visible()
    expect(page.locator("input[name=status][value=withdrawn]")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_refused_form_takes_one_to_what_is_wrong(at: Open, cast: Cast, screening: Screening) -> None:
    page = at(f"/screenings/{screening.pk}/record/", cast.paralegal)
    page.get_by_role("radio", name="positive", exact=True).check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_role("alert").get_by_role("link").first.click()
    expect(page.get_by_role("radio", name="positive", exact=True)).to_be_checked()


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_two_people_at_one_screening(at: Open, cast: Cast, screening: Screening, size: str) -> None:
    page = at(f"/screenings/{screening.pk}/record/", cast.paralegal, size=size)
    page.locator("input[name=interview_on]").fill("2019-02-03")
    screening_record(
        actor=cast.attorney,
        screening_id=screening.pk,
        version=1,
        values={"interview_on": "2019-02-04"},
        key=None,
        day=DAY,
    )
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text(cast.attorney.name)
    with in_both_schemes(page):
        page.get_by_label("You typed: 3 February 2019").check()
    page.get_by_role("button", name="Save what I chose").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    screening.refresh_from_db()
    assert str(screening.interview_on) == "2019-02-03"


@pytest.mark.parametrize("address", ["/nowhere/", "/families/0/"])
def test_a_page_that_is_not_there_says_so_well(at: Open, cast: Cast, address: str) -> None:
    with in_both_schemes(page := at(address, cast.attorney)):
        expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page here")
