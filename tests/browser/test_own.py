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
    field, hints = screen.field("Your text"), page.locator(".lh-hints")
    field.fill(
        "Our garden is open again.\n\nA child was hurt at our camp, and we are sorry. We will tell you more tomorrow."
    )
    expect(page.get_by_text(re.compile("^As it reads now it needs"))).to_be_visible()
    expect(screen.button("Send for approval")).to_be_visible()
    expect(hints.get_by_text("tomorrow")).to_be_visible()
    shots(ines, "own-grave")
    field.fill("The garden is open again.\n\nCome from Saturday: https://millbrook.example/a-garden-for-all")
    expect(page.locator(".state")).to_have_text(re.compile(r"^Saved \d\d:\d\d$"))
    blog, tweet = page.locator("[data-look=post]"), page.locator("[data-look=lines]")
    expect(blog.locator(".lh-title")).to_have_text("The garden is open again.")
    expect(tweet.locator(".lh-address")).to_have_text("https://millbrook.example/a-garden-for-all")
    expect(page.locator("[data-counts]")).to_have_text("70 of 280 characters")
    screen.settle()
    shots(ines, "own-written")
    drawn = [one.inner_html() for one in (blog, tweet)]
    page.reload()
    screen.settle()
    assert [one.inner_html() for one in (blog, tweet)] == drawn, "what was saved is drawn as what is typed"
    screen.press("Send")
    expect(page.get_by_text(re.compile("^X: "))).to_be_visible()
    expect(page.get_by_text(re.compile("^Blog: "))).to_be_visible()
    shots(ines, "own-sent")
