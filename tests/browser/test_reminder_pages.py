"""Reminders, how one is reached, the clockwork's page and the page of a hearing: readable for all, and by keyboard."""

import datetime

import pytest
from playwright.sync_api import Page, expect

from deadlines.models import Hearing
from deadlines.reminders import guard
from deadlines.reminders.models import Acknowledgement
from deadlines.reminders.sweep import sweep
from families.models import Family
from tests.browser.conftest import SIZES, Open, assert_accessible
from tests.cast import Cast
from tests.factories import DAY, make_deadline, make_family, make_hearing

pytestmark = pytest.mark.browser


@pytest.fixture
def family(cast: Cast, settings: object) -> Family:
    """The supervisor's own, with two dates of which they have just been told, and a hearing."""
    settings.AMPARO_TODAY = DAY  # type: ignore[attr-defined]
    guard.forget()
    found = make_family(cast.organization, determined=False, attorney=cast.supervisor, paralegal=cast.paralegal)
    person = found.persons.all()[0]
    long_ago = datetime.datetime.combine(DAY - datetime.timedelta(days=1), datetime.time(12), datetime.UTC)
    for days in (-1, 3):
        make_deadline(found, DAY + datetime.timedelta(days=days), person=person, remind_at=long_ago)
    make_hearing(person, datetime.datetime(2019, 3, 11, 14, tzinfo=datetime.UTC))
    sweep()
    return found


def look_at_both_sizes(page: Page) -> None:
    """Wide in light, and as on a phone in dark: every rule of both, for half the time."""
    for size, scheme in (("wide", "light"), ("phone", "dark")):
        width, height = SIZES[size]
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert_accessible(page)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_pages_can_be_read_by_all(at: Open, cast: Cast, family: Family, language: str) -> None:
    cast.supervisor.language = language
    cast.supervisor.save()
    page = at("/reminders/", cast.supervisor)
    expect(page.get_by_role("article")).to_have_count(2)
    expect(page.get_by_role("navigation").get_by_text("(2)").first).to_be_attached()  # the bell
    look_at_both_sizes(page)
    hearing = Hearing.objects.get()
    for address in ("/operations/", "/account/reminders/", "/account/absences/", f"/hearings/{hearing.pk}/"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        look_at_both_sizes(page)


def test_a_reminder_is_acknowledged_by_keyboard_alone(at: Open, cast: Cast, family: Family) -> None:
    page = at("/reminders/", cast.supervisor)
    button = page.get_by_role("button", name="Seen, it is with me").first
    for _press in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("one => one === document.activeElement"):
            break
    else:
        pytest.fail("the button cannot be reached by Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Noted: 1 date is with you.")
    expect(page.get_by_role("heading", name="Seen, and still open")).to_be_visible()
    expect(page.get_by_role("navigation").get_by_text("(1)").first).to_be_attached()
    assert Acknowledgement.objects.filter(user=cast.supervisor).count() == 1


def test_a_hearing_is_moved_by_keyboard_and_what_it_did_is_said(at: Open, cast: Cast, family: Family) -> None:
    hearing = Hearing.objects.get()
    page = at(f"/hearings/{hearing.pk}/", cast.supervisor, size="phone")
    move = page.get_by_role("region", name="Move or correct it")
    move.get_by_label("Day", exact=True).fill("2019-03-18")
    move.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Why it is changed")
    assert_accessible(page)
    move.get_by_label("Why it is changed").fill("The notice of today.")
    move.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("in the book for Monday, 18 March 2019")
