"""The pages about colleagues, about who sees a family, and the trace: readable for all, with keys alone."""

import re

import pytest
from playwright.sync_api import expect

from accounts.invitations import hash_of
from accounts.models import Invitation
from families.models import Family
from tests.browser.conftest import Open, in_both_schemes, unfold
from tests.cast import Cast
from tests.factories import make_family, make_invitation, make_opening, make_wall

pytestmark = pytest.mark.browser

PAGES = {
    "administrator": {
        "/colleagues/": "Colleagues",
        "/colleagues/{attorney}/": "{attorney name}",
        "/colleagues/invite/": "Invite a colleague",
        "/permissions/": "Who may do what",
    },
    "supervisor": {
        "/families/{family}/access/": "Who sees this family",
        "/trace/?family={family}": "Trace of family {reference}",
    },
    "auditor": {
        "/trace/": "Trace",
        "/families/{family}/": "Your role does not include this",
    },
}


@pytest.fixture
def family(cast: Cast) -> Family:
    """One with a wall and an opening, in an office that has invited somebody."""
    made = make_family(cast.organization, attorney=cast.attorney)
    make_wall(made, cast.paralegal, cast.supervisor)
    make_opening(made, cast.volunteer, cast.supervisor)
    make_invitation(cast.administrator)
    return made


@pytest.mark.parametrize("size", ["wide", "narrow"])
@pytest.mark.parametrize("role", PAGES)
def test_every_page_can_be_read_by_all(at: Open, cast: Cast, family: Family, size: str, role: str) -> None:
    names = {"family": family.pk, "attorney": cast.attorney.pk, "attorney name": cast.attorney.name}
    names["reference"] = family.reference
    page = at("/desk/", getattr(cast, role), size=size)
    for address, heading in PAGES[role].items():
        page.goto(address.format(**names))
        expect(page.get_by_role("heading", level=1)).to_have_text(heading.format(**names))
        with in_both_schemes(page):
            unfold(page)


def test_who_is_invited_makes_an_account_and_is_led_to_sign_in(at: Open, cast: Cast) -> None:
    invitation = make_invitation(cast.administrator)
    Invitation.objects.filter(pk=invitation.pk).update(token_hash=hash_of("a token of a test"))
    page = at("/invitation/a token of a test/")
    expect(page).to_have_url(re.compile(r"/invitation/$"))
    with in_both_schemes(page):
        page.get_by_label("A password of your own").fill("short")
        page.get_by_role("button", name="Make my account").click()
        expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("A password of your own").fill("seven lanterns over the bay")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your account is ready.")).to_be_visible()
