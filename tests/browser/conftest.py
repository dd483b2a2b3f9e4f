"""Chromium, the product running on its own, and people with a browser each."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.people import Person
from tests.sample import copy
from tests.system.running import Levelhead

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1440, "height": 900}


@pytest.fixture
def browser() -> Iterator[Browser]:
    """Chromium, anew for each test: while Playwright runs, its event loop is in the way of every other test's."""
    if not shutil.which(CHROMIUM):
        pytest.fail(f"Chromium is not at {CHROMIUM}. .ci/run names the packages.")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def app(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Levelhead]:
    """The product with an empty home, started as `make run` does and ended by Ctrl-C. Comments get a second look where
    a test is marked so: to load the encoder takes seconds."""
    looks = "on" if request.node.get_closest_marker("second_look") else "off"
    with Levelhead(tmp_path / "home", LEVELHEAD_SECOND_LOOK=looks) as running:
        yield running


@pytest.fixture
def millbrook(tmp_path: Path) -> Iterator[Levelhead]:
    """The product with the sample association in its home; `member` has its people."""
    copy(tmp_path / "home")
    with Levelhead(tmp_path / "home") as running:
        yield running


Tab = Callable[..., Person]


@contextmanager
def people_at(browser: Browser, app: Levelhead, folder: Path) -> Iterator[Tab]:
    """Makes people by their names, each with a browser of their own; `more` is for the browser's context (viewport).

    At the end, nothing may have gone wrong unseen in any of their tabs.
    """
    people: list[Person] = []

    def somebody(name: str, email: str = "", **more: Any) -> Person:
        terms = {"viewport": DESK, "locale": "en-GB", "timezone_id": "Europe/Berlin", "color_scheme": "light", **more}
        people.append(Person(name, browser.new_context(**terms).new_page(), app.url, email))
        return people[-1]

    yield somebody

    # Printed for the report of a failed test; pytest keeps it to itself otherwise.
    print(app.said())
    for each in people:
        picture = folder / f"{each.name}.png"
        each.page.screenshot(path=picture)
        print(f"\n--- {each.name}, {each.page.url}, {picture}\n{each.page.locator('body').inner_text()}")
        each.page.context.close()
    problems = [f"{each.name}: {problem}" for each in people for problem in each.screen.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def person(browser: Browser, app: Levelhead, tmp_path: Path) -> Iterator[Tab]:
    """Makes people by their names, at the product with an empty home."""
    with people_at(browser, app, tmp_path) as somebody:
        yield somebody


@pytest.fixture
def member(browser: Browser, millbrook: Levelhead, tmp_path: Path) -> Iterator[Tab]:
    """Logs people of the sample in by their first names: `member("ines")`, `member("priya", viewport={...})`."""
    with people_at(browser, millbrook, tmp_path) as somebody:

        def logged_in(name: str, **more: Any) -> Person:
            one = somebody(name, f"{name}@millbrook.example", **more)
            one.log_in()
            return one

        yield logged_in
