"""A page in Chromium: its fields and buttons by the names that people see, and what went wrong on it unseen."""

import os
import re
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Locator, Page, Request, TimeoutError, expect

CONNECTED = "[data-testid=stApp][data-test-connection-state=CONNECTED]"
RUN_IS_OVER = f"{CONNECTED}[data-test-script-state=notRunning]"
RUN_IS_OVER_WITHIN_MS = 1_000
# A run can begin and end between two looks at the page, so the page itself counts them.
COUNT_RUNS = """
window.runsOver = 0;
new MutationObserver((changes) => {
  window.runsOver += changes.filter((change) => change.oldValue === "running").length;
}).observe(document, { subtree: true, attributeFilter: ["data-test-script-state"], attributeOldValue: true });
"""
LOADED_WITHIN_MS = 30_000
CHANGES_WITHIN_S = 60
# Opened at /page, Streamlit first looks for its server below that address; the wall answers that nothing is there.
EXPECTED = re.compile(r"/\w+/_stcore/(health|host-config)$")
OURS = ("localhost", "127.0.0.1", None)


class Screen:
    """One tab. `problems` collects console errors, errors of scripts, and requests to any other machine."""

    def __init__(self, page: Page, base: str) -> None:
        self.page = page
        self.problems: list[str] = []
        self.base = base
        self._runs_seen = 0
        page.set_default_timeout(LOADED_WITHIN_MS)
        page.add_init_script(COUNT_RUNS)
        page.on("domcontentloaded", self._on_load)
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"script error: {error}"))
        page.on("request", self._on_request)

    def _on_load(self, _page: Page) -> None:
        self._runs_seen = 0

    def _on_console(self, message: ConsoleMessage) -> None:
        about = message.location["url"]
        if message.type == "error" and not EXPECTED.search(about):
            self.problems.append(f"console, on {self.page.url}: {message.text} ({about})")

    def _on_request(self, request: Request) -> None:
        if urlsplit(request.url).hostname not in OURS:
            self.problems.append(f"asked another machine: {request.url}")

    def go(self, path: str) -> None:
        """Opens a page of the dashboard, from the server, and waits until its script has run."""
        self.page.goto(self.base + path)
        self._wait_for_a_run(LOADED_WITHIN_MS)

    def settle(self) -> None:
        """Waits until the script that the last step started is over: a step taken before that would cut it short."""
        with suppress(TimeoutError):
            self._wait_for_a_run(RUN_IS_OVER_WITHIN_MS)
        self.page.locator(RUN_IS_OVER).wait_for()
        self._runs_seen = self.page.evaluate("window.runsOver")

    def _wait_for_a_run(self, within_ms: float) -> None:
        self.page.wait_for_function("(seen) => window.runsOver > seen", arg=self._runs_seen, timeout=within_ms)
        self.page.locator(RUN_IS_OVER).wait_for()
        self._runs_seen = self.page.evaluate("window.runsOver")

    def field(self, label: str) -> Locator:
        """A field by its label."""
        return self.page.get_by_label(label, exact=True)

    def button(self, name: str) -> Locator:
        """A button by its name; a key that does the same may stand behind the name."""
        return self.page.get_by_role("button", name=re.compile(rf"^{re.escape(name)}( Shortcut .+)?$"))

    def fill(self, label: str, text: str) -> None:
        """Types into a field and leaves it, as fields of the dashboard send nothing before that."""
        self.field(label).fill(text)
        self.field(label).blur()
        self.settle()

    def tick(self, label: str) -> None:
        """Ticks a box by its label: the box itself is drawn, not a real one."""
        self.page.locator("label", has=self.page.get_by_role("checkbox", name=label)).click()
        self.settle()

    def choose(self, label: str, *options: str) -> None:
        """Chooses options of a list, one or several."""
        listed = self.page.get_by_role("combobox", name=label, exact=True)
        for option in options:
            listed.fill(option)
            listed.press("ArrowDown")  # the list closes when the page moves, as it does to bring the field into view
            self.page.get_by_role("option", name=option, exact=True).click()
        listed.press("Escape")
        self.settle()

    def pick(self, words: str) -> None:
        """Picks the row with these words in the list of a page."""
        self.row(words).locator("label").or_(self.row(words)).first.click()
        self.settle()

    def row(self, words: str) -> Locator:
        """The first row with these words in the list of a page."""
        return self.page.locator("[role=radiogroup] > div, [role=option]", has_text=words).first

    def press(self, name: str) -> None:
        """Presses a button and waits for the script that it starts."""
        self.button(name).click()
        self.settle()

    def key(self, name: str, keys: str) -> None:
        """Presses the keys of a button when it is there to hear them, and waits for the script that it starts."""
        expect(self.button(name)).to_be_visible()
        self.page.keyboard.press(keys)
        self.settle()

    def until_shown(self, path: str, what: Locator) -> None:
        """Loads a page again and again, as people do who wait for something, until it is there."""
        late = time.monotonic() + CHANGES_WITHIN_S
        while True:
            self.go(path)
            try:
                expect(what).to_be_visible(timeout=3_000)
                return
            except AssertionError:
                if time.monotonic() > late:
                    raise

    def shoot(self, name: str) -> None:
        """Saves a picture in the folder named by LEVELHEAD_SHOTS, if it is set."""
        if folder := os.environ.get("LEVELHEAD_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{name}.png")
