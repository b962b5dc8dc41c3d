"""The pages around a family that nobody else looks at: contacts, the client's page, the drawn family, and how it moved.

Both languages, on a desk's screen and on a phone; several pages with one sign-in, for each start of a page costs time.
"""

import datetime
import re
from typing import Any

import pytest
from playwright.sync_api import expect

from families.contacts.services import contact_add
from families.models import Family
from settlement.determine import determine_earlier
from tests.browser.conftest import VIEWS, Open, in_language, look_at
from tests.cast import Cast
from tests.desks import records
from tests.documents.conftest import make_paper
from tests.factories import DAY, everything, make_family, make_proposal, make_written

pytestmark = pytest.mark.browser


@pytest.fixture
def family(cast: Cast) -> Family:
    """One with a row in every table of facts, with notes and contacts, papers, and a change that waits."""
    made = make_family(cast.organization, everything(), attorney=cast.attorney, paralegal=cast.paralegal)
    mother = made.persons.get(reference="p1")
    make_written(made, cast.paralegal)
    for outcome in ("no_answer", "wrong_number", "refused"):
        values = {
            "channel": "phone",
            "way": "(956) 555-0142",
            "outcome": outcome,
            "language": "Mam",
            "interpreter": True,
        }
        contact_add(actor=cast.paralegal, person_id=mother.pk, values=values, key=None, day=DAY)
    make_paper(mother, "i_869", "asked", asked_on=DAY)
    make_proposal(made, cast.paralegal)
    return made


@VIEWS
def test_the_pages_around_a_family_can_be_read_by_all(
    at: Open, cast: Cast, family: Family, size: str, language: str
) -> None:
    mother = family.persons.get(reference="p1")
    page = at("/", cast.attorney, size=size)
    in_language(page, language)
    for address in (
        f"/families/{family.pk}/",
        f"/families/{family.pk}/contacts/",
        f"/families/{family.pk}/paper/",
        f"/people/{mother.pk}/papers/",
        f"/people/{mother.pk}/what-if/",
    ):
        look_at(page, address, dark=(size, language) == ("wide", "en"))


@VIEWS
def test_how_it_moved_can_be_read_by_all(at: Open, cast: Cast, size: str, language: str) -> None:
    for name, record in records.ALL.items():
        make_family(cast.organization, record(), reference=name, attorney=cast.attorney)
    weeks = [DAY - datetime.timedelta(weeks=back) for back in range(12, 0, -1)]
    determine_earlier(organization=cast.organization, days=weeks)
    dark = (size, language) == ("wide", "en")
    page = at("/", cast.supervisor, size=size)
    in_language(page, language)
    look_at(page, "/dashboard/movement/", dark=dark)
    expect(page.locator("figure.weeks svg text")).to_have_count(4)
    expect(page.locator("tbody tr")).to_have_count(13)
    look_at(page, f"/dashboard/moved/?since={weeks[0]}&until={DAY}", dark=dark)
    expect(page.get_by_role("row").filter(has_text="bar_lifted").first).to_be_visible()
    look_at(page, f"/dashboard/day/?on={weeks[0]}", dark=dark)


def test_the_clients_page_on_paper_says_no_result_and_no_whole_number(at: Open, cast: Cast, family: Family) -> None:
    """It is taken along: no control of the program, no answer of the engine, no number that finds a person."""
    number = family.persons.get(reference="p1").a_number
    assert number is not None
    page = at(f"/families/{family.pk}/paper/", cast.attorney)
    page.emulate_media(media="print")
    for gone in (page.locator("nav").first, page.get_by_role("button", name="Print")):
        expect(gone).to_be_hidden()
    text: Any = page.locator("main").inner_text()
    assert "Do not sign alone." in text, "what was said to them stands on it"
    assert number not in text
    assert number[1:] not in text
    assert not re.search(r"barred|no longer bars|not known: treat", text, re.IGNORECASE)
