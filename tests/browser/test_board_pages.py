"""The board in a browser: readable for all in both languages, and families moved by keyboard after a look."""

import datetime

import pytest
from playwright.sync_api import expect

from config import clock
from families.models import Family
from tests.browser.conftest import VIEWS, Open, in_both_schemes
from tests.cast import Cast
from tests.factories import DAY, make_deadline, make_family

pytestmark = pytest.mark.browser


@pytest.fixture
def families(cast: Cast) -> list[Family]:
    """Two of the attorney's and one of nobody's, with a date that has passed and one that runs by the hour."""
    made = [
        make_family(cast.organization, attorney=who, determined=False) for who in (cast.attorney, cast.attorney, None)
    ]
    make_deadline(made[0], DAY - datetime.timedelta(days=2), person=made[0].persons.all()[0])
    make_deadline(made[1], DAY + datetime.timedelta(days=9), entered_by=cast.paralegal)
    soon = datetime.datetime.combine(DAY, clock.now().timetz()) + datetime.timedelta(hours=30)
    make_deadline(made[1], soon.date(), due_at=soon, zone="America/Denver", weight="hours")
    make_deadline(made[2], DAY)
    return made


@VIEWS
def test_the_board_and_its_lists_can_be_read_by_all(
    at: Open, cast: Cast, families: list[Family], size: str, language: str
) -> None:
    cast.supervisor.language = language
    cast.supervisor.save()
    page = at("/board/", cast.supervisor, size=size)
    for address in ("/board/", "/deadlines/", f"/board/move/?attorney={cast.attorney.pk}"):
        page.goto(address)
        with in_both_schemes(page):
            expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_families_are_moved_by_keyboard_after_a_look(at: Open, cast: Cast, families: list[Family]) -> None:
    page = at("/board/", cast.supervisor)
    page.get_by_label("Families of attorney").select_option(label=cast.attorney.name)
    page.get_by_role("button", name="Choose families").first.press("Enter")
    page.get_by_label(f"Choose family {families[0].reference}").press("Space")
    page.get_by_label("Give to attorney").select_option(label=cast.supervisor.name)
    page.get_by_role("button", name="Look at the change").press("Enter")
    expect(page.get_by_text("1 family moves, with 2 open dates: 0 overdue, 1 running by the hour.")).to_be_visible()
    with in_both_schemes(page):
        pass
    page.get_by_role("button", name="Move them").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("1 family was moved.")
    assert Family.objects.get(pk=families[1].pk).attorney == cast.supervisor
    assert Family.objects.get(pk=families[0].pk).attorney == cast.attorney


def test_the_calendar_address_is_made_and_shown_once(at: Open, cast: Cast) -> None:
    page = at("/account/calendar/", cast.attorney, size="phone")
    page.get_by_role("button", name="Make my calendar address").click()
    expect(page.get_by_label("Address")).to_be_visible()
    with in_both_schemes(page):
        pass
