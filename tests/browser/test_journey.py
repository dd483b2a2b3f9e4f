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
COMMENT = "We liked the summer camp very much. But our deposit never came back, and nobody answers my letters."
SENTENCE = "nobody answers my letters"
# The blog draws other quotes, dashes and dots on its page; what it stores has to stay as it was approved.
REPLY = (
    'Ben, you are right: a deposit is never "gone" with us -- and your letters deserved an answer...\n'
    "\n"
    "I call you today. What we change is on the camp’s page by Friday, 10:00 – also for those who don't write. 🙂\n"
    "Alice, for the association"
)


def words(text: str) -> list[str]:
    """The words of a text, without the signs that a blog's typography changes."""
    return re.findall(r"\w+", text)


def replies(blog: WordPress, post: Post, asked: int) -> list[dict[str, Any]]:
    return [comment for comment in blog.comments(post) if comment["parent"] == asked]


def is_shown(browser: Browser, post: Post, asked: int, reply: int) -> None:
    """Any reader finds the reply under the comment, word for word."""
    with browser.new_page() as reader:
        reader.goto(post.url)
        shown = reader.locator(f"li:has(#div-comment-{asked}) #div-comment-{reply} .comment-content")
        assert words(shown.inner_text()) == words(REPLY)


@pytest.mark.parametrize(
    ("policy", "asked"),
    [
        pytest.param("Two levels on the blog, Facebook free", 2, id="two levels", marks=pytest.mark.second_look),
        pytest.param("Five levels for everything", 5, id="five levels and six people"),
    ],
)
def test_a_reply_is_under_the_comment_once_each_level_approved_it(
    app: Levelhead,
    wordpress: WordPress,
    person: Callable[[str], Person],
    browser: Browser,
    policy: str,
    asked: int,
) -> None:
    """Levels 1 to `asked` decide, one person each; nobody is asked before the level below has approved, or at all."""
    post = wordpress.post("Summer camp", "Thirty children were with us at the lake. Thank you to everybody who helped.")
    wordpress.comment(post, "Ada", "What a lovely week, thank you all.")
    comment = wordpress.comment(post, "Ben", COMMENT)

    alice = person("Alice")
    alice.set_up(app.address)
    alice.add_source(wordpress.url, wordpress.account("editor", "office"))
    team = []
    for level, name in enumerate(["Bea", "Cem", "Dia", "Eli", "Fay"][:asked], start=1):
        team.append(person(name))
        team[-1].join(alice.invite(name, ["approver"], [level]))
    alice.use_policy(policy)

    alice.open_case(SENTENCE)
    alice.claim()
    alice.open_editor()
    assert alice.route() == [f"{level} {each.name}" for level, each in enumerate(team[:asked], start=1)]
    alice.write(REPLY)
    alice.send_for_approval()

    for level, approver in enumerate(team[:asked], start=1):
        approver.wait_for_approval_of(REPLY)
        for later in team[level : level + 1]:
            later.sees_nothing_to_approve()
        assert not replies(wordpress, post, comment), f"published before level {level} decided"
        approver.approve()

    wait_until(lambda: replies(wordpress, post, comment), PUBLISHED_WITHIN_S, "the reply on the blog")
    (reply,) = replies(wordpress, post, comment)
    assert reply["content"]["raw"] == REPLY
    assert reply["status"] == "approved"
    is_shown(browser, post, comment, reply["id"])
