"""Papers and letters: readable for all in every state, in both languages, on a phone, on paper, and with keys alone."""

import pytest
from playwright.sync_api import expect

from documents.letters.models import Letter
from documents.letters.services import letter_approve, letter_draft, letter_send, letter_withdraw
from families.models import Family
from tests.browser.conftest import VIEWS, Open, in_language, look_at
from tests.cast import Cast
from tests.documents.conftest import make_paper
from tests.factories import DAY, make_family

pytestmark = pytest.mark.browser

PAGES = [
    "/families/{family}/letters/",
    "/letters/{draft}/",
    "/letters/{approved}/",
    "/letters/{sent}/",
    "/letters/{withdrawn}/",
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


def letters_of(family: Family, cast: Cast) -> dict[str, int]:
    """A letter in each state, by its name."""
    person, made = family.persons.order_by("pk")[0], {}
    for state in Letter.State.values:
        pk = letter_draft(actor=cast.paralegal, person_id=person.pk, kind="client", language="en", key=None, day=DAY)
        if state in ("approved", "sent"):
            letter_approve(actor=cast.attorney, letter_id=pk, version=1, key=None, day=DAY)
        if state == "sent":
            values = {"sent_on": DAY, "how": "hand"}
            letter_send(actor=cast.paralegal, letter_id=pk, version=2, values=values, key=None, day=DAY)
        if state == "withdrawn":
            letter_withdraw(actor=cast.paralegal, letter_id=pk, version=1, reason="Not needed.", key=None)
        made[state] = pk
    return made


@VIEWS
def test_every_page_can_be_read_by_all(at: Open, cast: Cast, family: Family, size: str, language: str) -> None:
    keys = {**letters_of(family, cast), "family": family.pk, "person": family.persons.order_by("pk")[0].pk}
    page = at("/", cast.attorney, size=size)
    in_language(page, language)
    for address in PAGES:
        look_at(page, address.format(**keys), dark=(size, language) == ("wide", "en"))


def test_on_paper_a_draft_says_so_and_nothing_but_the_letter_is_there(at: Open, cast: Cast, family: Family) -> None:
    keys = letters_of(family, cast)
    page = at(f"/letters/{keys['draft']}/", cast.attorney)
    page.emulate_media(media="print")
    expect(page.locator(".mark")).to_be_visible()
    for gone in ("Approve", "Save the text", "Print"):
        expect(page.get_by_role("button", name=gone)).to_be_hidden()
    expect(page.get_by_text("Where it stands")).to_be_hidden()
    page.goto(f"/letters/{keys['approved']}/")
    expect(page.locator(".mark")).to_have_count(0)
    page.goto(f"/letters/{keys['withdrawn']}/")
    expect(page.locator(".mark")).to_be_visible()


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
