"""RSS and Atom bytes as a Reading. Pure: feedparser gets bytes, never an address."""

import hashlib
import re
from calendar import timegm
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urldefrag

import feedparser

from channels.html import line, tidy, to_text
from model.comment import Entry, Reading, Unreadable

MAX_ENTRIES = 10_000
MAX_ADDRESS = 2000

_COMMENT_NUMBER = re.compile(r"#comment-(\d{1,18})$")
# WordPress writes before every nested comment, in its own language, a paragraph with one link to the parent and a stop.
_ANSWER = re.compile(
    r"\s*<p>[^<>]{0,80}<a href=[\"']([^\"'<>]{1,2000}#comment-(\d{1,18}))[\"'][^<>]{0,200}>[^<>]{0,300}</a>"
    r"[^<>]{0,20}</p>\s*",
    re.IGNORECASE,
)
_TITLE_OF_FEED = re.compile(r"^[^:]{3,40}:\s+(.+)$")
_NOT_A_FEED = (
    "This is not an RSS or Atom feed. Paste the address of the blog itself, and its comment feeds are looked for."
)
_CUT = "The feed is damaged or was cut off; what could be read of it was read. It is read again later."


def parse(body: bytes, content_type: str = "") -> Reading:
    """All entries of a feed, in the order of the document.

    What cannot be read at all is kept as Unreadable; a document that is no feed gives a Reading with a problem and no
    entries. Never raises for any bytes.
    """
    try:
        # Sanitising and resolving are switched off: text is made by channels.html, and HTML is never shown as it came.
        document = feedparser.parse(
            body,
            response_headers={"content-type": content_type} if content_type else None,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # whatever a hostile document provokes in the parser is a problem of that document
        kind = type(error).__name__
        raw = Unreadable(body[:1_000_000].decode("utf-8", "replace"), f"{_NOT_A_FEED} ({kind})")
        return Reading(unreadable=(raw,), problems=(_NOT_A_FEED,))
    feed, found = document.feed, document.entries
    if not document.version and not found:
        return Reading(problems=(_NOT_A_FEED,))
    problems = [_CUT] if document.bozo and not _harmless(document.get("bozo_exception")) else []
    if len(found) > MAX_ENTRIES:
        problems.append(f"The feed holds {len(found):,} entries; the first {MAX_ENTRIES:,} were read.")
        found = found[:MAX_ENTRIES]
    generator = line(str(feed.get("generator", "")), 200)
    entries, unreadable = _entries(found, feed, "wordpress" in generator.lower())
    feeds = tuple({str(e["wfw_commentrss"])[:MAX_ADDRESS]: None for e in found if e.get("wfw_commentrss")})
    return Reading(
        entries=entries,
        unreadable=unreadable,
        problems=tuple(problems),
        title=line(str(feed.get("title", "")), 500),
        site_url=str(feed.get("link", ""))[:MAX_ADDRESS],
        generator=generator,
        comment_feeds=feeds,
    )


def _harmless(problem: Any) -> bool:
    """A charset that differs from what the server declared is mended by feedparser and no loss."""
    return isinstance(problem, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType)


def _entries(found: list[Any], feed: Any, wordpress: bool) -> tuple[tuple[Entry, ...], tuple[Unreadable, ...]]:
    guids = Counter(str(item.get("id", "")) for item in found)
    post = _post_of_feed(feed)
    entries: list[Entry] = []
    unreadable: list[Unreadable] = []
    for item in found:
        try:
            entries.append(_entry(item, guids, post, wordpress))
        except Exception as error:  # one bad entry must not cost the others
            unreadable.append(
                Unreadable(repr(dict(item))[:100_000], f"An entry could not be read ({type(error).__name__}).")
            )
    return _linked(entries), tuple(unreadable)


def _post_of_feed(feed: Any) -> tuple[str, str, str]:
    """Address, title and text of the post, when the whole feed belongs to one."""
    about = _TITLE_OF_FEED.match(line(str(feed.get("title", "")), 600))
    text = to_text(str(feed.get("subtitle", "")))
    return (str(feed.get("link", ""))[:MAX_ADDRESS], about[1][:500], text) if about else ("", "", "")


def _entry(item: Any, guids: Mapping[str, int], post: tuple[str, str, str], wordpress: bool) -> Entry:
    problems: list[str] = []
    guid, url = str(item.get("id", ""))[:MAX_ADDRESS], str(item.get("link", ""))[:MAX_ADDRESS]
    source = _html(item)
    parent_url, answered = "", ""
    if wordpress and (answer := _ANSWER.match(source)) and _confirms(item, answer[2]):
        parent_url, answered = answer[1], answer[2]
        source = source[answer.end() :]
    if item.get("thr_in-reply-to") and not answered:
        reference = str(item["thr_in-reply-to"].get("ref", ""))[:MAX_ADDRESS]
        parent_url = reference if reference != urldefrag(url)[0] else ""
    text = to_text(source)
    author = line(str(item.get("author", "")), 200)
    if guid and guids[guid] == 1:
        external_id = guid
    elif url:
        external_id = url
    else:
        external_id = "sha256:" + hashlib.sha256(f"{author}\n{text}".encode("utf-8", "replace")).hexdigest()
    if guid and guids[guid] > 1:
        problems.append("Several entries carry the same guid, so the link or the text tells them apart.")
    number = _COMMENT_NUMBER.search(guid) or _COMMENT_NUMBER.search(url) if wordpress else None
    if not text:
        problems.append("This entry has no text.")
    return Entry(
        external_id=external_id,
        identity=f"wp:{int(number[1])}" if number else external_id,
        author=author,
        url=url,
        published_at=_moment(item, problems),
        text=text,
        html=source.strip()[:200_000],
        in_reply_to=parent_url,
        parent_identity=f"wp:{int(answered)}" if answered else parent_url,
        thread_url=post[0] or urldefrag(url)[0] or str(item.get("link", "")),
        thread_title=post[1] or _thread_title(item, author),
        thread_text=post[2],
        problems=tuple(problems),
    )


def _html(item: Any) -> str:
    """What was written, as HTML: the full content where there is one, else the summary; plain text is made HTML."""
    whole = [part for part in item.get("content", []) if part.get("value")]
    part = whole[0] if whole else item.get("summary_detail") or {"value": item.get("summary", "") or ""}
    value = str(part.get("value", ""))
    if not value and not whole:
        value = str(item.get("title", ""))
    if part.get("type") == "text/plain" and "<" not in value:
        return "".join(f"<p>{paragraph}</p>" for paragraph in tidy(value).replace("\n", "<br>").split("<br><br>"))
    return value


def _confirms(item: Any, number: str) -> bool:
    """Whether the answer paragraph is WordPress's own: Atom names the parent beside it; RSS has only the paragraph."""
    reference = item.get("thr_in-reply-to")
    return reference is None or str(reference.get("ref", "")).endswith(f"#comment-{number}")


def _thread_title(item: Any, author: str) -> str:
    """The post's title out of WordPress's 'Comment on TITLE by AUTHOR', in whatever language it is."""
    title = line(str(item.get("title", "")), 600)
    middle = re.match(r"^\S+(?:\s\S+){0,2}?\s(?:on|zu|sur|en|su|op|om|på|til)\s(.+)$", title)
    if not middle or not author or not title.endswith(author):
        return ""
    return re.sub(r"\s+\S+$", "", middle[1][: -len(author)].rstrip())[:500]


def _moment(item: Any, problems: list[str]) -> datetime | None:
    parsed = item.get("published_parsed") or item.get("updated_parsed")
    try:
        moment = datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        moment = None
    if moment is None or not 1990 <= moment.year <= 2100:
        problems.append("This entry has no usable date.")
        return None
    return moment


def _linked(entries: list[Entry]) -> tuple[Entry, ...]:
    """Parents by the name they have in the document: an answer's link may be written otherwise than the guid."""
    names = {entry.identity: entry.external_id for entry in entries}
    return tuple(
        replace(entry, in_reply_to=names[entry.parent_identity]) if entry.parent_identity in names else entry
        for entry in entries
    )
