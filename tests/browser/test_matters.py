"""Matters in a browser: what a phrase would have raised is said while it is typed, and nothing jumps meanwhile."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.shots import shots

pytestmark = [pytest.mark.system, pytest.mark.browser]


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
