"""The blog that other tests rely on behaves like one."""

import httpx2
import pytest

from tests.system.wordpress import WordPress

pytestmark = pytest.mark.system


def reply(blog: WordPress, login: tuple[str, str], post: int, parent: int, text: str) -> httpx2.Response:
    """A reply through the REST interface, by whoever logs in."""
    return httpx2.post(
        f"{blog.url}/wp-json/wp/v2/comments",
        auth=login,
        json={"post": post, "parent": parent, "content": text},
        trust_env=False,
        timeout=30,
    )


def test_readers_comments_are_on_the_page_in_both_feeds_and_in_rest(wordpress: WordPress) -> None:
    post = wordpress.post("Opening hours", "From December we open at ten.")
    first = wordpress.comment(post, "Ada", "Thank you for telling us early.")
    second = wordpress.comment(post, "Ben", "Early? I stood there at nine.", parent=first)

    assert "I stood there at nine" in wordpress.html(post.url)
    for feed in (f"{wordpress.url}/comments/feed/", f"{post.url}feed/"):
        assert f"#comment-{second}" in wordpress.html(feed)
    assert f"{post.url}feed/" in wordpress.html(f"{wordpress.url}/feed/")
    assert [(c["id"], c["parent"], c["author_name"]) for c in wordpress.comments(post)] == [
        (first, 0, "Ada"),
        (second, first, "Ben"),
    ]


def test_an_application_password_replies_under_a_comment_until_it_is_revoked(wordpress: WordPress) -> None:
    post = wordpress.post("The new board", "Five people were elected.")
    asked = wordpress.comment(post, "Ben", "Who counted the votes?")
    account = wordpress.account("editor", "office")
    login = (account.user, account.password)
    text = "Two members of the audit group.\n\nThe minutes are in the members’ area – “as always”."

    made = reply(wordpress, login, post.id, asked, text)

    assert made.status_code == 201
    stored = wordpress.comments(post)[-1]
    assert (stored["parent"], stored["author"], stored["content"]["raw"]) == (asked, account.id, text)
    assert reply(wordpress, login, post.id, asked, text).status_code == 409
    wordpress.revoke(account)
    assert reply(wordpress, login, post.id, asked, "Once more.").status_code == 401


def test_comments_are_held_edited_deleted_and_closed(wordpress: WordPress) -> None:
    post = wordpress.post("A survey", "What should we do next year?")
    kept = wordpress.comment(post, "Ada", "More walks.")
    gone = wordpress.comment(post, "Cem", "Fewer surveys.")
    wordpress.options(comment_moderation=1)
    try:
        held = wordpress.comment(post, "Dia", "Something in between.")
    finally:
        wordpress.options(comment_moderation=0)

    assert wordpress.comments(post)[-1]["status"] == "hold"
    wordpress.approve_comment(held)
    wordpress.edit_comment(kept, "More walks, please.")
    wordpress.delete_comment(gone)
    texts = {c["id"]: c["content"]["raw"] for c in wordpress.comments(post) if c["status"] == "approved"}
    assert texts == {kept: "More walks, please.", held: "Something in between."}

    wordpress.close_comments(post)
    office = wordpress.account("author", "office")
    refused = reply(wordpress, (office.user, office.password), post.id, kept, "Too late.")
    assert (refused.status_code, refused.json()["code"]) == (403, "rest_comment_closed")
