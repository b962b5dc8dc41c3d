"""A person at work, whose every act on the page is counted: a click, a field filled, a key."""

from playwright.sync_api import Locator, Page


class Worker:
    """Somebody at a page. `acts` is how many interactions it took so far; moving the eyes costs nothing."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.acts = 0

    def click(self, where: Locator) -> None:
        """One click or tap on the first that fits."""
        self.acts += 1
        where.first.click()

    def fill(self, where: Locator, text: str) -> None:
        """One field filled, however long the text."""
        self.acts += 1
        where.first.fill(text)

    def choose(self, where: Locator, label: str) -> None:
        """One choice from a list."""
        self.acts += 1
        where.first.select_option(label=label)

    def press(self, key: str) -> None:
        """One key, or keys pressed together."""
        self.acts += 1
        self.page.keyboard.press(key)

    def link(self, name: str) -> Locator:
        """Links of the main part whose name has these words."""
        return self.page.locator("main").get_by_role("link", name=name)
