"""Feeds of any site: identity, parents, threads, dates; and what is damaged, hostile or no feed at all."""

import html
import re
import time
from datetime import UTC, datetime
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.feed import answers, remembered
from channels.feed import parse as parsing
from channels.feed.parse import parse
from channels.html import line
from model.comment import Reading
from tests.channels import blogs
from tests.channels.blogs import Said

THREE = tuple(Said(n, f"<p>Text number {n} — größer</p>", author="Ada") for n in (1, 2, 3))


def rss(*items: str, channel: str = "<title>T</title><link>https://x.example/</link>", head: str = "") -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0"><channel>{channel}{body}</channel></rss>'.encode()


def item(guid: str = "", link: str = "", text: str = "words", date: str = "Mon, 02 Mar 2026 08:00:00 +0000") -> str:
    named = (f'<guid isPermaLink="false">{guid}</guid>' if guid else "") + (f"<link>{link}</link>" if link else "")
    return f"{named}<description>{text}</description><pubDate>{date}</pubDate>"


def test_who_is_of_the_fediverse_keeps_the_whole_name() -> None:
    head = '<?xml version="1.0"?>'
    named = item("1") + "<dc:creator xmlns:dc='http://purl.org/dc/elements/1.1/'>@ines@social.example</dc:creator>"
    (entry,) = parse(rss(named, head=head)).entries
    assert entry.author == "@ines@social.example"


# --- identity --------------------------------------------------------------------------------------------------------


def test_the_guid_as_it_stands() -> None:
    (entry,) = parse(rss(item("at://did:plc:x/app.bsky/3k&amp;", "https://bsky.app/p/1"))).entries
    assert entry.external_id == entry.identity == "at://did:plc:x/app.bsky/3k&"
    assert entry.problems == ()


def test_without_a_guid_the_link() -> None:
    (entry,) = parse(rss(item(link="https://x.example/1#c"))).entries
    assert entry.external_id == "https://x.example/1#c"


def test_one_guid_for_all_is_no_identity() -> None:
    reading = parse(rss(*(item("same", f"https://x.example/{n}") for n in range(3))))
    assert [one.external_id for one in reading.entries] == [f"https://x.example/{n}" for n in range(3)]
    assert all("same guid" in one.problems[0] for one in reading.entries)


def test_one_guid_and_one_link_for_all_leave_the_content() -> None:
    first, second = (
        parse(rss(item("g", "https://x.example/", "a"), item("g", "https://x.example/", "b"))).entries for _ in "12"
    )
    assert [one.external_id for one in first] == [one.external_id for one in second]
    assert len({one.external_id for one in first}) == 2
    assert all(one.external_id.startswith("sha256:") and len(one.external_id) == 71 for one in first)


def test_a_guid_too_long_to_keep_is_no_identity() -> None:
    (entry,) = parse(rss(item("g" * 5000))).entries
    assert entry.external_id.startswith("sha256:")


# --- other sites -----------------------------------------------------------------------------------------------------


def test_atom_with_threads() -> None:
    body = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:t="http://purl.org/syndication/thread/1.0"><title>C</title>
      <link href="https://x.example/post"/>
      <entry><id>tag:x,1</id><title>c</title><link href="https://x.example/post#1"/><author><name>A</name></author>
        <updated>2026-03-02T08:00:00Z</updated><content type="text">1 &lt; 2 &amp; &lt;b&gt;</content>
        <t:in-reply-to ref="tag:x,post" href="https://x.example/post"/></entry>
      <entry><id>tag:x,2</id><title>c</title><link href="https://x.example/post#2"/>
        <updated>2026-03-02T09:00:00Z</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>two</p>
        <p>lines</p></div></content><t:in-reply-to ref="tag:x,1" href="https://x.example/post#1"/></entry></feed>"""
    first, second = parse(body.encode()).entries
    assert (first.text, first.author, first.in_reply_to, first.parent_identity) == ("1 < 2 & <b>", "A", "", "")
    assert (second.text, second.in_reply_to, second.parent_identity) == ("two\n\nlines", "tag:x,1", "tag:x,1")
    assert first.thread_url == second.thread_url == "https://x.example/post"


def test_a_toot_without_title_and_a_post_of_plain_text() -> None:
    toot = item(
        "https://m.example/@a/1", "https://m.example/@a/1", "&lt;p&gt;Hello &lt;a href='x'&gt;#you&lt;/a&gt;&lt;/p&gt;"
    )
    plain = item("at://x", "https://bsky.app/profile/a/post/1", "two\nlines &amp;amp; more")
    first, second = parse(rss(toot, plain)).entries
    assert (first.text, first.thread_url) == ("Hello #you", "https://m.example/@a/1")
    assert second.text == "two\nlines & more"


def test_reddit() -> None:
    thread = "https://www.reddit.com/r/midwives/comments/1abc/blog_post/"
    body = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Blog post</title><entry>
      <author><name>/u/ada</name></author>
      <content type="html">&lt;!-- SC_OFF --&gt;&lt;div class="md"&gt;&lt;p&gt;So?&lt;/p&gt;&lt;/div&gt;</content>
      <id>t1_x</id><link href="{thread}kx9/"/><updated>2026-03-02T08:00:00Z</updated></entry></feed>"""
    (entry,) = parse(body.encode()).entries
    assert (entry.identity, entry.author, entry.text, entry.thread_url) == ("t1_x", "/u/ada", "So?", thread)


def test_a_feed_of_one_post_brings_its_title_and_text() -> None:
    about = "<title>Comments on: Trust: a story</title><description>The post.</description>"
    feed = rss(item("g", "https://x.example/p/#comment-1"), channel=f"{about}<link>https://x.example/p/</link>")
    (entry,) = parse(feed).entries
    assert entry.thread_url == "https://x.example/p/"
    assert (entry.thread_title, entry.thread_text) == ("Trust: a story", "The post.")
    wordpress = parse(blogs.rss(THREE, post=7)).entries[0]
    assert (wordpress.thread_title, wordpress.thread_text) == (blogs.title(7), "")


def test_feeds_of_posts_name_the_feeds_of_their_comments() -> None:
    ns = '<wfw:commentRss xmlns:wfw="http://wellformedweb.org/CommentAPI/">https://x.example/1/feed</wfw:commentRss>'
    assert parse(rss(item("1") + ns)).comment_feeds == ("https://x.example/1/feed",)


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "//x", "https://x.example/\u202e"])
def test_an_address_that_must_not_be_followed_is_none(link: str) -> None:
    (entry,) = parse(rss(item("g", link))).entries
    assert (entry.url, entry.thread_url) == ("", "")


def test_relative_addresses_are_completed() -> None:
    (entry,) = parse(rss(item("g", "/p#c")), base="https://x.example/feed").entries
    assert (entry.url, entry.thread_url) == ("https://x.example/p#c", "https://x.example/p")


def test_script_in_every_field_is_only_text() -> None:
    evil = "<![CDATA[<script>alert(1)</script><b onclick=x>bold</b>]]>"
    body = rss(f"<guid>{evil}</guid><title>{evil}</title><description>{evil}</description><author>{evil}</author>")
    (entry,) = parse(body).entries
    assert entry.text == "bold"
    assert entry.url == ""


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "date", ["", "soon", "Mon, 01 Jan 0000 00:00:00 GMT", "9999-12-31T23:59:59Z", "1601-01-01", "\x00"]
)
def test_a_date_of_no_use_is_none_and_said(date: str) -> None:
    (entry,) = parse(rss(item("g", date=date.replace("\x00", "")))).entries
    assert entry.published_at is None
    assert entry.problems == ("This entry has no usable date.",)


def test_a_date_is_in_utc() -> None:
    (entry,) = parse(rss(item("g", date="Mon, 02 Mar 2026 08:00:00 +0530"))).entries
    assert entry.published_at == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)


# --- damaged and hostile ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"<!DOCTYPE html><html><body>Hi</body></html>",
        b"<html>",
        b"hello",
        b"\x89PNG\r\n",
        b"{}",
        b"/etc/passwd",
        b"<a/>",
    ],
)
def test_what_is_no_feed_is_said_in_plain_words(body: bytes) -> None:
    assert parse(body) == Reading(problems=(parsing.NOT_A_FEED,))


def test_an_empty_answer_is_said() -> None:
    assert parse(b" \n") == Reading(problems=(parsing.EMPTY,))


@given(st.data())
def test_a_cut_feed_gives_the_whole_entries_before_the_cut(data: st.DataObject) -> None:
    for whole in (blogs.rss(THREE), blogs.atom(THREE)):
        end = b"</item>" if b"</item>" in whole else b"</entry>"
        start = whole.index(b"<item>" if end == b"</item>" else b"<entry>")
        cut = whole[: data.draw(st.integers(start + 10, whole.rindex(end) + len(end) - 1))]
        reading = parse(cut)
        assert list(reading.entries) == list(parse(whole).entries)[: cut.count(end)], cut[-80:]
        assert parsing.CUT in reading.problems
        assert len(reading.unreadable) == 1
        assert reading.unreadable[0].raw


def test_damage_in_the_middle_costs_no_entry() -> None:
    reading = parse(blogs.rss(THREE).replace(b"</dc:creator>", b"</dc:creator><oops>&bad;", 1))
    assert [one.text for one in reading.entries] == [one.text for one in parse(blogs.rss(THREE)).entries]
    assert reading.problems == (parsing.CUT,)


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (blogs.rss(THREE), "text/xml; charset=iso-8859-1"),
        (blogs.rss(THREE).replace(b'"UTF-8"', b'"iso-8859-1"'), ""),
        (blogs.rss(THREE).replace(b'"UTF-8"', b'"windows-1251"'), "application/rss+xml; charset=windows-1251"),
        (blogs.rss(THREE).decode().encode("cp1252"), "application/rss+xml; charset=UTF-8"),
    ],
)
def test_a_wrong_charset_is_put_right_and_said(body: bytes, sent: str) -> None:
    reading = parse(body, sent)
    assert [one.text for one in reading.entries] == [f"Text number {n} — größer" for n in (1, 2, 3)]
    assert reading.problems
    assert all(one.problems for one in reading.entries)


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        (blogs.rss(THREE), "text/xml"),
        (blogs.rss(THREE), "text/html; charset=utf-8"),
        (blogs.rss(THREE).replace(b'"UTF-8"', b'"cp1252"').decode().encode("cp1252"), "application/rss+xml"),
        (b"\xef\xbb\xbf" + blogs.rss(THREE), ""),
        (blogs.rss(THREE).replace(b'"UTF-8"', b'"UTF-16"').decode().encode("utf-16"), "application/rss+xml"),
    ],
)
def test_a_charset_that_is_right_is_no_problem(body: bytes, sent: str) -> None:
    reading = parse(body, sent)
    assert [one.text for one in reading.entries] == [f"Text number {n} — größer" for n in (1, 2, 3)]
    assert reading.problems == ()


def test_one_damaged_letter_costs_one_letter() -> None:
    reading = parse(blogs.rss(THREE).replace("größer".encode(), b"gr\xff\xc3\x9fer", 1))
    assert [one.text for one in reading.entries][:2] == ["Text number 1 — gr\ufffdßer", "Text number 2 — größer"]
    assert reading.problems == (
        "Some letters of the feed are damaged; they are shown as \ufffd. Whoever runs the site can mend that.",
    )


def test_more_than_10_mb_is_read_to_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_BYTES", 2000)
    body = rss(*(item(f"g{n}", text="größer " * 20) for n in range(30)))
    reading = parse(body)
    assert 0 < len(reading.entries) < 15
    assert reading.entries == parse(body[:2000]).entries
    assert any("larger than" in one.problem for one in reading.unreadable)


def test_more_entries_than_allowed_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "MAX_ENTRIES", 2)
    reading = parse(blogs.rss(THREE))
    assert len(reading.entries) == 2
    assert reading.problems == (
        "The feed holds more than 2 entries; the first 2 were read. "
        "Ask whoever runs the site for a feed with fewer entries.",
    )
    assert "Text number 3" in reading.unreadable[0].raw


@pytest.mark.parametrize("hostile", ["laughs", "deep", "tags", "file"])
def test_hostile_documents_end_soon(hostile: str) -> None:
    entities = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(12))
    bodies = {
        "laughs": rss(item("&m;"), head=f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "lol">{entities}]>'),
        "deep": rss("<a>" * 30_000 + "</a>" * 30_000),
        "tags": rss("<a/>" * 30_000),
        "file": rss(item("&x;", text="&x;"), head='<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    }
    began = time.process_time()
    reading = parse(bodies[hostile])
    assert time.process_time() - began < 10
    assert "root:" not in repr(reading)
    assert len(repr(reading)) < 1_000_000


BODIES = (blogs.rss(THREE), blogs.atom(THREE), rss(item("1"), item("1")))


@settings(max_examples=150)
@given(
    st.sampled_from(BODIES),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=6)), max_size=8),
    st.text(max_size=20),
)
def test_whatever_comes_gives_a_reading(body: bytes, changes: list[tuple[int, bytes]], sent: str) -> None:
    for at, piece in changes:
        body = body[:at] + piece + body[at + len(piece) :]
    reading = parse(body, sent, base="https://x.example/")
    for entry in reading.entries:
        words = (entry.external_id, entry.identity, entry.author, entry.url, entry.text, entry.html, entry.in_reply_to)
        assert entry.external_id
        assert entry.identity
        for value in (*words, entry.thread_url, entry.thread_title, entry.thread_text, entry.parent_identity):
            assert value == value.encode().decode()
            assert "\x00" not in value
            assert len(value) <= parsing.MAX_HTML
    assert reading.entries or reading.problems


# --- what is done quickly where nothing has to be put right ----------------------------------------------------------

_PIECES = (
    "http://",
    "https://",
    "HTTP://",
    "a.b",
    "x-1.example",
    "/",
    "//",
    "..",
    "#",
    "#c-1",
    "?",
    ";",
    "@",
    ":8",
    "%2",
    "é",
)


@settings(max_examples=1000)
@given(
    st.lists(st.sampled_from(_PIECES), max_size=7).map("".join), st.sampled_from(["", "https://q.r/s/t", "http://z.y/"])
)
def test_a_plain_address_is_what_taking_it_apart_gives(address: str, base: str) -> None:
    if answers.plain(address):
        assert urljoin(base, address) == address
        assert urlsplit(address).scheme in ("http", "https")
        assert urldefrag(address)[0] == address.partition("#")[0]


@given(st.text(st.sampled_from("ab &;\u00e9\n\t#38"), max_size=12), st.integers(1, 12))
def test_a_line_is_its_words_with_entities_resolved(text: str, most: int) -> None:
    resolved = html.unescape(text[: most * 10])
    assert line(text, most) == " ".join(resolved.split())[:most].rstrip()


@given(
    st.lists(st.sampled_from([b"<![CDATA[", b"]", b"]]>", b">", b"<item>", b"</item>", b"a\n"]), max_size=12).map(
        b"".join
    )
)
def test_marked_sections_end_at_their_first_end(body: bytes) -> None:
    lazily = re.compile(rb"<!\[CDATA\[.*?\]\]>|<item(?=[\s>])|</item\s*>", re.DOTALL)
    assert [m.span() for m in remembered._MARKUP.finditer(body)] == [m.span() for m in lazily.finditer(body)]
