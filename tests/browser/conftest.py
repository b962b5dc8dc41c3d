"""Chromium on the real pages: each is looked at for accessibility (axe), and for what the browser complains of."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from accounts.models import User
from tests.cast import Cast, make_cast
from tests.factories import DAY

# No sandbox for root; nothing that would call out of the machine.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
SIZES = {"wide": (1280, 900), "phone": (390, 844), "narrow": (320, 640)}
# Spanish is the longer language: it is looked at where there is least room.
VIEWS = pytest.mark.parametrize(("size", "language"), [("wide", "en"), ("phone", "es"), ("narrow", "es")])

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(browser_path: str, django_db_setup: None) -> Iterator[Browser]:
    """One Chromium for the whole run, closed before the database is dropped: as long as it holds a line to the server,
    a thread there may hold one to the database."""
    # Playwright's synchronous interface keeps an event loop in this thread, which Django takes for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser_path, args=ARGUMENTS)
        yield chromium
        chromium.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """The cast, stored so that the server's own thread sees it."""
    return make_cast()


@pytest.fixture
def at(browser: Browser, live_server: Any, settings: Any) -> Iterator[Open]:
    """`at("/address/", user)` opens a page as that user; what the browser complains of fails the test at its end."""
    settings.AMPARO_TODAY = DAY
    complaints: list[str] = []
    contexts = []

    def complain(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def open_page(address: str, user: User | None = None, *, size: str = "wide", **options: Any) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="en-US",
            reduced_motion="reduce",  # a colour that is still changing is none that axe should measure
            **options,
        )
        contexts.append(context)
        if user is not None:
            context.add_cookies([_session(user, live_server.url)])
        page = context.new_page()
        page.on("console", complain)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()
    # That a form is refused (422) or in conflict (409) the browser reports as well, and that a test has cut the line.
    expected = ("status of 4", "ERR_INTERNET_DISCONNECTED")
    assert [text for text in complaints if not any(part in text for part in expected)] == []


def _session(user: User, url: str) -> Any:
    """A signed-in session's cookie."""
    client = Client()
    client.force_login(user)
    return {
        "name": settings.SESSION_COOKIE_NAME,
        "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "url": url,
    }


def assert_accessible(page: Page) -> None:
    """No violation that axe can see, and nothing wider than the window."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
        "the page is wider than the window"
    )


def in_language(page: Page, language: str) -> None:
    """The page in this language; the browser's own is English."""
    if page.locator("html").get_attribute("lang") != language:
        page.get_by_role("button", name="Español", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", language)


def unfold(page: Page) -> None:
    """Open all that folds out, as printing does."""
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")


def look_at(page: Page, address: str, *, dark: bool) -> None:
    """Open the page and all that folds out on it, and look at it; in the dark, too, where colours are to be seen."""
    page.goto(address)
    unfold(page)
    if dark:
        with in_both_schemes(page):
            pass
    else:
        assert_accessible(page)


@contextmanager
def in_both_schemes(page: Page) -> Iterator[None]:
    """What is done inside is looked at by axe afterwards in light and in dark."""
    yield
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert_accessible(page)
