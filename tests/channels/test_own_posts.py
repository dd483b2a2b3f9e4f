"""A post of our own through WordPress's interface: its parts, its mark, and what the blog would make of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.shape import Posted, Rejected
from channels.wordpress import posts
from model.content import fixed_text
from tests.channels.peers import Peer, as_json, path
from tests.channels.test_reply import blog, refused

POST = posts.Post("The garden", "Open again.", "the-garden-0a1b2c3d")
STORED: dict[str, Any] = {
    "id": 12,
    "author": 5,
    "slug": POST.slug,
    "date_gmt": "2026-03-02T08:00:00",
    "link": "https://blog.example/the-garden-0a1b2c3d/",
    "status": "publish",
    "title": {"raw": POST.title, "rendered": POST.title},
    "content": {"raw": POST.content, "rendered": f"<p>{POST.content}</p>"},
}
POSTED = Posted(
    "wp-post:12", STORED["link"], "publish", "The garden\n\nOpen again.", "<p>The garden</p>\n<p>Open again.</p>"
)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("One line.", ("", "One line.")),
        ("Title\nText", ("Title", "Text")),
        ("Title \n\n\n  - one\n  - two", ("Title", "  - one\n  - two")),
        ("", ("", "")),
    ],
)
def test_the_first_line_is_the_title_where_there_is_more(text: str, parts: tuple[str, str]) -> None:
    assert posts.parted(text) == parts


@given(st.text(max_size=200).map(fixed_text))
def test_no_word_is_lost_between_title_and_text_and_the_address_is_plain(text: str) -> None:
    post = posts.post_of(text, "1")
    assert "".join((post.title + post.content).split()) == "".join(text.split())
    assert post.slug.isascii()
    assert post.slug == posts.post_of(text, "1").slug
    assert post.slug != posts.post_of(text, "2").slug


def test_it_is_sent_once_with_its_mark_and_read_back() -> None:
    with Peer(lambda _: as_json(STORED, "201 Created")) as peer:
        assert posts.publish(blog(peer), POST) == POSTED
    (request,) = peer.requests
    assert request.startswith("POST /wp-json/wp/v2/posts?context=edit ")
    assert request.endswith(
        '{"title": "The garden", "content": "Open again.", "slug": "the-garden-0a1b2c3d", "status": "publish"}'
    )


def test_an_account_without_the_right_is_told_what_it_needs() -> None:
    with Peer(lambda _: refused("rest_cannot_create", "403 Forbidden")) as peer:
        outcome = posts.publish(blog(peer), POST)
    assert isinstance(outcome, Rejected)
    assert "the role Author or Editor" in outcome.message


def test_it_is_found_by_its_mark_if_it_is_ours_and_not_in_the_bin() -> None:
    listed: list[dict[str, Any]] = [STORED | {"author": 6}, STORED | {"status": "trash"}]
    with Peer(lambda _: as_json(listed)) as peer:
        assert posts.sent(blog(peer), POST, 5) is None
        listed.append(STORED | {"content": {"raw": "Changed.", "rendered": ""}})
        found = posts.sent(blog(peer), POST, 5)
    assert found is not None
    assert found.identity == "wp-post:12"
    assert "slug=the-garden-0a1b2c3d%2Cthe-garden-0a1b2c3d-2" in path(peer.requests[0])


def test_an_account_that_sees_only_what_readers_see_looks_there() -> None:
    seen = STORED | {"title": {"rendered": "The garden"}, "content": {"rendered": "<p>Open again.</p>"}}

    def respond(request: str) -> bytes:
        return (
            refused("rest_forbidden_context", "403 Forbidden") if "context=edit" in path(request) else as_json([seen])
        )

    with Peer(respond) as peer:
        found = posts.sent(blog(peer), POST, 5)
    assert found == Posted("wp-post:12", STORED["link"], "publish", "", POSTED.rendered)


def test_what_differs_is_said() -> None:
    text = "The garden\n\nOpen again."
    assert posts.problem(POSTED, text) == ""
    held = Posted(POSTED.identity, POSTED.url, "pending", POSTED.raw, POSTED.rendered)
    assert "holds our post back" in posts.problem(held, text)
    assert "stored another text" in posts.problem(POSTED, "The garden\n\nClosed.")
    assert "shows" in posts.problem(POSTED, "The garden\n\nClosed.")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The garden\n\nOpen.", ""),
        ("Open.", "no title"),
        ("x" * 130 + "\n\nOpen.", "130 characters"),
        ("The garden\n\n[gallery]", "square brackets"),
        ("The garden\n\n[see below] open", ""),
        ("The garden\n\nOpen.<!-- not yet -->", "hides"),
        ("The garden\n\nhttps://x.example/a\n\nOpen.", "a preview of that page"),
        ("The garden\n\nSee https://x.example/a", ""),
    ],
)
def test_what_the_blog_would_make_of_a_post(text: str, said: str) -> None:
    found = posts.would_change(text, rewrites=False)
    assert [said in one for one in found] == ([True] if said else [])
