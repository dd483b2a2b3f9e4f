"""The main job on a real blog: from a reader's comment to the answer under it, approved by exactly the right people."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.people import Person
from tests.system.processes import wait_until
from tests.system.running import Levelhead
from tests.system.wordpress import Post, WordPress

pytestmark = [pytest.mark.system, pytest.mark.browser]

PUBLISHED_WITHIN_S = 60
COMMENT = (
    "We liked the summer camp very much. But my daughter was left alone at the lake, and she is six. "
    "I wrote twice and nobody answered."
)
SENTENCE = "my daughter was left alone at the lake"
# The blog draws other quotes, dashes and dots on its page; what it stores has to stay as it was approved.
REPLY = (
    'Ben, you are right: a child of six is never "on her own" with us -- and your letters deserved an answer...\n'
    "\n"
    "I call you today. What we change is on the camp’s page by Friday, 10:00 – also for those who don't write. 🙂\n"
    "Alice, for the association"
)


def words(text: str) -> list[str]:
    """The words of a text, without the signs that a blog's typography changes."""
    return re.findall(r"\w+", text)


def replies(blog: WordPress, post: Post, asked: int) -> list[dict[str, Any]]:
    return [comment for comment in blog.comments(post) if comment["parent"] == asked]


def sanctioned(
    app: Levelhead, blog: WordPress, person: Callable[[str], Person], approvers: list[str], policy: str = ""
) -> tuple[Post, int, int]:
    """The whole journey with one approver a level, from level 1 on; nobody sees it before the level below approved.

    Returns the post and the numbers of the comment and of the reply under it.
    """
    post = blog.post("Summer camp", "Thirty children were with us at the lake. Thank you to everybody who helped.")
    blog.comment(post, "Ada", "What a lovely week, thank you all.")
    asked = blog.comment(post, "Ben", COMMENT)

    alice = person("Alice")
    alice.set_up(app.address)
    alice.add_source(blog.url, blog.account("editor", "office"))
    team = []
    for level, name in enumerate(approvers, start=1):
        # A policy is taken only when somebody could answer each of its rules; one of them asks for an expert.
        link = alice.invite(name, ["approver", "expert"] if name == approvers[-1] else ["approver"], [level])
        team.append(person(name))
        team[-1].join(link)
    if policy:
        alice.use_policy(policy)

    alice.open_case(SENTENCE)
    alice.claim()
    alice.write_reply(REPLY)
    alice.send_for_approval()

    for before, (approver, later) in enumerate(zip(team, [*team[1:], None], strict=True)):
        approver.wait_for_approval_of(REPLY)
        if later:
            later.sees_nothing_to_approve()
        assert not replies(blog, post, asked), f"published after {before} of {len(team)} approvals"
        approver.approve()

    wait_until(lambda: replies(blog, post, asked), PUBLISHED_WITHIN_S, "the reply on the blog")
    (reply,) = replies(blog, post, asked)
    assert reply["content"]["raw"] == REPLY
    assert reply["status"] == "approved"
    return post, asked, reply["id"]


def is_shown(browser: Browser, post: Post, asked: int, reply: int) -> None:
    """Any reader finds the reply under the comment, word for word."""
    with browser.new_page() as reader:
        reader.goto(post.url)
        shown = reader.locator(f"li:has(#div-comment-{asked}) #div-comment-{reply} .comment-content")
        assert words(shown.inner_text()) == words(REPLY)


def test_two_levels(app: Levelhead, wordpress: WordPress, person: Callable[[str], Person], browser: Browser) -> None:
    is_shown(browser, *sanctioned(app, wordpress, person, ["Bea", "Cem"]))


def test_five_levels_and_six_people(
    app: Levelhead, wordpress: WordPress, person: Callable[[str], Person], browser: Browser
) -> None:
    team = ["Bea", "Cem", "Dia", "Eli", "Fay"]
    is_shown(browser, *sanctioned(app, wordpress, person, team, policy="Five levels for everything"))
