"""A decision from the address in a notice, on a telephone: one tap, ten seconds to take it back; and a lost race."""

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from store import responses
from tests.browser.conftest import Tab
from tests.sample import Sample

pytestmark = [pytest.mark.system, pytest.mark.browser]
PHONE = {"width": 390, "height": 844}
WITHIN_MS = 40_000
OVERFLOW = "main => main.scrollHeight - main.clientHeight"


def test_from_the_notice_it_is_approved_in_three_taps_and_nothing_scrolls_but_the_texts(
    member: Tab, sample: Sample
) -> None:
    with sample.store.read() as tx:
        waiting = responses.waiting_for(tx, sample.team["gareth"].id)[0]
    gareth = member("gareth", viewport=PHONE, has_touch=True, is_mobile=True)
    gareth.screen.go(f"/approvals?decide={waiting.submission_id}&version={waiting.version_number}")
    gareth.page.evaluate("() => { window.taps = 0; document.addEventListener('click', () => window.taps++, true); }")
    approve = gareth.screen.button("Approve")
    expect(gareth.page.locator(".lh-sent", has_text=waiting.text[:40])).to_be_visible(timeout=WITHIN_MS)
    expect(approve).to_be_in_viewport()
    assert gareth.page.get_by_test_id("stMain").evaluate(OVERFLOW) <= 0
    before = approve.bounding_box()
    gareth.page.locator(".lh-fold summary").tap()
    assert approve.bounding_box() == before, "the bar never moves"
    approve.tap()
    # What was pressed turns into the bar that says what happens next, or, when that is over, that it has passed on.
    expect(gareth.page.get_by_role("timer")).to_contain_text("Approved.", timeout=WITHIN_MS)
    assert gareth.page.evaluate("window.taps") <= 3


def test_of_two_who_decide_the_same_the_loser_reads_who_won_and_loses_no_letter(
    member: Tab, sample: Sample, tmp_path: Path
) -> None:
    with sample.store.read() as tx:
        waiting = responses.waiting_for(tx, sample.team["priya"].id)[0].submission_id
    too = {"one": sample.team["gareth"].id, "other": sample.team["priya"].id, "what": waiting}
    with closing(sqlite3.connect(tmp_path / "home" / "levelhead.db")) as tables, tables:
        tables.execute("insert into person_levels (person_id, level) values (:one, 1)", too)
        tables.execute(
            "insert into waits (submission_id, step, person_id, since, stood_in)"
            " select submission_id, step, :one, since, stood_in from waits"
            " where submission_id = :what and person_id = :other",
            too,
        )
    gareth, priya = member("gareth"), member("priya")
    for one, button in ((gareth, "Request changes"), (priya, "Reject")):
        one.screen.go(f"/approvals?decide={waiting}")
        one.screen.press(button)
    hers, his = (one.page.get_by_role("dialog").get_by_role("textbox").first for one in (priya, gareth))
    hers.press_sequentially("Nobody has ", delay=20)
    his.press_sequentially("Please ring her first.", delay=20)
    gareth.page.get_by_role("dialog").get_by_role("button", name="Send reason").click()
    expect(gareth.page.get_by_role("timer")).to_contain_text("Changes requested", timeout=WITHIN_MS)
    hers.press_sequentially("spoken with her yet.", delay=20)
    hers.press("Control+Enter")
    lost = re.compile(r"Gareth Cole sent back this at \d\d:\d\d, before you")
    expect(priya.page.get_by_role("dialog")).to_contain_text(lost, timeout=WITHIN_MS)
    expect(hers).to_have_value("Nobody has spoken with her yet.")
    priya.page.keyboard.press("Escape")
    expect(priya.page.get_by_text("What you had typed, to copy:")).to_be_visible(timeout=WITHIN_MS)
    expect(priya.page.locator("code", has_text="Nobody has spoken with her yet.")).to_be_visible()
