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
    opened: set[str] = set()
    for name in ("ines", "gareth", "marguerite"):
        one = member(name)
        for place in allowed(sample.team[name]):
            if place.path in opened:
                continue
            opened.add(place.path)
            one.screen.go(f"/{place.path}")
            expect(one.page.locator(".lh-me").get_by_text("Sample", exact=True)).to_be_visible()
            one.screen.shoot(f"sample-{name}-{place.path}")
        one.page.emulate_media(color_scheme="dark")
        one.page.set_viewport_size({"width": 390, "height": 844})
        one.screen.settle()
        expect(one.page.locator(".lh-me").get_by_text("Sample", exact=True)).to_be_visible()
        expect(one.screen.button("Log out")).to_be_visible()
        one.screen.shoot(f"sample-{name}-phone-dark")


def test_the_badge_leads_to_the_other_people_and_one_click_makes_you_one_of_them(member: Tab) -> None:
    ines = member("ines")
    ines.screen.go("/queue")
    ines.page.locator(".lh-me").get_by_role("link", name="Sample").click()
    expect(ines.page.get_by_role("heading", name="The people of the sample")).to_be_visible()
    ines.screen.shoot("sample-people")
    ines.page.set_viewport_size({"width": 390, "height": 844})
    ines.page.emulate_media(color_scheme="dark")
    ines.screen.shoot("sample-people-phone-dark")
    ines.page.get_by_role("button", name="Gareth Cole").click()
    expect(ines.page.locator(".lh-me")).to_contain_text("Gareth Cole")
