"""Comments as a WordPress blog sends them, by each of its routes: what its feed and interface templates print."""

import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOME = "https://blog.example"
BY = "By: {author}"
IN_ENGLISH = "In reply to {link}."
START = datetime(2026, 3, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Said:
    """A comment on the blog. `shown` is its HTML as the blog renders it."""

    number: int
    shown: str
    author: str = "Ada"
    parent: int = 0
    post: int = 7
    page: int = 0

    @property
    def link(self) -> str:
        page = f"comment-page-{self.page}/" if self.page else ""
        return f"{HOME}/2026/03/post-{self.post}/{page}#comment-{self.number}"

    @property
    def guid(self) -> str:
        return f"{HOME}/?p={self.post}#comment-{self.number}"

    @property
    def moment(self) -> datetime:
        return START + timedelta(minutes=self.number)


TITLES = (
    "Opening hours",
    "A new board",
    "Mould: what we do & why",
    "Parking",
    "Why we vote",
    "Thanks",
    "Press",
    "Day 7",
)


def title(post: int) -> str:
    return TITLES[post % len(TITLES)]


def _in_feed(one: Said, all_of_them: Sequence[Said], sentence: str) -> str:
    parent = next((other for other in all_of_them if other.number == one.parent), None)
    if not one.parent:
        return one.shown
    link = parent.link if parent else f"{HOME}/2026/03/post-{one.post}/#comment-{one.parent}"
    name = parent.author if parent else "Somebody"
    said = sentence.format(link=f'<a href="{html.escape(link)}">{html.escape(name)}</a>')
    return f"<p>{said}</p>\n{one.shown}"


def rss(
    comments: Sequence[Said],
    *,
    sentence: str = IN_ENGLISH,
    named: str = "Comment on {title} by {author}",
    post: int | None = None,
    generator: bool = True,
) -> bytes:
    """The feed of all comments, or of one post's."""
    items = [
        f"""<item><title>{html.escape((BY if post else named).format(title=title(one.post), author=one.author))}</title>
        <link>{html.escape(one.link)}</link><dc:creator><![CDATA[{one.author}]]></dc:creator>
        <pubDate>{one.moment:%a, %d %b %Y %H:%M:%S} +0000</pubDate>
        <guid isPermaLink="false">{html.escape(one.guid)}</guid>
        <description><![CDATA[something shorter]]></description>
        <content:encoded><![CDATA[{_in_feed(one, comments, sentence)}]]></content:encoded></item>"""
        for one in comments
        if post is None or one.post == post
    ]
    about = f"Comments on: {title(post)}" if post else "Comments for A blog"
    link = f"{HOME}/2026/03/post-{post}/" if post else HOME
    made_by = "<generator>https://wordpress.org/?v=6.1.9</generator>" if generator else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
        xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <channel><title>{html.escape(about)}</title><link>{link}</link><description>A tagline</description>
        {made_by}{"".join(items)}</channel></rss>""".encode()


def atom(comments: Sequence[Said], *, sentence: str = IN_ENGLISH) -> bytes:
    """The same as Atom, where each entry names what it answers: its parent, or the post."""
    entries = []
    for one in comments:
        shown = _in_feed(one, comments, sentence)
        parent = next((other for other in comments if other.number == one.parent), None)
        number = f"#comment-{one.parent}" if one.parent else ""
        ref = f"{HOME}/?p={one.post}{number}"
        href = parent.link if parent else f"{HOME}/2026/03/post-{one.post}/{number}"
        entries.append(
            f"""<entry><title>Comment on {html.escape(title(one.post))} by {html.escape(one.author)}</title>
            <link rel="alternate" href="{html.escape(one.link)}" type="text/html" />
            <author><name>{html.escape(one.author)}</name></author><id>{html.escape(one.guid)}</id>
            <updated>{one.moment:%Y-%m-%dT%H:%M:%SZ}</updated><published>{one.moment:%Y-%m-%dT%H:%M:%SZ}</published>
            <content type="html" xml:base="{html.escape(one.link)}"><![CDATA[{shown}]]></content>
            <thr:in-reply-to ref="{html.escape(ref)}" href="{html.escape(href)}" type="text/html" /></entry>"""
        )
    return f"""<?xml version="1.0" encoding="UTF-8" ?><feed xmlns="http://www.w3.org/2005/Atom"
        xmlns:thr="http://purl.org/syndication/thread/1.0"><title type="text">Comments for A blog</title>
        <link rel="alternate" type="text/html" href="{HOME}" /><id>{HOME}/comments/feed/atom/</id>
        <generator uri="https://wordpress.org/" version="6.1.9">WordPress</generator>
        {"".join(entries)}</feed>""".encode()


def interface(comments: Sequence[Said]) -> bytes:
    """The same as a page of wp/v2/comments."""
    return json.dumps(
        [
            {
                "id": one.number,
                "post": one.post,
                "parent": one.parent,
                "author": 0,
                "author_name": one.author,
                "date_gmt": f"{one.moment:%Y-%m-%dT%H:%M:%S}",
                "content": {"rendered": one.shown},
                "link": one.link,
                "status": "approved",
                "type": "comment",
            }
            for one in comments
        ]
    ).encode()
