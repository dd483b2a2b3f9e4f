"""A tour in a browser: offered at the first visit, taken by the keyboard, on a telephone too, and covering nothing."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.people import Person
from tests.browser.walk import AXE, BAD, HANDHELD, RUN_AXE, WIDER
from web.navigation import place
from web.ui.tour.steps import TOURS, Kind, Pane
from web.ui.tour.taken import State

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
# What has a frame and is seen.
FRAMED = """() => [...document.querySelectorAll(".stMain *")].filter((one) => {
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const { width, height } = one.getBoundingClientRect();
  return outlineStyle === "solid" && outlineWidth === "2px" && width && height && one.checkVisibility();
}).map((one) => one.className)"""
TAKES = {Kind.WORKS: "ines", Kind.DECIDES: "priya", Kind.LEADS: "gareth", Kind.ADMINISTERS: "marguerite"}
PART = ".st-key-tour, .st-key-tour-offer"


def lies_well(one: Person, name: str, selector: str = "") -> None:
    """Nothing is covered, and nothing is too wide, once what is drawn late has found its place."""
    one.page.wait_for_function(f"() => ({WIDER})() <= 0")
    if one.page.locator(".st-key-tour").count():
        assert one.page.evaluate(COVERED, selector) == 0, name
    one.screen.shoot(f"tour-{name}")


def is_fine(one: Person, name: str, selector: str = "") -> None:
    """It lies well, and axe finds nothing serious, in both themes."""
    lies_well(one, name, selector)
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

    priya = member("priya", **HANDHELD)
    is_fine(priya, "phone-offer")
    priya.screen.press("Tour for those who decide")
    expect(priya.page.get_by_text("step 1 of 7")).to_be_visible()
    is_fine(priya, "phone-1", TOURS[Kind.DECIDES][0].frames)


def put_at(home: Path, who: Person, kind: Kind, step: int) -> None:
    """Somebody is at this step of this tour."""
    taken = json.dumps({"state": State.ON, "kind": kind, "step": step})
    mine = "name = 'tour' and person_id = (select id from people where email = ?)"
    with closing(sqlite3.connect(home / "levelhead.db")) as tables, tables:
        assert tables.execute(f"update prefs set value = ? where {mine}", (taken, who.email)).rowcount == 1


def frames(one: Person, own: str = "") -> None:
    """Waits until something that is seen and whose class has this in it has a frame; fails when nothing gets one."""
    one.page.wait_for_function(f"(own) => ({FRAMED})().some((name) => name.includes(own))", arg=own)


def test_on_a_telephone_each_step_frames_something_that_is_seen(member: Tab, tmp_path: Path) -> None:
    for kind, name in TAKES.items():
        one = member(name, **HANDHELD)
        for number, step in enumerate(TOURS[kind]):
            if not step.frames:  # it is about the page as a whole
                continue
            put_at(tmp_path / "home", one, kind, number)
            one.screen.go(f"/{place(step.file).path}")
            elsewhere = step.pane is Pane.OPEN and not step.instead  # a telephone shows the list before a row is open
            own = "" if elsewhere or step.instead else step.frames.removeprefix(".")
            frames(one, own)
            expect(one.page.locator(".lh-tour-other")).to_be_visible(visible=elsewhere)
            lies_well(one, f"phone-{kind}-{number}", step.frames)
        if kind is Kind.WORKS:
            one.page.locator("[role=option]").first.click()
            one.screen.settle()
            frames(one, "st-key-acts")  # the words say how to get there
            expect(one.page.locator(".lh-tour-other")).to_be_hidden()
            put_at(tmp_path / "home", one, kind, 0)
            one.page.reload()
            frames(one, "st-key-back")  # and back to the list
