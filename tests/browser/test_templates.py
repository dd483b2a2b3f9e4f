"""A template in a browser: written, approved, filled in by keys alone, and sent without another approval."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from model import clock
from store.db import Store
from tests.browser.conftest import Tab
from tests.browser.shots import shots
from tests.sample import Sample, forty, team

pytestmark = [pytest.mark.system, pytest.mark.browser]


def raised(home: Path) -> int:
    """A case of a question on the blog, in a thread of its own and without a reply."""
    store = Store(f"sqlite:///{home / 'levelhead.db'}")
    (case_id,) = forty(Sample(store, team(store), clock.now()), 1)
    store.engine.dispose()
    return case_id


def test_a_template_is_written_approved_filled_by_keys_and_sent_at_once(member: Tab, tmp_path: Path) -> None:
    ines, priya = member("ines"), member("priya")
    screen, page = ines.screen, ines.page
    screen.go("/templates?template=new")
    screen.fill("Name", "Opening hours")
    screen.fill("Text", "Dear {name},\n\nthe pool is open on {day} from nine. We look forward to seeing you.")
    screen.choose("{day} is", "one of these")
    screen.fill("One on each line", "Monday\nFriday")
    screen.choose("To comments of severity at most", "medium")
    shots(ines, "template-new")
    screen.press("Send for approval")
    expect(page.get_by_role("heading", name="Version 1 waits for approval")).to_be_visible()
    shots(ines, "template-waits")

    priya.wait_for_approval_of("Make it a template")
    priya.page.get_by_text("Make it a template").last.click()
    priya.screen.settle()
    expect(priya.page.get_by_text("The template “Opening hours”")).to_be_visible()
    shots(priya, "template-approve")
    priya.approve()

    screen.until_shown("/templates", page.get_by_text("Version 1 is in use").first)
    shots(ines, "template-in-use")
    screen.go(f"/queue?case={raised(tmp_path / 'home')}")
    screen.key("Reply", "e")
    expect(screen.field("Your reply")).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("dialog", name="Template")).to_be_visible()
    screen.settle()
    shots(ines, "template-choose")
    page.keyboard.press("Alt+Enter")
    screen.settle()
    expect(screen.field("Your reply")).to_have_value(re.compile("the pool is open on Monday from nine"))
    expect(page.get_by_text("approved by Priya Raman on").first).to_be_visible()
    expect(page.get_by_text("This reply needs no approval")).to_be_visible()
    shots(ines, "template-reply")
    screen.press("Template")
    page.keyboard.press("Control+Enter")
    screen.settle()
    expect(page.get_by_role("dialog", name="Template"), "the page behind sends nothing").to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    screen.settle()
    expect(page.get_by_text("Approved, on its way").first).to_be_visible()
    shots(ines, "template-sent")
