"""The pages about signing in, in a browser: with keys, on a telephone, with a passkey, after the session has ended."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from screenings.models import Screening
from tests.accounts.entrance import code_now, give_app
from tests.browser.conftest import Open, assert_accessible, in_both_schemes
from tests.cast import Cast
from tests.factories import PASSWORD, make_family, with_reevaluation

pytestmark = pytest.mark.browser


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR_REQUIRED = True


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


@pytest.mark.parametrize("size", ["wide", "narrow"])
def test_the_first_sign_in_sets_up_an_app_with_keys_alone(at: Open, cast: Cast, required: None, size: str) -> None:
    page = at("/families/", size=size)
    sign_in(page, cast.attorney.email)
    expect(page.get_by_role("heading", name="Set up a second factor to go on")).to_be_visible()
    with in_both_schemes(page):
        expect(page.get_by_role("navigation")).to_have_count(0)
    page.get_by_role("link", name="Set up an app").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    with in_both_schemes(page):
        box = page.locator(".square svg").bounding_box()
        assert box is not None
        assert box["width"] > 150
    page.keyboard.type("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert_accessible(page)
    page.get_by_label("Code").fill(code_now(page.locator("code.secret").inner_text()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    assert_accessible(page)
    page.get_by_role("link", name="I have kept them: go on").click()
    expect(page).to_have_url(re.compile("/desk/$"))


@pytest.mark.parametrize("size", ["wide", "phone"])
def test_the_pages_can_be_read_by_all(at: Open, cast: Cast, size: str) -> None:
    give_app(cast.attorney)
    page = at("/account/", cast.attorney, size=size)
    for address in (
        "/account/",
        "/account/password/",
        "/account/sessions/",
        "/account/second-factor/",
        "/account/second-factor/app/remove/",
        "/account/second-factor/keys/",
        "/account/second-factor/keys/add/",
        "/account/second-factor/recovery-codes/new/",
        "/sign-in/again/",
        "/sign-in/again/code/",
        "/sign-in/done/",
        "/sign-out/",
    ):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        assert_accessible(page)
    page.get_by_role("main").get_by_role("button", name="Sign out").click()
    for address in ("/sign-in/reset/", "/sign-in/reset/sent/", "/sign-in/reset/MQ/x-y/"):
        page.goto(address)
        assert_accessible(page)
    page.goto("/sign-in/")
    sign_in(page, cast.attorney.email)
    expect(page.get_by_label("Code")).to_be_focused()
    assert_accessible(page)


def test_a_passkey_is_set_up_and_lets_one_in(at: Open, live_server: Any, cast: Cast, required: None) -> None:
    # A name, for no browser lets a passkey be used at a number.
    page = at(live_server.url.replace("127.0.0.1", "localhost") + "/sign-in/")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(page, cast.attorney.email)
    page.get_by_role("link", name="Set up a key").click()
    assert_accessible(page)
    page.get_by_label("A name for this key").fill("blue key")
    page.get_by_role("button", name="Set up a key").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    page.goto(page.url.replace("recovery-codes", "keys"))
    expect(page.get_by_role("heading", name="blue key")).to_be_visible()
    page.goto(page.url.replace("account/second-factor/keys", "sign-in/again/key"))
    assert_accessible(page)
    page.get_by_role("button", name="Use my passkey or security key").click()
    expect(page).to_have_url(re.compile("/desk/$"))
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, cast.attorney.email)
    expect(page.get_by_role("heading", name="Passkey or security key")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("button", name="Use my passkey or security key").click()
    expect(page).to_have_url(re.compile("/desk/$"))
    assert Authenticator.objects.get(type="webauthn").last_used_at


def test_a_key_that_does_not_answer_is_said_in_words(at: Open, cast: Cast) -> None:
    page = at("/account/second-factor/keys/add/", cast.attorney)
    refuse = "() => Promise.reject(new DOMException('no', 'NotAllowedError'))"
    page.evaluate(f"() => {{ navigator.credentials.create = {refuse}; }}")
    page.get_by_role("button", name="Set up a key").click()
    expect(page.get_by_text("This did not work: the key was not touched in time")).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("script", [True, False])
def test_what_was_typed_outlives_the_session(at: Open, cast: Cast, script: bool) -> None:
    make_family(cast.organization, with_reevaluation())
    screening = Screening.objects.get(basis="reevaluation")
    page = at(f"/screenings/{screening.pk}/record/", cast.paralegal, java_script_enabled=script)
    page.locator("input[name=status][value=interviewed]").check()
    page.locator("input[name=interview_on]").fill("2018-12-01")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="You are not signed in any more")).to_be_visible()
    if script:
        assert_accessible(page)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in, in a new tab").click()
    sign_in(opened.value, cast.paralegal.email)
    expect(opened.value.get_by_role("heading", name="You are signed in")).to_be_visible()
    opened.value.close()
    page.get_by_role("button", name="Send it once more").click()
    if page.get_by_role("heading", name="Send it once more").count():
        page.get_by_role("button", name="Send it once more").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    screening.refresh_from_db()
    assert screening.status == "interviewed"
