"""A new family by keyboard, on the telephone, and over a line that breaks: what was typed stays, and is saved once."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from families.models import Family
from families.wizard.models import IntakeDraft
from tests.browser.conftest import Open, in_both_schemes
from tests.cast import Cast

pytestmark = pytest.mark.browser


def type_who(page: Page) -> None:
    """The whole first screen by keyboard alone."""
    page.get_by_label("Family number").focus()
    page.keyboard.type("W-7")
    page.locator("#id-p1-given_names").focus()
    for text in ("Ópalo", "Cuarzo Ágata", "1986-03-14"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.locator("#id-p2-given_names").focus()
    for text in ("Jilguero", "Cuarzo Ágata", "2011-08-30"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_a_family_is_typed_by_keyboard(at: Open, cast: Cast, size: str) -> None:
    page = at("/desk/", cast.paralegal, size=size)
    page.get_by_role("link", name="New family").click()
    type_who(page)
    with in_both_schemes(page):
        expect(page.get_by_role("heading", level=1)).to_have_text("New family")
    page.get_by_role("button", name="Save the draft and go on").press("Enter")
    expect(page.get_by_label("Came in on").first).to_be_visible()
    expect(page.locator("#at-p1")).to_be_focused()
    page.locator("#id-p1-entry_on").fill("13/13/2018")
    page.get_by_role("button", name="Put the family on file").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("13/13/2018")
    expect(page.get_by_role("alert")).to_be_focused()
    with in_both_schemes(page):
        expect(page.locator("#id-p1-entry_on")).to_have_value("13/13/2018")
    page.locator("#id-p1-entry_on").fill("5/12/2018")
    page.get_by_role("button", name="Put the family on file").press("Enter")
    expect(page.get_by_role("status").filter(has_text="The family is on file.")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"/families/{Family.objects.get().pk}/$"))


def test_over_a_lost_line_what_was_typed_stays_and_is_saved_once(at: Open, cast: Cast) -> None:
    page = at("/families/new/", cast.paralegal)
    type_who(page)
    lost: list[str] = []

    def drop(route: Route) -> None:
        """The first is lost on its way; of the second, the answer is: it was saved, and nobody heard."""
        lost.append(route.request.post_data or "")
        if len(lost) == 2:
            route.fetch()
        route.abort("internetdisconnected") if len(lost) < 3 else route.continue_()

    page.route("**/families/new/", drop)
    page.get_by_role("button", name="Save the draft and go on").click()
    expect(page.locator("#line")).to_contain_text("Not saved yet")
    expect(page.locator("#id-p1-given_names")).to_have_value("Ópalo")
    expect(page.get_by_label("Came in on").first).to_be_visible(timeout=15_000)
    expect(page.locator("#id-p1-given_names")).to_have_value("Ópalo")
    assert len(lost) == 3
    assert len(set(lost)) == 1, "the same key each time"
    draft = IntakeDraft.objects.get()
    assert (draft.version, draft.content["step"]) == (1, 2)
    kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert "palo" not in kept, "nothing typed is kept in the browser"


def test_what_is_typed_while_it_tries_again_is_sent_too(at: Open, cast: Cast) -> None:
    page = at("/families/new/", cast.paralegal)
    type_who(page)
    tries: list[int] = []

    def drop(route: Route) -> None:
        tries.append(1)
        route.abort("internetdisconnected") if len(tries) < 3 else route.continue_()

    page.route("**/families/new/", drop)
    page.get_by_role("button", name="Save the draft and go on").click()
    expect(page.locator("#line")).to_contain_text("Not saved yet")
    page.locator("#id-p1-country").fill("Guatemala")
    expect(page.get_by_label("Came in on").first).to_be_visible(timeout=15_000)
    expect(page.locator("#id-p1-country")).to_have_value("Guatemala")
    assert IntakeDraft.objects.get().content["persons"][0]["country"] == "Guatemala"
