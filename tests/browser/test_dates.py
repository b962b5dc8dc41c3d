"""The pages of dates, as one person enters a date and another checks and confirms it."""

import pytest
from playwright.sync_api import expect

from deadlines.models import Deadline, OfficeRule
from families.models import Family
from tests.browser.conftest import VIEWS, Open, in_both_schemes
from tests.cast import Cast
from tests.deadlines.test_refresh import ordered_removed
from tests.factories import DAY, make_closure, make_family, make_office_rule

pytestmark = pytest.mark.browser


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, ordered_removed(), attorney=cast.attorney, paralegal=cast.paralegal)


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_a_date_is_corrected_checked_and_confirmed(at: Open, cast: Cast, family: Family, size: str) -> None:
    appeal = Deadline.objects.get(family=family, kind="appeal")
    page = at(f"/dates/{appeal.pk}/", cast.paralegal, size=size)
    with in_both_schemes(page):
        expect(page.get_by_text("Day 0. It is not counted.")).to_be_visible()
    correct = page.get_by_role("region", name="The last day is another one")
    correct.get_by_label("The last day is").fill("2019-03-29")
    correct.get_by_role("button", name="Correct the day").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why the day is another one.")
    correct.get_by_label("Reason").fill("Mailed later.")
    correct.get_by_role("button", name="Correct the day").click()
    expect(page.get_by_role("status")).to_contain_text("both days stand")

    page = at(f"/dates/{appeal.pk}/", cast.attorney, size=size)
    with in_both_schemes(page):
        expect(page.get_by_role("heading", name="One person alone stands behind this date")).to_be_visible()
    page.get_by_role("button", name="I have checked it: confirm").click()
    expect(page.get_by_role("status")).to_contain_text("Two people have looked at this date.")
    with in_both_schemes(page):
        expect(page.get_by_text("Mailed later.").first).to_be_visible()


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_date_by_hand_and_the_catalogue(at: Open, cast: Cast, family: Family, size: str) -> None:
    make_closure(cast.organization, DAY)
    page = at(f"/families/{family.pk}/dates/new/", cast.supervisor, size=size)
    with in_both_schemes(page):
        page.get_by_role("link", name="A hearing or an appointment").click()
    with in_both_schemes(page):
        expect(page.get_by_label("Time zone of the place")).to_be_visible()
    page.get_by_label("Day", exact=True).fill("2019-04-15")
    page.get_by_label("Time", exact=True).fill("9:00")
    page.get_by_role("button", name="Put it in the book").click()
    expect(page.get_by_role("status")).to_contain_text("The date is in the book.")
    for path in ("/dates/catalogue/", "/dates/closures/"):
        page.goto(path)
        with in_both_schemes(page):
            expect(page.get_by_role("heading", level=1)).to_be_visible()


@VIEWS
def test_the_rules_of_the_office_can_be_read_by_all(at: Open, cast: Cast, size: str, language: str) -> None:
    cast.supervisor.language = language
    cast.supervisor.save()
    rule = make_office_rule(cast.organization)
    page = at("/dates/rules/", cast.supervisor, size=size)
    known = "/dates/rules/known/?kind=office_contact"
    for path in ("/dates/rules/", known, "/dates/rules/new/", f"/dates/rules/{rule.pk}/"):
        page.goto(path)
        with in_both_schemes(page):
            expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_a_rule_is_made_and_switched_off_by_keyboard(at: Open, cast: Cast) -> None:
    page = at("/dates/rules/", cast.administrator)
    page.get_by_role("link", name="Make a rule").press("Enter")
    page.get_by_label("What is due").fill("Ask who goes with them to the hearing")
    page.get_by_label("Number of days").fill("three")
    page.get_by_role("button", name="Save").press("Enter")
    with in_both_schemes(page):
        expect(page.get_by_role("alert")).to_contain_text("Write a number of days.")
    page.get_by_label("What sets it off").select_option(value="hearing")
    page.get_by_label("Number of days").fill("-3")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    expect(page.get_by_text("3 days before")).to_be_visible()
    page.get_by_role("link", name="Ask who goes with them to the hearing").press("Enter")
    page.get_by_label("Switched on").press("Space")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_text("Switched off").last).to_be_visible()
    assert not OfficeRule.objects.get().is_on
