"""The calendar in a browser: readable for all, by keyboard, on a phone, in both languages."""

import datetime

import pytest
from playwright.sync_api import expect

from families.models import Family
from tests.browser.conftest import VIEWS, Open, in_both_schemes
from tests.cast import Cast
from tests.factories import make_closure, make_deadline, make_family, make_hearing, with_reevaluation

pytestmark = pytest.mark.browser
D = datetime.date


@pytest.fixture
def family(cast: Cast) -> Family:
    """One with a date of each kind in March."""
    record = with_reevaluation(interview_on="2019-03-20")
    found = make_family(cast.organization, record, attorney=cast.attorney, paralegal=cast.paralegal)
    person = found.persons.all()[0]
    make_deadline(found, D(2019, 3, 18), safe_on=D(2019, 3, 15), person=person)
    make_deadline(found, D(2019, 2, 26), title="Answer to the office")
    make_hearing(person, datetime.datetime(2019, 3, 11, 14, tzinfo=datetime.UTC))
    make_closure(cast.organization, D(2019, 3, 13))
    for number in range(8):
        make_deadline(found, D(2019, 3, 27), title=f"Letter {number}")
    return found


@VIEWS
@pytest.mark.parametrize("address", ["/calendar/", "/calendar/agenda/"])
def test_the_calendar_can_be_read_by_all(
    at: Open, cast: Cast, family: Family, address: str, size: str, language: str
) -> None:
    cast.attorney.language = language
    cast.attorney.save()
    page = at(address, cast.attorney, size=size)
    expect(page.get_by_text("Closed by an order, for the storm.").first).to_be_visible()
    with in_both_schemes(page):
        pass


def test_the_keyboard_alone_leads_to_other_months_and_back(at: Open, cast: Cast, family: Family) -> None:
    page = at("/calendar/", cast.attorney)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("March 2019")
    for name, shown in (("Earlier", "February 2019"), ("Later", "March 2019"), ("Later", "April 2019")):
        page.get_by_role("link", name=name).focus()
        page.keyboard.press("Enter")
        expect(heading).to_have_text(shown)
    page.get_by_role("navigation", name="Other days").get_by_role("link", name="Today").focus()
    page.keyboard.press("Enter")
    expect(heading).to_have_text("March 2019")
    page.get_by_label("Whose dates").select_option(label="the whole office")
    page.get_by_role("button", name="Show").press("Enter")
    expect(page).to_have_url(f"{page.url.split('?')[0]}?who=all&month=2019-03")


def test_on_a_phone_the_month_is_a_list_of_its_days(at: Open, cast: Cast, family: Family) -> None:
    page = at("/calendar/", cast.attorney, size="phone")
    expect(page.get_by_text("Friday, 15 March 2019")).to_be_visible()
    expect(page.get_by_text("Tuesday, 12 March 2019")).to_be_hidden()
