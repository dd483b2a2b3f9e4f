"""Replies through WordPress's interface: each answer the blog can give, and what is known after it."""

from collections.abc import Callable
from typing import Any

import pytest

from channels.faults import FetchError, passes
from channels.http import Account, Refused
from channels.shape import Outcome, Posted, Rejected, Unknown
from channels.wordpress import api
from channels.wordpress.api import AccountProblem, Site
from tests.channels.peers import Peer, answer, as_json, header, path

TEXT = 'Thank you -- we "hear" you.\n\nIt\'s & stays open…'
SHOWN = "<p>Thank you &#8212; we &#8220;hear&#8221; you.</p>\n<p>It&#8217;s &#038; stays open…</p>\n"
STORED: dict[str, Any] = {
    "id": 12,
    "post": 7,
    "parent": 3,
    "author": 5,
    "link": "https://blog.example/p/#comment-12",
    "status": "approved",
    "content": {"raw": TEXT, "rendered": SHOWN},
}
POSTED = Posted("wp:12", STORED["link"], "approved", TEXT, SHOWN)


def blog(peer: Peer, *, plain: bool = False) -> Site:
    root = f"{peer.url}/index.php?rest_route=/" if plain else f"{peer.url}/wp-json/"
    return Site(root, Account("bob", "abcd efgh"), allow_private=True)


def reply(respond: Callable[[str], Any]) -> tuple[Outcome, list[str]]:
    with Peer(respond) as peer:
        return api.reply(blog(peer), 7, 3, TEXT), peer.requests


def refused(code: str, status: str) -> bytes:
    return as_json({"code": code, "message": "In <b>another</b> language.", "data": {}}, status)


def test_a_reply_that_was_stored() -> None:
    outcome, requests = reply(lambda _: as_json(STORED, "201 Created"))
    assert outcome == POSTED
    (request,) = requests
    assert request.startswith("POST /wp-json/wp/v2/comments?context=edit ")
    assert header(request, "authorization") == "Basic Ym9iOmFiY2QgZWZnaA=="
    assert request.endswith(
        '{"post": 7, "parent": 3, "content": "Thank you -- we \\"hear\\" you.\\n\\nIt\'s & stays open…"}'
    )


def test_a_reply_that_is_held_says_so() -> None:
    outcome, _ = reply(lambda _: as_json(STORED | {"status": "hold"}, "201 Created"))
    assert isinstance(outcome, Posted)
    assert outcome.status == "hold"


def test_a_blog_with_plain_addresses() -> None:
    with Peer(lambda _: as_json(STORED, "201 Created")) as peer:
        assert api.reply(blog(peer, plain=True), 7, 3, TEXT) == POSTED
    assert path(peer.requests[0]) == "/index.php?rest_route=%2Fwp%2Fv2%2Fcomments&context=edit"


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("comment_duplicate", "409 Conflict", "already has exactly this text"),
        ("rest_comment_closed", "403 Forbidden", "Comments are closed"),
        ("rest_comment_invalid_post_id", "403 Forbidden", "gone from the blog"),
        ("rest_post_invalid_id", "404 Not Found", "gone from the blog"),
        ("comment_flood", "400 Bad Request", "wait between two comments"),
        ("rest_comment_login_required", "401 Unauthorized", "wrong, expired or was revoked"),
        ("incorrect_password", "401 Unauthorized", "wrong, expired or was revoked"),
        ("rest_cannot_create", "403 Forbidden", "wrong, expired or was revoked"),
        ("rest_no_route", "404 Not Found", "In another language."),
    ],
)
def test_a_no_of_the_blog_is_final_and_in_plain_words(code: str, status: str, said: str) -> None:
    outcome, requests = reply(lambda _: refused(code, status))
    assert isinstance(outcome, Rejected)
    assert outcome.code == code
    assert said in outcome.message
    assert "abcd" not in outcome.message
    assert len(requests) == 1


def test_a_firewall_before_the_blog_is_told_from_the_blog() -> None:
    outcome, _ = reply(lambda _: answer("<html>Blocked</html>", "403 Forbidden"))
    assert isinstance(outcome, Rejected)
    assert "firewall" in outcome.message


@pytest.mark.parametrize(
    "made",
    [
        as_json({"code": "internal_server_error"}, "500 Internal Server Error"),
        answer("<html>", "502 Bad Gateway"),
        answer("", "504 Gateway Timeout"),
        answer("", "408 Request Timeout"),
        answer("<html>Welcome</html>", "200 OK"),
        as_json([STORED], "200 OK"),
        answer("not json", "201 Created"),
        as_json({"no": "id"}, "201 Created"),
        answer(status="302 Found", location="/wp-login.php"),
        answer('{"id": 12', "201 Created", length=500),
        b"",
        b"nonsense\r\n\r\n",
    ],
    ids=lambda made: made[:30].decode() or "cut",
)
def test_where_nobody_knows_it_is_unknown_and_sent_once(made: bytes) -> None:
    outcome, requests = reply(lambda _: made)
    assert isinstance(outcome, Unknown)
    assert len(requests) == 1


def test_what_never_left_is_a_plain_no() -> None:
    with Peer(lambda _: b"") as peer:
        site = blog(peer)
    outcome = api.reply(site, 7, 3, TEXT)
    assert isinstance(outcome, Rejected)
    assert "cannot be reached" in outcome.message
    assert outcome.passes
    public = Site("http://blog.example/wp-json/", site.account)
    assert isinstance(api.reply(public, 7, 3, TEXT), Rejected)


# --- looking again ---------------------------------------------------------------------------------------------------


def find(items: list[dict[str, Any]], *, moderates: bool = True) -> Posted | None:
    def respond(request: str) -> bytes:
        if "context=edit" in path(request) and not moderates:
            return refused("rest_forbidden_context", "403 Forbidden")
        return as_json(items)

    with Peer(respond) as peer:
        return api.find(blog(peer), 7, 3, TEXT, 5)


def test_our_own_reply_is_found_by_author_and_exact_text() -> None:
    other = STORED | {"id": 11, "content": {"raw": TEXT + ".", "rendered": SHOWN}}
    stranger = STORED | {"id": 10, "author": 6}
    trashed = STORED | {"id": 9, "status": "trash"}
    assert find([trashed, stranger, other, STORED]) == POSTED
    assert find([trashed, stranger, other]) is None
    assert find([]) is None


def test_an_account_that_may_not_see_the_stored_form_compares_what_readers_see() -> None:
    seen = STORED | {"content": {"rendered": SHOWN}}
    found = find([STORED | {"content": {"rendered": "<p>Another</p>"}}, seen], moderates=False)
    assert found == Posted("wp:12", STORED["link"], "approved", "", SHOWN)


def test_a_blog_that_cannot_be_asked_is_an_error_not_a_no() -> None:
    with Peer(lambda _: answer("", "503 Busy")) as peer:
        for ask in (lambda: api.find(blog(peer), 7, 3, TEXT, 5), lambda: api.present(blog(peer), 3)):
            with pytest.raises(FetchError, match="503") as error:
                ask()
            assert passes(error.value)


def test_a_blog_that_says_what_has_to_be_done_is_not_asked_again_by_itself() -> None:
    switched_off = refused("application_passwords_disabled", "501 Not Implemented")
    with Peer(lambda _: switched_off) as peer, pytest.raises(AccountProblem, match="switched off"):
        api.present(blog(peer), 3)


def test_a_comment_as_it_stands() -> None:
    def respond(request: str) -> bytes:
        if "/comments/3" in path(request):
            up = {"up": [{"href": f"{peer.url}/wp-json/wp/v2/posts/7"}]}
            return as_json(
                {"id": 3, "post": 7, "status": "approved", "content": {"rendered": "<p>Hi &amp; ho</p>"}, "_links": up}
            )
        if "/posts/7" in path(request):
            return as_json({"comment_status": "closed"})
        return refused("rest_comment_invalid_id", "404 Not Found")

    with Peer(respond) as peer:
        assert api.present(blog(peer), 3) == api.Present(7, "Hi & ho", "approved", comments_open=False)
        assert api.present(blog(peer), 4) is None


@pytest.mark.parametrize("made", [refused("rest_no_route", "404 Not Found"), answer("<html>", "200 OK"), as_json([])])
def test_an_answer_in_another_form_does_not_mean_gone(made: bytes) -> None:
    with Peer(lambda _: made) as peer, pytest.raises(AccountProblem):
        api.present(blog(peer), 3)


# --- the account -----------------------------------------------------------------------------------------------------


def test_who_we_are() -> None:
    able = {"unfiltered_html": True, "moderate_comments": True, "publish_posts": True}
    with Peer(lambda _: as_json({"id": 5, "name": "Bob", "capabilities": able})) as peer:
        assert api.whoami(blog(peer)) == api.Self(5, "Bob", rewrites=False, moderates=True, posts=True)
    with Peer(lambda _: as_json({"id": 5, "name": "Bob", "capabilities": []})) as peer:
        assert api.whoami(blog(peer)) == api.Self(5, "Bob", rewrites=True, moderates=False, posts=False)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (refused("incorrect_password", "401 Unauthorized"), "wrong, expired or was revoked"),
        (refused("rest_not_logged_in", "401 Unauthorized"), "wrong, expired or was revoked"),
        (refused("application_passwords_disabled", "501 Not Implemented"), "switched off"),
        (answer("<html>", "403 Forbidden"), "firewall"),
        (answer("<html>", "200 OK"), "answered with an error"),
        (answer("", "503 Busy"), "Try again later"),
    ],
)
def test_an_account_that_does_not_work(made: bytes, said: str) -> None:
    with Peer(lambda _: made) as peer, pytest.raises(AccountProblem, match=said):
        api.whoami(blog(peer))


def test_a_password_never_goes_over_plain_http() -> None:
    with Peer(lambda _: answer("")) as peer:
        with pytest.raises(Refused):
            api.whoami(Site(f"{peer.url}/wp-json/", Account("bob", "abcd")))
        assert peer.requests == []


def test_the_newest_comments_are_read_and_an_equal_page_is_not() -> None:
    item = {"date_gmt": "2026-03-02T08:00:00", "_embedded": {"up": [{"title": {"rendered": "Opening &amp; hours"}}]}}
    with Peer(lambda _: as_json([STORED | item])) as peer:
        fresh = api.read(blog(peer))
        assert fresh.reading
        (entry,) = fresh.reading.entries
        assert api.read(blog(peer), body_hash=fresh.body_hash).reading is None
    assert (entry.identity, entry.author_id, entry.thread_title) == ("wp:12", "5", "Opening & hours")


# --- what the blog makes of a text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "count"),
    [("plain – “text” 🙂", 0), ("a < b", 1), ("a -> b", 1), ("AT&T", 1), ("&amp;", 0), ("<b>&nbsp;", 3)],
)
def test_what_a_small_account_cannot_write(text: str, count: int) -> None:
    assert len(api.would_rewrite(text, rewrites=True)) == count
    assert api.would_rewrite(text, rewrites=False) == []


def test_what_no_account_can_write() -> None:
    for text in ('<a href="https://x.example">x</a>', "bell\x07", "x" * 65_526):
        assert len(api.would_rewrite(text, rewrites=False)) == 1


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        (TEXT, SHOWN),
        ("9' by 6\" 3x4", "<p>9&#8242; by 6&#8243; 3&#215;4</p>"),
        ("yes :) (tm)", '<p>yes <img alt="🙂"> &#8482;</p>'),
        ("see https://x.example/?a=1&b", '<p>see <a href="x" rel="nofollow">https://x.example/?a=1&#038;b</a></p>'),
        ("one\ntwo", "<p>one<br />\ntwo</p>\n"),
    ],
)
def test_typography_is_no_difference(sent: str, shown: str) -> None:
    assert api.difference(sent, shown) == ""


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("We are sorry.", "<p>We are not sorry.</p>"),
        ("<b>bold</b>", "<p><b>bold</b></p>"),
        ("call 555-1234", "<p>call 555-1235</p>"),
        ("all of it", "<p>all</p>"),
        ("all", "<p>all and an advertisement</p>"),
    ],
)
def test_any_other_difference_is_described(sent: str, shown: str) -> None:
    assert "where" in api.difference(sent, shown)
