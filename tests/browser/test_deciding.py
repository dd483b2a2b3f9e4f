"""A decision on a telephone, from the address in a notice: one screen, one tap, and ten seconds to take it back."""

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
