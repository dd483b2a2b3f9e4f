"""Hiding a critic in the browser: a reason, two approvals, then the comment is in the blog's bin; and back again."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.system.processes import wait_until
from tests.system.running import Levelhead
from tests.system.wordpress import WordPress

pytestmark = [pytest.mark.system, pytest.mark.browser]

COMMENT = "We liked the summer camp. But our deposit never came back, and nobody answers my letters."
SENTENCE = "nobody answers my letters"
REASON = "It names the bank account of a family."
DONE_WITHIN_S = 90
PHONE = {"width": 390, "height": 844}


def status(blog: WordPress, number: int) -> str:
    return str(blog.rest("GET", f"/comments/{number}", params={"context": "edit"})["status"])


def test_a_critic_is_hidden_once_both_levels_approved_it_and_put_back(
    app: Levelhead, wordpress: WordPress, person: Callable[[str], Person]
) -> None:
    post = wordpress.post("Summer camp", "Thirty children were with us at the lake.")
    comment = wordpress.comment(post, "Ben", COMMENT)
    office = wordpress.account("author", "office")
    alice = person("Alice")
    alice.set_up(app.address)
    alice.add_source(wordpress.url, wordpress.account("editor", "levelhead"))
    team = []
    for level, name in enumerate(["Bea", "Cem"], start=1):
        team.append(person(name))
        team[-1].join(alice.invite(name, ["approver"], [level]))

    alice.open_case(SENTENCE)
    alice.screen.press("More")
    alice.page.get_by_role("menuitem", name="Moderate").click()
    alice.screen.settle()
    alice.page.get_by_text("Move to the bin").click()
    alice.screen.settle()
    expect(alice.page.get_by_text("This needs 2 approvals")).to_be_visible()
    alice.screen.field("Why? Those who decide read this.").fill(REASON)
    alice.screen.shoot("moderate")
    alice.page.set_viewport_size(PHONE)
    alice.screen.shoot("moderate-phone")
    alice.page.set_viewport_size({"width": 1440, "height": 900})
    alice.screen.press("Ask for approval")
    expect(alice.page.get_by_text(REASON).first).to_be_visible()
    alice.screen.shoot("moderation-asked")

    for approver in team:
        assert status(wordpress, comment) == "approved"
        approver.wait_for_approval_of(REASON)
        approver.approve()
    wait_until(lambda: status(wordpress, comment) == "trash", DONE_WITHIN_S, "the comment in the bin")

    alice.screen.until_shown("/queue", alice.screen.button("Put it back"))
    alice.screen.shoot("moderation-done")
    alice.screen.press("Put it back")
    # What the page says meanwhile can be over before a busy machine has drawn it.
    wait_until(lambda: status(wordpress, comment) == "approved", DONE_WITHIN_S, "the comment on the blog again")
    alice.screen.shoot("moderation-back")

    wordpress.rest("POST", "/comments", json={"post": post.id, "author": office.id, "content": "Thank you."})
    alice.screen.go("/sources")
    alice.screen.press("Read now")
    alice.screen.until_shown("/comments", alice.page.get_by_text("Thank you.").first)
    alice.screen.go("/sources")
    alice.screen.press("Our people")
    expect(alice.page.get_by_text("1 comment · none of us").first).to_be_visible()
    alice.screen.shoot("our-people")
