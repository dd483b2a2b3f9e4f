"""From the printed address to a queue with real comments in it: in at most 25 clicks, with nothing left out."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import PASSWORD, Person
from tests.system.isso import Isso, missing
from tests.system.running import Levelhead

pytestmark = [pytest.mark.system, pytest.mark.browser]
MOST_CLICKS = 25
WITHIN_S = 300
GRAVE = "My daughter was left alone at the lake and she is six."
# Every press of a pointer counts, whatever it hits; the count outlives the pages.
COUNT = """addEventListener("pointerdown", (press) => {
  if (press.isTrusted) sessionStorage.presses = Number(sessionStorage.presses || 0) + 1;
}, true);"""


@pytest.fixture
def isso() -> Iterator[Isso]:
    if lacking := missing():
        pytest.fail(f"Isso cannot run here; missing: {', '.join(lacking)}. .ci/run installs it.")
    with Isso() as server:
        server.comment("/camp/", "What a lovely week, thank you all.", "Ada")
        server.comment("/camp/", GRAVE, "Ben")
        yield server


def type_into(person: Person, field: Locator, text: str) -> None:
    """As people do who use the pointer for each field: a click into it, and the keys."""
    field.click()
    person.page.keyboard.type(text)


def test_set_up_takes_at_most_25_clicks_and_ends_on_a_queue_with_real_comments(
    app: Levelhead, isso: Isso, person: Callable[..., Person]
) -> None:
    alice = person("Alice")
    alice.page.add_init_script(COUNT)
    begun = time.monotonic()

    alice.page.goto(app.address)
    alice.page.get_by_role("button", name="Set up your organisation").click()
    for label, text in (
        ("Organisation", "The association"),
        ("Your name", "Alice"),
        ("E-mail", alice.email),
        ("Password", PASSWORD),
    ):
        type_into(alice, alice.page.get_by_label(label), text)
    alice.page.get_by_role("button", name="Create").click()
    alice.page.wait_for_url("**/begin")
    alice.screen.settle()

    type_into(alice, alice.screen.field("Blog address"), f"{isso.page}/camp/")
    alice.screen.tick("This address is on our own network")
    alice.screen.press("Find comments")
    alice.screen.shoot("begin-source")
    alice.screen.press("Add source")
    # The step before has a field of this name, too.
    expect(alice.page.get_by_role("heading", name="People")).to_be_visible()
    alice.screen.settle()

    type_into(alice, alice.screen.field("Name"), "Bea")
    type_into(alice, alice.screen.field("E-mail"), "bea@example.org")
    alice.screen.choose("What this person does", "Approves at level 1: Communications lead")
    alice.screen.press("Add person")
    expect(alice.page.get_by_text(re.compile(r"/join\?token="))).to_be_visible()
    alice.screen.shoot("begin-people")
    alice.screen.press("Go on")

    alice.screen.shoot("begin-policy")
    alice.screen.press("Use this policy")
    alice.screen.press("Skip this step")
    expect(alice.page.get_by_text("2 comments were read so far. 1 of them needs a person.")).to_be_visible()
    alice.screen.shoot("begin-end")
    alice.screen.press("Go to the queue")

    expect(alice.screen.row("Children and people in our care")).to_be_visible()
    clicks = alice.page.evaluate("Number(sessionStorage.presses)")
    print(f"set-up: {clicks} clicks, {time.monotonic() - begun:.0f} s")
    assert clicks <= MOST_CLICKS
    assert time.monotonic() - begun < WITHIN_S
    expect(alice.page.locator(".lh-beginning")).to_have_count(0)
