"""From a pasted address to the feed of comments, on sites of many makes; and reads that cost no parsing."""

from collections.abc import Mapping

import pytest

from channels.feed import read as feed
from channels.http import FetchError
from model.words import Channel, SourceKind
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.channels.peers import Peer, answer, as_json, header, path

SAID = (Said(1, "<p>Hello</p>"), Said(2, "<p>You</p>", parent=1))
INTERFACE = {"name": "A blog &amp; more", "namespaces": ["oembed/1.0", "wp/v2"]}


def site(pages: Mapping[str, bytes]) -> Peer:
    """A site with these pages; 'HOME' in a page stands for the site's own address."""

    def respond(request: str) -> bytes:
        asked = path(request)
        raw = pages.get(asked) or pages.get(asked.split("?", maxsplit=1)[0], answer("nothing", "404 Not Found"))
        head, _, body = raw.partition(b"\r\n\r\n")
        body = body.replace(b"HOME", peer.url.encode()).replace(blogs.HOME.encode(), peer.url.encode())
        lines = [
            line for line in head.replace(b"HOME", peer.url.encode()).split(b"\r\n") if b"content-length" not in line
        ]
        return b"\r\n".join([*lines, f"content-length: {len(body)}".encode()]) + b"\r\n\r\n" + body

    peer = Peer(respond)
    return peer


def page(head: str, **headers: str) -> bytes:
    return answer(
        f"<!DOCTYPE html><html><head>{head}</head><body>Hi</body></html>", content_type="text/html", **headers
    )


def link(address: str, title: str = "", kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="{title}" href="{address}" />'


PRETTY = {
    "/": page(
        link("HOME/feed/", "A blog &raquo; Feed") + link("HOME/comments/feed/", "A blog &raquo; Comments Feed"),
        Link='<HOME/wp-json/>; rel="https://api.w.org/"',
    ),
    "/2026/03/post-7/": page(
        link("/feed/", "Feed")
        + link("/2026/03/post-7/feed/", "A blog » Post Comments Feed")
        + link("/comments/feed/", "A blog » Comments Feed")
        + "<link rel='https://api.w.org/' href='/wp-json/' />"
    ),
    "/feed/": answer(
        """<rss version="2.0" xmlns:wfw="http://wellformedweb.org/CommentAPI/"><channel><title>A blog</title>
        <link>HOME</link><generator>https://wordpress.org/?v=6.1</generator><item><guid>1</guid><description>post
        </description><wfw:commentRss>HOME/2026/03/post-7/feed/</wfw:commentRss></item></channel></rss>"""
    ),
    "/comments/feed/": answer(blogs.rss(SAID)),
    "/2026/03/post-7/feed/": answer(blogs.rss(SAID, post=7)),
    "/wp-json/": as_json(INTERFACE),
}
PLAIN = {
    "/blog/": page(
        link("HOME/blog/?feed=rss2", "Feed") + link("HOME/blog/?feed=comments-rss2", "Comments Feed"),
        Link='<HOME/blog/index.php?rest_route=/>; rel="https://api.w.org/"',
    ),
    "/blog/?p=7": page(
        link("HOME/blog/?feed=rss2&#038;p=7", "Post Comments Feed"),
        Link='<HOME/blog/index.php?rest_route=/>; rel="https://api.w.org/"',
    ),
    "/blog/?feed=comments-rss2": answer(blogs.rss(SAID)),
    "/blog/?feed=rss2&p=7": answer(blogs.rss(SAID, post=7)),
    "/blog/index.php": as_json(INTERFACE),
}


@pytest.mark.parametrize("pasted", ["", "/", "/2026/03/post-7/", "/feed/", "/comments/feed/", " /  "])
def test_a_wordpress_blog_with_pretty_addresses(pasted: str) -> None:
    with site(PRETTY) as peer:
        found = feed.discover(pasted.replace("/", peer.url + "/", 1) if pasted else peer.url, allow_private=True)
    assert (found.kind, found.title, found.channel) == (SourceKind.WORDPRESS, "A blog & more", Channel.BLOG)
    assert (found.feed_url, found.api_url) == (f"{peer.url}/comments/feed/", f"{peer.url}/wp-json/")
    assert found.site_url == peer.url
    assert [one.text for one in found.preview] == ["Hello", "You"]


@pytest.mark.parametrize("pasted", ["/blog/", "/blog/?p=7"])
def test_a_wordpress_blog_with_plain_addresses_in_a_folder(pasted: str) -> None:
    with site(PLAIN) as peer:
        found = feed.discover(peer.url + pasted, allow_private=True)
    assert found.feed_url == f"{peer.url}/blog/?feed=comments-rss2"
    assert (found.api_url, found.site_url) == (f"{peer.url}/blog/index.php?rest_route=/", f"{peer.url}/blog")


def test_a_missing_scheme_is_tried() -> None:
    with site(PRETTY) as peer:
        found = feed.discover(peer.url.removeprefix("http://"), allow_private=True)
    assert found.feed_url == f"{peer.url}/comments/feed/"


def test_a_theme_that_names_no_feeds() -> None:
    pages = {"/": page('<script src="HOME/wp-includes/js/x.js"></script>'), "/comments/feed/": answer(blogs.rss(SAID))}
    with site(pages) as peer:
        found = feed.discover(peer.url, allow_private=True)
    assert (found.feed_url, found.kind) == (f"{peer.url}/comments/feed/", SourceKind.FEED)


def test_an_interface_that_is_switched_off_makes_it_a_feed() -> None:
    off = as_json({"code": "rest_disabled"}, "401 Unauthorized")
    with site(PRETTY | {"/wp-json/": off}) as peer:
        found = feed.discover(peer.url, allow_private=True)
    assert (found.kind, found.api_url, found.title) == (SourceKind.FEED, "", "A blog")


def test_another_site_with_one_atom_feed() -> None:
    pages = {"/@ada": page(link("/@ada.atom", kind="application/atom+xml")), "/@ada.atom": answer(blogs.atom(SAID[:1]))}
    pages["/@ada.atom"] = pages["/@ada.atom"].replace(b"WordPress", b"Mastodon ")
    with site(pages) as peer:
        found = feed.discover(peer.url + "/@ada", allow_private=True)
    assert (found.feed_url, found.kind) == (f"{peer.url}/@ada.atom", SourceKind.FEED)
    assert found.channel is Channel.MASTODON


def test_posts_of_another_site_lead_to_the_comments_of_the_newest() -> None:
    pages = {"/": page(link("/feed/")), "/feed/": PRETTY["/feed/"].replace(b"wordpress", b"something")}
    with site(pages | {"/2026/03/post-7/feed/": PRETTY["/2026/03/post-7/feed/"]}) as peer:
        found = feed.discover(peer.url, allow_private=True)
    assert found.feed_url == f"{peer.url}/2026/03/post-7/feed/"


def test_what_a_page_names_on_another_private_host_is_not_read() -> None:
    with site({"/f": answer(blogs.rss(SAID))}) as inner:
        named = inner.url.replace("127.0.0.1", "127.0.0.2")
        with site({"/": page(link(f"{named}/f"))}) as outer, pytest.raises(feed.NoFeed, match="private network"):
            feed.discover(outer.url, allow_private=True)
        assert inner.requests == []


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ({"/": page("")}, "Look on the site for a link"),
        ({"/": page(link("/gone"))}, "nothing at this address"),
        ({"/": page(link("/html")), "/html": page("")}, "not an RSS or Atom feed"),
        ({"/": answer("", "403 Forbidden")}, "does not allow"),
        ({"/": answer(b"\x89PNG")}, "Look on the site for a link"),
    ],
)
def test_where_there_is_no_feed_the_next_step_is_said(pages: dict[str, bytes], said: str) -> None:
    with site(pages) as peer, pytest.raises(feed.NoFeed, match=said):
        feed.discover(peer.url, allow_private=True)


def test_without_permission_a_private_address_is_refused() -> None:
    with site(PRETTY) as peer:
        for pasted in (peer.url, peer.url.removeprefix("http://"), "localhost"):
            with pytest.raises(FetchError):
                feed.discover(pasted)
        assert peer.requests == []


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def no_parsing(monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(*_: object, **__: object) -> None:
        raise AssertionError("nothing may be parsed")

    monkeypatch.setattr(feed, "parse", parse)


def test_a_304_costs_no_parsing(no_parsing: None) -> None:
    with Peer(lambda _: answer(status="304 Not Modified")) as peer:
        fresh = feed.read(peer.url, allow_private=True, etag='"1"', last_modified="then", body_hash="abc")
    assert (fresh.reading, fresh.etag, fresh.last_modified, fresh.body_hash) == (None, '"1"', "then", "abc")
    assert header(peer.requests[0], "if-none-match") == '"1"'


def test_an_equal_body_costs_no_parsing_and_another_is_read(request: pytest.FixtureRequest) -> None:
    with Peer(lambda _: answer(blogs.rss(SAID), etag='"2"')) as peer:
        first = feed.read(peer.url, allow_private=True)
        assert first.reading
        assert len(first.reading.entries) == 2
        assert feed.read(peer.url, allow_private=True, body_hash="other").reading
        request.getfixturevalue("no_parsing")
        again = feed.read(peer.url, allow_private=True, etag=first.etag, body_hash=first.body_hash)
    assert again.reading is None
    assert again.body_hash == first.body_hash


@pytest.mark.parametrize("status", ["401 Unauthorized", "404 Not Found", "410 Gone", "429 Slow", "500 Oops"])
def test_a_refusal_is_said_with_the_next_step(status: str) -> None:
    with (
        Peer(lambda _: answer("", status)) as peer,
        pytest.raises(feed.NoFeed, match=r"127\.0\.0\.1 .*\. .*\."),
    ):
        feed.read(peer.url, allow_private=True)
