"""What stood in a feed before is not parsed again, and nobody can tell but by the time it takes."""

from collections.abc import Iterator
from unittest.mock import patch

import feedparser
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.generated import feeds, rss
from channels.feed import remembered
from channels.feed.parse import parse
from model.comment import Reading

BASE = "https://blog.example.org/comments/feed/"
ODD = [
    "<item><title>T</title><description><![CDATA[</item><item><title>no</title>]]></description></item>",
    "<item><guid>g1</guid><!-- </item> <item> --><description>one &amp; two</description></item>",
    "<item xml:base='https://other.example/'><link>/relative</link><description>x</description></item>",
    "<item><link>relative</link><guid>here</guid><description>completed by what stands around it</description></item>",
    "<item><guid>g1</guid><description>the same guid again</description></item>",
    "<item><description>&lt;b&gt;bold&lt;/b&gt; &#8217;</description><pubDate>5 Jan 2026 08:00 GMT</pubDate></item>",
    "<item><dc:creator>Ann</dc:creator><link>https://b.example/p/#comment-7</link><description>7</description></item>",
    "<item><description>cut off",
    "<item><item><description>nested</description></item></item>",
    "<Item><description>in capitals</description></Item>",
    "<item/>",
    "<item lang='de'><description>German</description></item>",
    "<item><dc:title>a title of another kind</dc:title><dc:summary>y</dc:summary></item>",
    "<item><?php </item> ?><description>an instruction</description></item>",
    "<item><description>Gr\u00fc\u00dfe \u4f60\u597d</description></item>",
]
HEADS = [
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>A</title>',
    '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>',
    '<rss version="2.0" xmlns:dc="http://www.w3.org/2005/Atom"><channel><title>A</title>',
    '<rss version="2.0" xmlns:dc="urn:another" xml:base="https://base.example/"><channel><title>A</title>',
    '<!DOCTYPE rss [<!ENTITY x "y">]><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>',
    '<?xml version="1.0" encoding="iso-8859-1"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>',
]
FEEDS = st.tuples(st.sampled_from(HEADS), st.lists(st.sampled_from(ODD), max_size=6)).map(
    lambda made: f"{made[0]}{''.join(made[1])}</channel></rss>".encode()
)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    remembered.forget()
    yield
    remembered.forget()


def _anew(body: bytes) -> Reading:
    remembered.forget()
    return parse(body, "application/rss+xml", base=BASE)


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(FEEDS, min_size=2, max_size=4))
def test_a_feed_reads_the_same_whatever_was_read_before(bodies: list[bytes]) -> None:
    expected = [_anew(body) for body in bodies]
    remembered.forget()
    assert [parse(body, "application/rss+xml", base=BASE) for body in bodies] == expected


def test_only_what_is_new_is_parsed() -> None:
    made = next(feeds(1, 60))
    parse(rss(made[1:]), base=BASE)
    with patch.object(feedparser, "parse", wraps=feedparser.parse) as parser:
        again = parse(rss(made[:-1]), base=BASE)
    (given_bytes,) = parser.call_args.args
    assert given_bytes.getvalue().count(b"<item>") == 1
    assert again == _anew(rss(made[:-1]))
    assert len(again.entries) == 59


def test_what_one_place_sent_says_nothing_of_another() -> None:
    body = rss(next(feeds(1, 5)))
    parse(body, base="https://one.example/feed/")
    with patch.object(feedparser, "parse", wraps=feedparser.parse) as parser:
        parse(body, base="https://two.example/feed/")
    assert parser.call_args.args[0].getvalue() == body


def test_no_more_is_remembered_than_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "MOST_BYTES", 20_000)
    for made in feeds(3, 50):
        parse(rss(made), base=BASE)
    assert 0 < sum(one.size for one in remembered._known.values()) <= 20_000


def test_an_entry_means_what_stands_around_it() -> None:
    item = "<item><link>relative</link><description>x</description></item>"
    for head, url in ((HEADS[3], "https://base.example/relative"), (HEADS[0], f"{BASE}relative")):
        (entry,) = parse(f"{head}{item}</channel></rss>".encode(), "application/rss+xml", base=BASE).entries
        assert entry.url == url
