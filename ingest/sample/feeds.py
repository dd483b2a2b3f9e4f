"""The feed of a channel of the sample, written as its server would write it, so that it can be read like any other."""

from collections.abc import Sequence
from dataclasses import replace
from email.utils import format_datetime
from html import escape

from channels.feed.apart import parse
from ingest.sample.association import Place
from model.comment import Entry, Reading
from model.words import Channel

_TYPE = "application/rss+xml; charset=utf-8"
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:thr="http://purl.org/syndication/thread/1.0">\n'
    "<channel><title>{title}</title><link>{address}</link><generator>{generator}</generator>\n"
)


def read(place: Place, shown: Sequence[Entry]) -> Reading:
    """What a read of a channel brings that shows these comments, the newest first: through bytes, and the parser.

    A feed of comments tells nothing of the posts; what a look at those brings is added here.
    """
    posts = {entry.thread_url: (entry.thread_title, entry.thread_text) for entry in shown}
    found = parse(document(place, shown), _TYPE, base=place.address, wordpress=place.channel is Channel.BLOG)
    placed = (
        replace(entry, thread_title=title, thread_text=text)
        for entry in found.entries
        for title, text in [posts[entry.thread_url]]
    )
    return replace(found, entries=tuple(placed))


def document(place: Place, shown: Sequence[Entry]) -> bytes:
    """The bytes of such a feed."""
    generator = "https://wordpress.org/?v=6.8.3" if place.channel is Channel.BLOG else "Mastodon"
    head = _HEAD.format(title=escape(place.name), address=place.address, generator=generator)
    return (head + "".join(map(_item, shown)) + "</channel></rss>\n").encode()


def _item(entry: Entry) -> str:
    said = "".join(f"<p>{escape(part, quote=False)}</p>" for part in entry.text.split("\n\n"))
    answers = f'<thr:in-reply-to ref="{entry.in_reply_to}" href="{entry.in_reply_to}" />' if entry.in_reply_to else ""
    assert entry.published_at is not None
    return (
        f"<item><title>Comment on {escape(entry.thread_title)} by {escape(entry.author)}</title>"
        f"<link>{entry.url}</link><guid>{entry.external_id}</guid>{answers}"
        f"<dc:creator>{escape(entry.author)}</dc:creator>"
        f"<pubDate>{format_datetime(entry.published_at)}</pubDate>"
        f"<content:encoded><![CDATA[{said.replace(']]>', ']]&gt;')}]]></content:encoded></item>\n"
    )
