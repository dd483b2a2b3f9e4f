"""A response of our own in a browser: to two channels, with its route before a word is written, sent as one."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.browser.test_templates import shots

pytestmark = [pytest.mark.system, pytest.mark.browser]


def test_a_text_of_our_own_goes_to_two_channels_and_is_handed_over_at_each(member: Tab) -> None:
    ines = member("ines")
    screen, page = ines.screen, ines.page
    screen.go("/new")
    screen.choose("Channels", "Blog", "X")
    shots(ines, "own-begin")
    screen.press("Begin")
    expect(page.get_by_text(re.compile("^This response needs"))).to_be_visible()
    screen.field("Your text").fill("The garden is open again from Saturday.")
    expect(page.locator(".state")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    screen.settle()
    shots(ines, "own-written")
    screen.press("Send")
    expect(page.get_by_text(re.compile("^X: "))).to_be_visible()
    expect(page.get_by_text(re.compile("^Blog: "))).to_be_visible()
    shots(ines, "own-sent")
