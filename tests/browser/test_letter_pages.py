"""Papers and letters: readable for all, in both languages, on a phone, and with keys alone."""

import pytest
from playwright.sync_api import expect

from documents.letters.models import Letter
from families.models import Family
from tests.browser.conftest import Open, in_both_schemes
from tests.cast import Cast
from tests.documents.conftest import make_paper
from tests.factories import DAY, make_family, make_letter

pytestmark = pytest.mark.browser

PAGES = [
    "/families/{family}/letters/",
    "/letters/{letter}/",
    "/people/{person}/papers/",
    "/people/{person}/papers/?kind=i_862",
    "/letter-templates/",
    "/letter-templates/?kind=client&language=es",
    "/letter-templates/fields/",
]


@pytest.fixture
def family(cast: Cast) -> Family:
    """One with papers in every state."""
    made = make_family(cast.organization, attorney=cast.attorney)
    mother = made.persons.order_by("pk")[0]
    make_paper(mother, "i_862", served_on=DAY, note="In the blue folder")
    make_paper(mother, "i_869", "asked", asked_on=DAY)
    make_paper(mother, "g_28", "not_needed")
    return made


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("address", PAGES)
def test_every_page_can_be_read_by_all(
    at: Open, cast: Cast, family: Family, address: str, size: str, language: str
) -> None:
    letter = make_letter(family, cast.paralegal)
    cast.attorney.language = language
    cast.attorney.save(update_fields=["language"])
    person = family.persons.order_by("pk")[0]
    page = at(address.format(family=family.pk, letter=letter.pk, person=person.pk), cast.attorney, size=size)
    if language == "es" and page.locator("html").get_attribute("lang") != "es":
        page.get_by_role("button", name="Español", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)
    with in_both_schemes(page):
        for fold in page.locator("main summary").all():
            fold.click()


def test_a_letter_is_drafted_and_approved_with_keys_alone(at: Open, cast: Cast, family: Family) -> None:
    page = at(f"/families/{family.pk}/letters/", cast.attorney)
    page.get_by_role("button", name="(Español)").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mark")).to_have_text("DRAFT")
    page.get_by_role("button", name="Approve").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Approved. The letter may leave the office.")).to_be_visible()
    expect(page.locator(".mark")).to_have_count(0)
    assert Letter.objects.get().state == "approved"
