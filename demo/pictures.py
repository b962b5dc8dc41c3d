"""Takes the README's pictures from a running demonstration: ``AMPARO_DEMO_PASSWORD=… python -m demo.pictures``.

Needs Chromium and the development requirements. Start `./run` with the same password first. The people in the pictures
are those of the demonstration: nobody real.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDE = {"width": 1280, "height": 1000}


def family(page: Page) -> None:
    """A family of which one member's claim holds the others, with the reasons of the first one open."""
    page.goto("/families/?rule=F2")
    page.locator("main a[href^='/families/']").filter(has_text="-").first.click()
    page.locator("article summary").first.click()
    page.locator("article").first.scroll_into_view_if_needed()


def outcome(page: Page) -> None:
    """A negative result being typed, and what it would change, before it is saved."""
    page.goto("/people/?standing=review&removal=barred")
    page.locator("main a[href^='/families/']").first.click()
    reviewed = page.get_by_role("article").filter(has_text="a judge can still change the negative result")
    reviewed.first.get_by_role("link", name="Record:").last.click()
    page.locator("input[name=judge_outcome][value=affirmed]").check()
    page.get_by_text("Protection gets weaker.").first.wait_for()
    page.locator("fieldset").filter(has=page.locator("input[name=judge_asked]")).first.scroll_into_view_if_needed()


def start(page: Page) -> None:
    """The page on which one lands: one's desk, or the supervisor's dashboard."""
    page.goto("/")


def dashboard(page: Page) -> None:
    """Where everybody stands, without the filters above it."""
    page.goto("/dashboard/")
    page.locator("#stand").first.evaluate("found => found.scrollIntoView()")


def queue(page: Page) -> None:
    """What a paralegal does next: how much there is of each kind, and the first of the queue."""
    page.goto("/desk/")
    page.locator("ul.tiles").first.evaluate("found => found.scrollIntoView()")


def movement(page: Page) -> None:
    """How it moved over the weeks that the demonstration begins with."""
    page.goto("/dashboard/movement/")


def letter(page: Page) -> None:
    """The first letter of the demonstration: a draft to a client."""
    page.goto("/letters/1/")
    page.locator(".mark").first.wait_for()


PICTURES: dict[str, tuple[str, Callable[[Page], None]]] = {
    "family": ("attorney", family),
    "outcome": ("paralegal", outcome),
    "dashboard": ("supervisor", dashboard),
    "desk": ("attorney", start),
    "queue": ("paralegal", queue),
    "movement": ("supervisor", movement),
    "letter": ("attorney", letter),
}


def take(browser: Browser, url: str, password: str, name: str) -> Path:
    """Sign in as the picture's person, go where it shows, and keep what is in the window."""
    who, go = PICTURES[name]
    context = browser.new_context(base_url=url, viewport=WIDE, locale="en-US", reduced_motion="reduce")  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(f"{who}@demo.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    go(page)
    file = FOLDER / f"{name}.png"
    page.screenshot(path=file)
    context.close()
    return file


def main() -> int:
    """Take all pictures, or those named."""
    parser = argparse.ArgumentParser(prog="python -m demo.pictures", description="Take the README's pictures.")
    parser.add_argument("names", nargs="*", choices=[[], *PICTURES], metavar="NAME", help=", ".join(PICTURES))
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    asked = parser.parse_args()
    password, chromium = os.environ.get("AMPARO_DEMO_PASSWORD"), shutil.which("chromium")
    if not password or not chromium:
        sys.stderr.write("Set AMPARO_DEMO_PASSWORD to the demonstration's password, and install chromium.\n")
        return 2
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for name in asked.names or PICTURES:
            sys.stdout.write(f"{take(browser, asked.url, password, name)}\n")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
