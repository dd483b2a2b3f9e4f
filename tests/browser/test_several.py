"""Several rows of the queue at once, by keys alone: three are chosen, dismissed for one reason, and undone in place."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from store import several
from tests.browser.conftest import people_at
from tests.browser.people import Person
from tests.installation import enter
from tests.sample import Sample, forty, sampled
from tests.system.running import Levelhead
from web.middleware import COOKIE

pytestmark = [pytest.mark.system, pytest.mark.browser]
CHOSEN = "[role=option][aria-selected=true]"
REASON = "The notice answers all of these."


@pytest.fixture
def sample(tmp_path: Path) -> Iterator[Sample]:
    (tmp_path / "home").mkdir()
    with sampled(tmp_path / "home") as made:
        forty(made, 16)  # the first rows of the queue are among these: nothing is in the way of any
        yield made


@pytest.fixture
def ines(browser: Browser, sample: Sample, tmp_path: Path) -> Iterator[Person]:
    """A community manager of the sample in front of the queue; undo stands for as long as it does shipped."""
    running = Levelhead(tmp_path / "home", LEVELHEAD_UNDO_SECONDS="10")
    with running as app, people_at(browser, app, tmp_path) as somebody:
        one = somebody("ines")
        token = enter(sample.store, sample.team["ines"])
        one.page.context.add_cookies([{"name": COOKIE, "value": token, "url": app.url}])
        one.screen.go("/queue")
        yield one


def keys_of(one: Person) -> list[str]:
    found: list[str] = one.page.get_by_role("option").evaluate_all("(rows) => rows.map((row) => row.dataset.key)")
    return found


def test_three_are_chosen_dismissed_and_undone_and_each_is_back_in_its_place(ines: Person, sample: Sample) -> None:
    page, screen = ines.page, ines.screen
    listed = page.get_by_role("listbox")
    expect(listed).to_have_attribute("aria-multiselectable", "true")
    before = keys_of(ines)
    ids = [int(key.partition("-")[2]) for key in before[1:4]]
    page.keyboard.press("j")
    screen.settle()
    page.keyboard.press("m")
    page.keyboard.press("Shift+J")
    page.keyboard.press("Shift+J")
    expect(page.locator(CHOSEN)).to_have_count(3)
    expect(page.get_by_role("status").filter(has_text="3 chosen")).to_have_count(1)
    expect(page.locator("[role=option][aria-current=true]")).to_have_attribute("data-key", before[3])
    page.keyboard.press("Escape")
    expect(page.locator(CHOSEN)).to_have_count(0)
    page.keyboard.press("Shift+K")
    page.keyboard.press("Shift+K")
    # Pressed at once: it is for the chosen rows, however far the page is with the open case.
    page.keyboard.press("d")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name=re.compile("Dismiss 3 cases"))).to_be_visible()
    dialog.get_by_role("textbox").fill(REASON)
    dialog.get_by_role("textbox").press("Control+Enter")
    expect(page.get_by_role("status").filter(has_text="Dismissed: 3 cases.")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(len(before) - 3)
    assert keys_of(ines) == [key for key in before if key not in before[1:4]]
    expect(page.locator(CHOSEN)).to_have_count(0)
    with sample.store.read() as tx:
        assert {one.outcome for one in several.cases_by_id(tx, ids).values()} == {"dismissed"}
    screen.key("Undo", "u")
    expect(page.get_by_text("Undone. 3 cases are as they were.")).to_be_visible()
    expect(page.get_by_role("option")).to_have_count(len(before))
    assert keys_of(ines) == before
    with sample.store.read() as tx:
        assert {one.state for one in several.cases_by_id(tx, ids).values()} == {"open"}

    screen.settle()
    screen.key("Like this one", "l")
    expect(page.get_by_role("radio", name=re.compile(r"^Like this one \d+$"))).to_be_visible()
    expect(page.locator(CHOSEN)).to_have_count(0)
    page.get_by_role("option").last.scroll_into_view_if_needed()
    page.keyboard.press("Shift+M")
    # Grave texts are hidden from her until asked for: what is not on the screen is not chosen.
    expect(page.locator(CHOSEN)).to_have_count(page.locator(".tick:not(.none)").count())
    expect(page.get_by_role("toolbar").get_by_role("checkbox")).to_have_attribute("aria-checked", "true")

    # A long list: what was never on the screen is not chosen, until it was.
    screen.go("/queue?show=questions")
    rows, last = page.get_by_role("option"), page.get_by_role("option").last
    expect(rows.first).to_be_visible()
    page.keyboard.press("Shift+M")
    expect(page.get_by_role("status").filter(has_text="scroll down to choose more")).to_have_count(1)
    assert 0 < page.locator(CHOSEN).count() < rows.count()
    expect(last).to_have_attribute("aria-selected", "false")
    last.scroll_into_view_if_needed()
    page.keyboard.press("Shift+M")
    expect(last).to_have_attribute("aria-selected", "true")
