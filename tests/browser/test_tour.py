"""A tour in a browser: offered at the first visit, taken by the keyboard, on a telephone too, and covering nothing."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.people import Person
from tests.browser.walk import AXE, BAD, PHONE, RUN_AXE, WIDER
from web.ui.tour.steps import TOURS, Kind

pytestmark = [pytest.mark.system, pytest.mark.browser]
# What the panel lies over: nothing that has the frame of its step, nor anything else that can be read or pressed.
COVERED = """(selector) => {
  const panel = document.querySelector(".st-key-tour").getBoundingClientRect();
  const beside = (one) => one.right <= panel.left || one.left >= panel.right;
  const over = (one) => !beside(one) && one.bottom > panel.top && one.top < panel.bottom;
  const framed = selector ? [...document.querySelectorAll(`.stMain ${selector}`)] : [];
  const named = [...document.querySelectorAll(".lh-head, header a")];
  return [...framed, ...named].map((one) => one.getBoundingClientRect()).filter((one) => one.width && over(one)).length;
}"""
PART = ".st-key-tour, .st-key-tour-offer"


def is_fine(one: Person, name: str, selector: str = "") -> None:
    """Nothing is covered, nothing is too wide, and axe finds nothing serious, in both themes."""
    assert one.page.evaluate(WIDER) <= 0, name
    if one.page.locator(".st-key-tour").count():
        assert one.page.evaluate(COVERED, selector) == 0, name
    one.page.evaluate(AXE)
    for theme in ("dark", "light"):
        one.page.emulate_media(color_scheme=theme)
        one.screen.settle()
        found = one.page.evaluate(RUN_AXE, [PART, []])
        assert not [f"{each['rule']}: {each['html']}" for each in found if each["impact"] in BAD], (name, theme)
        one.screen.shoot(f"tour-{name}-{theme}")


def test_a_newcomer_takes_it_by_the_keyboard_and_finds_it_again(member: Tab, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "home" / "levelhead.db")) as tables, tables:
        tables.execute("delete from prefs where name = 'tour'")
    ines = member("ines")
    expect(ines.page.get_by_text("New here? Seven steps show what you need.")).to_be_visible()
    is_fine(ines, "offer")
    ines.screen.button("Tour for community managers").press("Enter")
    for number, step in enumerate(TOURS[Kind.WORKS], start=1):
        expect(ines.page.get_by_text(f"step {number} of 7")).to_be_visible()
        expect(ines.page.locator(".lh-tour h2")).to_have_text(step.title)
        ines.screen.settle()
        is_fine(ines, str(number), step.frames)
        if number < 7:
            ines.screen.button("Next step").press("Enter")
    ines.screen.button("Back").press("Enter")
    expect(ines.page.get_by_text("step 6 of 7")).to_be_visible()
    ines.screen.press("Leave the tour")
    expect(ines.page.locator(".st-key-tour")).to_have_count(0)
    ines.screen.go("/me")
    ines.screen.press("Tour for community managers: go on at step 6")
    expect(ines.page.get_by_text("step 6 of 7")).to_be_visible()

    priya = member("priya", viewport=PHONE, has_touch=True, is_mobile=True)
    is_fine(priya, "phone-offer")
    priya.screen.press("Tour for those who decide")
    for number, step in enumerate(TOURS[Kind.DECIDES][:4], start=1):
        expect(priya.page.get_by_text(f"step {number} of 7")).to_be_visible()
        is_fine(priya, f"phone-{number}", step.frames)
        priya.screen.press("Next step")
