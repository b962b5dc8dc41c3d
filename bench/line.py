"""What pages weigh, and when they can be read, over a bad line: 400 kbit/s with 400 ms of delay, in Chromium.

    AMPARO_DEMO_PASSWORD=… python -m bench.line [--url http://127.0.0.1:8000] [--rounds 3]

Start `./run` with the same password first. The floor is the smallest answer there is (`/health/`) on the same line. A
page can be read when its first content is painted and its HTML is there. Medians; exit status 1 above a limit.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from statistics import median
from typing import Any, Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

FIRST_BYTES: Final = 150_000
LATER_BYTES: Final = 30_000
READABLE_MS: Final = 2_000
LINE: Final = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
PAGES: Final = ("/", "/families/", "/people/", "/deadlines/", "/screenings/", "/families/{family}/", "/proposals/")
WHO: Final = ("attorney", "paralegal", "supervisor")


class Watched:
    """A page of which the bytes that come over the line are counted."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.line: Any = context.new_cdp_session(self.page)
        self.bytes = 0
        self.line.send("Network.enable")
        self.line.on("Network.loadingFinished", self._count)

    def _count(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def visit(self, path: str) -> tuple[int, float]:
        """Bytes, and milliseconds from asking until the page can be read."""
        self.bytes = 0
        self.page.goto(path)
        timings = self.page.evaluate(
            "[...performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime),"
            " performance.getEntriesByType('navigation')[0].domInteractive]"
        )
        return self.bytes, max(timings)


def sign_in(browser: Browser, url: str, who: str, password: str) -> BrowserContext:
    """A browser in which this person of the demonstration is signed in, with nothing kept of any page's files."""
    first = browser.new_context(base_url=url, locale="en-US")
    page = first.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(f"{who}@demo.example")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda address: "sign-in" not in address)
    state = first.storage_state()
    first.close()
    return browser.new_context(base_url=url, locale="en-US", storage_state=state)


def a_family(context: BrowserContext) -> str:
    """The number of the first family of the list."""
    page = context.new_page()
    page.goto("/families/")
    href = page.locator("main a[href^='/families/']").filter(has_text="-").first.get_attribute("href") or ""
    page.close()
    return href.strip("/").split("/")[-1]


def measure(browser: Browser, url: str, who: str, password: str, rounds: int) -> bool:
    """Prints a line for each page of this person; whether all keep to the limits."""
    context = sign_in(browser, url, who, password)
    family, state, good = a_family(context), context.storage_state(), True
    context.close()
    for pattern in PAGES:
        path = pattern.format(family=family)
        first, later, opened, readable, floor = [], [], [], [], []
        for _ in range(rounds):
            context = browser.new_context(base_url=url, locale="en-US", storage_state=state)
            watched = Watched(context)
            watched.line.send("Network.emulateNetworkConditions", LINE)
            first_bytes, milliseconds = watched.visit(path)
            first.append(first_bytes)
            opened.append(milliseconds)
            later_bytes, milliseconds = watched.visit(path)
            later.append(later_bytes)
            readable.append(milliseconds)
            floor.append(watched.visit("/health/")[1])
            context.close()
        fits = median(first) <= FIRST_BYTES and median(later) <= LATER_BYTES
        fits &= median(opened) <= READABLE_MS and median(readable) <= READABLE_MS
        good &= fits
        print(
            f"{pattern:<22}{who:<12}{median(first) / 1000:>8.1f}{median(later) / 1000:>8.1f}"
            f"{median(opened):>9.0f}{median(readable):>8.0f}{median(readable) / median(floor):>7.1f}"
            f"{'' if fits else '  over the limit'}"
        )
    return good


def main() -> int:
    """Measure for each of the three people."""
    parser = argparse.ArgumentParser(prog="python -m bench.line", description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    password, chromium = os.environ.get("AMPARO_DEMO_PASSWORD"), shutil.which("chromium")
    if not password or not chromium:
        sys.stderr.write("Set AMPARO_DEMO_PASSWORD to the demonstration's password, and install chromium.\n")
        return 2
    print(f"{'page':<22}{'who':<12}{'first kB':>8}{'then kB':>8}{'first ms':>9}{'then ms':>8}{'floors':>7}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        good = [measure(browser, asked.url, who, password, asked.rounds) for who in WHO]
        browser.close()
    return int(not all(good))


if __name__ == "__main__":
    sys.exit(main())
