"""Matters in a browser: what a phrase would have raised is said while it is typed, and nothing jumps meanwhile."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.shots import shots

pytestmark = [pytest.mark.system, pytest.mark.browser]


EXAMPLES = """There was nowhere to park again.
The car park was full by nine.
We drove round for an hour looking for a space.
Somebody had left a van across two bays.
Why are there no parking spaces for members?"""


def test_examples_are_read_by_the_worker_while_one_goes_on_typing(member: Tab) -> None:
    marguerite = member("marguerite")
    screen, page = marguerite.screen, marguerite.page
    screen.go("/matters")
    page.get_by_text("A new matter …").click()
    screen.settle()
    screen.fill("Examples that must be found, one on each line", EXAMPLES)
    expect(page.get_by_text("The examples are being read").or_(page.get_by_text("By what they mean"))).to_be_visible()
    name = page.get_by_label("Name")
    name.press_sequentially("Parking")
    expect(page.get_by_text("of your 5 examples would be found by the others alone")).to_be_visible(timeout=90_000)
    expect(name).to_have_value("Parking")
    screen.fill("What is it about?", "Where to leave the car.")
    shots(marguerite, "matters-by-example")
    screen.press("Save matter")
    expect(page.get_by_role("radio", name="Parking")).to_be_checked()


def test_a_phrase_is_tried_while_it_is_typed_and_saved(member: Tab) -> None:
    marguerite = member("marguerite")
    screen, page = marguerite.screen, marguerite.page
    screen.go("/matters")
    page.get_by_text("A new matter …").click()
    screen.settle()
    tried = page.get_by_label("Try a word or phrase")
    expect(page.get_by_text("Write at least one word or phrase")).to_be_visible()
    top = tried.bounding_box()
    tried.press_sequentially("sauna")
    expect(page.locator("mark").first).to_have_text("sauna")
    expect(page.get_by_text("Looked at: ")).to_be_visible()
    assert tried.bounding_box() == top and tried.input_value() == "sauna"
    expect(tried).to_be_focused()
    screen.press("Add it to the list")
    expect(page.get_by_label("Words and phrases, one on each line")).to_have_value("sauna")
    screen.fill("Name", "The sauna")
    screen.fill("What is it about?", "Whatever happens in the sauna.")
    screen.fill("Near misses that must not be", "The sauna opens at nine.")
    expect(page.get_by_text("Found, and it should not be:")).to_be_visible()
    shots(marguerite, "matters-new")
    screen.press("Save matter")
    expect(page.get_by_role("radio", name="The sauna")).to_be_checked()
    expect(page.get_by_text("those assessed before stay as they were").first).to_be_visible()
    shots(marguerite, "matters-saved")
