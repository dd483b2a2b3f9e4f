"""The overview in a browser: from a bar to the comments behind it, and a chart's numbers as a table and a file."""

import re

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PdfReader

from tests.browser.conftest import Tab
from tests.browser.walk import POPOVER

pytestmark = [pytest.mark.system, pytest.mark.browser]


def test_a_bar_leads_to_its_comments_and_the_numbers_are_a_file(member: Tab) -> None:
    gareth = member("gareth")
    screen, page = gareth.screen, gareth.page
    screen.go("/overview?days=14")
    card = page.locator(".st-key-card-channels")
    screen.shoot("overview")
    click(card.locator(".bars .point").first)
    page.wait_for_url(re.compile(r"/search\?.*channel=\w+"))
    screen.settle()
    expect(page.locator(".lh-rows").first).to_be_visible()

    screen.go("/overview?days=14")
    # The foot of a bar may have a mark on it, which leads to what went out that day.
    click(longest(page.locator(".st-key-card-volume .bars .point path"), "height"))
    page.wait_for_url(re.compile(r"/search\?.*since=(\d{4}-\d\d-\d\d)&until=\1"))
    screen.settle()

    screen.go("/overview?days=14")
    card.get_by_role("button", name="Numbers").click()
    screen.settle()
    with page.expect_download() as saved:
        page.locator(POPOVER).get_by_role("button", name="As CSV", exact=True).click()
    file = saved.value.path().read_text("utf-8-sig")
    assert re.match(r"channel,comments,needed a person,mean sentiment\n(?:Blog|Facebook),\d+,\d+,", file)
    page.get_by_role("link", name="See these comments").click()
    page.wait_for_url(re.compile("/search"))
    screen.settle()

    # What approval costs: by a bar to its responses, and by a line of the waits, wherever in it one clicks.
    screen.go("/overview?days=60&by=channel")
    click(longest(page.locator(".st-key-card-changed .bars .point path")))
    page.wait_for_url(re.compile(r"/costs\?.*level=\d.*outcome=changed.*channel=\w+"))
    screen.settle()
    expect(page.locator(".lh-rows li").first).to_be_visible()
    screen.go("/overview?days=60")
    click(page.locator(".st-key-card-costs .bars .point path").nth(1))
    page.wait_for_url(re.compile(r"/costs\?level=1&kind=replies&days=60$"))
    screen.settle()
    expect(page.locator(".lh-rows li").first).to_be_visible()

    screen.go("/board")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download as PDF").click()
    assert re.fullmatch(r"levelhead-\d{4}-\d\d-01-\d{4}-\d\d-\d\d\.pdf", saved.value.suggested_filename)
    first, second = PdfReader(saved.value.path()).pages
    assert "Millbrook Community House" in first.extract_text() and "Page 2 of 2" in second.extract_text()


def longest(bars: Locator, side: str = "width") -> Locator:
    """The longest of some bars: many are of nothing."""
    expect(bars.first).to_be_attached()
    lengths = bars.evaluate_all("(bars, side) => bars.map(bar => bar.getBoundingClientRect()[side])", side)
    return bars.nth(lengths.index(max(lengths)))


def click(bar: Locator) -> None:
    """Clicks where the bar is: what lies over it hears the pointer."""
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    bar.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    bar.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
