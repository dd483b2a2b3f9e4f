"""The sample in a browser: its people log in and find their work, and every page says that nothing is real."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Tab
from tests.sample import Sample
from web.navigation import allowed

pytestmark = [pytest.mark.system, pytest.mark.browser]


def test_a_community_manager_of_the_sample_finds_a_queue_that_is_full(member: Tab) -> None:
    ines = member("ines")
    ines.screen.go("/queue?show=approval")
    expect(ines.page.get_by_text("pool").first).to_be_visible()


def test_each_page_says_beside_the_person_that_this_is_the_sample(member: Tab, sample: Sample) -> None:
    for name in ("ines", "gareth", "marguerite"):
        one = member(name)
        for place in allowed(sample.team[name]):
            one.screen.go(f"/{place.path}")
            expect(one.page.locator(".lh-me").get_by_text("Sample", exact=True)).to_be_visible()
            one.screen.shoot(f"sample-{name}-{place.path}")
        one.page.emulate_media(color_scheme="dark")
        one.page.set_viewport_size({"width": 390, "height": 844})
        one.screen.settle()
        expect(one.page.locator(".lh-me").get_by_text("Sample", exact=True)).to_be_visible()
        expect(one.screen.button("Log out")).to_be_visible()
        one.screen.shoot(f"sample-{name}-phone-dark")
