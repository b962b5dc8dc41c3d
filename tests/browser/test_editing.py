"""Changing the record in a browser: seen before it is saved, by keyboard, on a phone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from families.models import Custody, Family
from tests.browser.conftest import Open, assert_accessible, in_both_schemes
from tests.cast import Cast
from tests.factories import everything, make_family

pytestmark = pytest.mark.browser


@pytest.fixture
def family(cast: Cast) -> Family:
    return make_family(cast.organization, everything())


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_fact_is_found_changed_and_its_effect_seen_before(at: Open, cast: Cast, family: Family, size: str) -> None:
    page = at(f"/families/{family.pk}/", cast.paralegal, size=size)
    page.locator("summary").filter(has_text="What is on file").nth(1).click()
    page.get_by_role("link", name=re.compile("Change.*Parents")).click()
    assert_accessible(page)
    page.get_by_role("radio", name="someone else").check()
    expect(page.get_by_text("Protection gets weaker.").first).to_be_visible()
    with in_both_schemes(page):
        expect(page.get_by_text("This takes effect when a second person has confirmed it")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("waits until an attorney or a supervisor")


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_other_forms_can_be_read_and_used_by_all(at: Open, cast: Cast, family: Family, size: str) -> None:
    mother = family.persons.get(reference="p1")
    page = at(f"/people/{mother.pk}/", cast.attorney, size=size)
    with in_both_schemes(page):
        expect(page.get_by_label("Telephone")).to_be_visible()
    page.goto(f"/people/{mother.pk}/facts/new/")
    assert_accessible(page)
    page.get_by_role("link", name="Election form").click()
    assert_accessible(page)
    page.goto(f"/families/{family.pk}/people/new/")
    assert_accessible(page)


def test_taking_off_file_is_an_act_of_its_own_by_keys_and_without_javascript(
    at: Open, cast: Cast, family: Family
) -> None:
    custody = Custody.objects.order_by("pk")[0]
    page = at(f"/custody/{custody.pk}/", cast.paralegal, java_script_enabled=False)
    page.get_by_role("link", name="This never was so").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="On file now")).to_be_visible()
    page.get_by_role("button", name="Take off file").click()
    expect(page.get_by_text("Say why this is erased.").first).to_be_visible()
    page.get_by_label("Why").fill("It was her sister's paper.")
    page.get_by_role("button", name="Take off file").press("Enter")
    expect(page).to_have_url(re.compile(f"/families/{family.pk}/$"))
    expect(page.get_by_text("has confirmed that it is taken off file")).to_be_visible()


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_page_of_taking_off_file_can_be_read_by_all(at: Open, cast: Cast, family: Family, size: str) -> None:
    page = at(f"/custody/{Custody.objects.order_by('pk')[0].pk}/", cast.paralegal, size=size)
    page.get_by_role("link", name="This never was so").click()
    with in_both_schemes(page):
        expect(page.get_by_role("heading", name="On file now")).to_be_visible()
