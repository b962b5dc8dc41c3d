"""What to ask, in a browser: readable for all, on the screen, on the telephone and on paper; and one fact tried out."""

import re

import pytest
from playwright.sync_api import expect

from tests.asking.test_questions import refused
from tests.browser.conftest import VIEWS, Open, in_both_schemes, unfold
from tests.cast import Cast
from tests.factories import make_family, mother_and_son

pytestmark = pytest.mark.browser


@VIEWS
def test_the_questions_can_be_read_by_all(at: Open, cast: Cast, size: str, language: str) -> None:
    cast.attorney.language = language
    cast.attorney.save()
    mother = make_family(cast.organization, refused()).persons.order_by("pk")[0]
    page = at(f"/people/{mother.pk}/questions/", cast.attorney, size=size)
    with in_both_schemes(page):
        unfold(page)
        expect(
            page.locator("p[lang=es]", has_text="¿le preguntó el oficial cómo se sentía usted").first
        ).to_be_visible()
    page.emulate_media(media="print")
    expect(page.locator("p[lang=es]", has_text="Un notario no es abogado.")).to_be_visible()


def test_from_the_family_to_the_questions_and_one_fact_tried_by_keyboard(at: Open, cast: Cast) -> None:
    record = mother_and_son()
    del record["persons"][0]["departures"]
    family = make_family(cast.organization, record)
    page = at(f"/families/{family.pk}/", cast.attorney)
    with in_both_schemes(page):
        expect(page.get_by_text("One answer may change this:")).to_be_visible()
    page.get_by_role("link", name=re.compile("What to ask")).first.click()
    page.get_by_role("link", name="What if: try one fact").click()
    page.get_by_label("Fact and value").focus()
    page.keyboard.type("depart")
    with in_both_schemes(page):
        expect(page.locator("#effect").get_by_text("Nothing is saved.")).to_be_visible()
    expect(page.get_by_label("Fact and value")).to_be_focused()
