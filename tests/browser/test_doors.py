"""The two doors of the first visit, with the real processes behind them: into the sample by one click, and back."""

import time
from collections.abc import Callable

import httpx2
import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.system.running import Levelhead
from web import front

pytestmark = [pytest.mark.system, pytest.mark.browser]
INSIDE_WITHIN_MS = 90_000
# While the two houses change places nobody answers at the address.
BETWEEN = "ERR_CONNECTION_REFUSED"


def test_one_click_leads_into_the_sample_and_another_back_to_an_organisation_of_ones_own(
    app: Levelhead, person: Callable[..., Person]
) -> None:
    alice = person("Alice")
    page = alice.page
    page.goto(app.address)
    alice.screen.shoot("doors")
    begun = time.monotonic()
    page.get_by_role("button", name="Explore the sample").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_text("comments so far").first).to_be_visible(timeout=INSIDE_WITHIN_MS)
    alice.screen.shoot("doors-making")
    expect(page.locator(".lh-me")).to_contain_text("Ines Okafor", timeout=INSIDE_WITHIN_MS)
    print(f"in the sample after {time.monotonic() - begun:.1f} s")
    alice.screen.settle()
    alice.screen.shoot("doors-inside")
    assert front.home_of_the_sample(app.home).is_dir()

    page.locator(".lh-me").get_by_role("link", name="Set up your organisation").click()
    alice.screen.shoot("doors-back")
    begun = time.monotonic()
    page.get_by_role("button", name="Close the sample").click()
    expect(page.get_by_label("Your name")).to_be_visible(timeout=INSIDE_WITHIN_MS)
    print(f"back after {time.monotonic() - begun:.1f} s")
    page.get_by_label("Organisation").fill("The association")
    page.get_by_label("Your name").fill("Alice")
    alice._log_in_with("Create")
    page.wait_for_url("**/begin")
    alice.screen.settle()
    expect(page.locator(".lh-sample")).to_have_count(0)
    for gone in ("/sample", "/welcome"):
        assert httpx2.get(f"{app.url}{gone}", trust_env=False).status_code == 404
    # Nobody answers while the houses change places: that alone may have gone wrong unseen.
    alice.screen.problems[:] = [one for one in alice.screen.problems if BETWEEN not in one]
