"""RSS and Atom bytes as a Reading. Pure: feedparser gets bytes, never an address."""

import hashlib
import itertools
import json
import re
from calendar import timegm
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import feedparser

from channels.feed import answers, charset, remembered, titles
from channels.html import line, mended, storable, to_text
from model.comment import Entry, Reading, Unreadable
from model.language import _, later, number

MAX_BYTES = 10_000_000
MAX_TAGS = 500_000
MAX_ENTRIES = 10_000
MAX_FEEDS = 200
MAX_ADDRESS, MAX_NAME, MAX_TITLE, MAX_HTML, MAX_RAW = 2000, 200, 500, 200_000, 100_000

NOT_A_FEED = later(
    "This is not an RSS or Atom feed. Paste the address of the blog itself, and its comment feeds are looked for."
)
EMPTY = later("There is nothing at this address: the answer is empty. It is read again later.")
CUT = later("The feed is damaged or was cut off. What could be read of it was read; the rest is read again later.")
CUT_OFF = later("This entry was cut off. It is read again later.")
UNREAD = later("The feed is made in a way that cannot be read. It is kept as it came, and read again later.")
LETTERS = later(
    "The feed is not written in the letters that it says, so some of them may be wrong. Whoever runs the site can mend"
    " that."
)
ODD = later("This entry is made in a way that cannot be read, and is kept as it came. Look at it on the site.")
_TAGLINE = 200

_FEED = re.compile(rb"<(?:[a-z0-9]{1,20}:)?(?:rss|feed|rdf|channel|item|entry)[\s>/]", re.IGNORECASE)
_BAD_NUMBER = re.compile(rb"&#(?:[0-9]{7,}|[xX][0-9a-fA-F]{6,}|[xX]?0*|[xX]?(?![0-9a-fA-F])[^;\s<&]{0,10});?")
_ENTRY_START = re.compile(rb"<(item|entry)[\s>/]", re.IGNORECASE)
_LONGEST_END = 1000
_PAGE = re.compile(rb"\s*(?:<!doctype\s+html|<html)[\s>]", re.IGNORECASE)
_LAST_START = re.compile(rb".*<(item|entry)[\s>]", re.IGNORECASE | re.DOTALL)
_WORDPRESS_GUID = re.compile(r"[?&](?:p|page_id|attachment_id)=\d+#comment-\d+$")
_PASSWORD_FORM = re.compile(r"""<form[^<>]{0,500}class=["']post-password-form""", re.IGNORECASE)


class Unusable(ValueError):
    """An entry that cannot be read; the message is for people."""


@dataclass(frozen=True, slots=True)
class _Document:
    """What holds for every entry of one document."""

    wordpress: bool
    base: str
    guids: Counter[str]
    links: Counter[str]
    authors: dict[str, str]


def parse(body: bytes, content_type: str = "", *, base: str = "", wordpress: bool = False) -> Reading:
    """All entries of a feed, in the order of the document.

    `base` is the address the bytes came from: relative links are completed with it. `wordpress` says that the site is
    known to be one, where the document does not say so itself. What cannot be read at all is kept as Unreadable; a
    document that is no feed gives a Reading with a problem and no entries. Never raises for any bytes.
    """
    body, content_type = charset.narrow(body, content_type)
    if not body.strip():
        return Reading(problems=(_(EMPTY),))
    head = body[:65_536]
    if _PAGE.match(head) or not _FEED.search(head):
        return Reading(problems=(_(NOT_A_FEED),))
    body, rest = _bounded(body)
    body, content_type, letters = charset.settle(body, content_type)
    try:
        try:
            document = remembered.document(body, content_type, base)
        except (ValueError, OverflowError):
            body = _BAD_NUMBER.sub(b"", body)  # feedparser stumbles over numbers of letters that do not exist
            document = remembered.document(body, content_type, base)
    except Exception:  # whatever a hostile document provokes in the parser is a problem of that document
        return Reading(unreadable=(Unreadable(raw(body), _(UNREAD)), *rest), problems=(_(UNREAD),))
    if not document.get("version") and not document.entries:
        return Reading(problems=(_(NOT_A_FEED),))
    if isinstance(document.get("bozo_exception"), feedparser.CharacterEncodingOverride) and not body.isascii():
        letters = letters or (_(LETTERS),)
    return _reading(document, body, base, wordpress, letters, rest)


def _bounded(body: bytes) -> tuple[bytes, tuple[Unreadable, ...]]:
    """At most so many bytes and tags as can be read in a few seconds, and what is left over."""
    size, said = len(body), ""
    if size > MAX_BYTES:
        size = MAX_BYTES
        said = _(
            "The feed is larger than {most} MB; its beginning was read. Ask whoever runs the site for a feed with fewer"
            " entries.",
            most=number(MAX_BYTES / 1e6),
        )
    if body.count(b"<", 0, size) > MAX_TAGS:
        size = next(itertools.islice(re.finditer(b"<", body), MAX_TAGS, None)).start()
        said = _(
            "The feed holds more than {most} tags; its beginning was read. Ask whoever runs the site for a feed with"
            " fewer entries.",
            most=number(MAX_TAGS),
        )
    starts = _ENTRY_START.finditer(body, 0, size)
    beyond = next(itertools.islice(starts, MAX_ENTRIES, None), None)
    if beyond:
        # What ends the document is kept, so that it is whole for the parser.
        last = body.rfind(b"</" + beyond[1])
        end = body[body.find(b">", last) + 1 :] if last > beyond.start() else b""
        said = _(
            "The feed holds more than {most} entries; the first {most} were read. Ask whoever runs the site for a feed"
            " with fewer entries.",
            most=number(MAX_ENTRIES),
        )
        rest = (Unreadable(raw(body[beyond.start() :]), said),)
        return body[: beyond.start()] + (end if len(end) < _LONGEST_END else b""), rest
    return body[:size], (Unreadable(raw(body[size:]), said),) if said else ()


def _reading(
    document: Any, body: bytes, base: str, wordpress: bool, letters: tuple[str, ...], rest: tuple[Unreadable, ...]
) -> Reading:
    # As plain mappings: feedparser's own look each name up in what older formats called it, fifteen times as slowly.
    feed, found = document.feed, [dict(item) for item in document.entries]
    unreadable: list[Unreadable] = []
    problems = [*letters, *(one.problem for one in rest)]
    if document.get("bozo") and not _harmless(document.get("bozo_exception")):
        half = _unfinished(body)
        if half:
            # Half a comment would look like an edit as soon as the whole one is read.
            unreadable.append(Unreadable(raw(half), _(CUT_OFF)))
            found = found[:-1]
        elif not rest:
            unreadable.append(Unreadable(raw(body), _(CUT)))
        if not rest:
            problems.append(_(CUT))
    if len(found) > MAX_ENTRIES:
        problems.append(
            _(
                "The feed holds {count} entries; the first {most} were read. Ask whoever runs the site for a feed with"
                " fewer entries.",
                count=number(len(found)),
                most=number(MAX_ENTRIES),
            )
        )
        unreadable.append(
            Unreadable(
                storable(json.dumps(found[MAX_ENTRIES:], default=str, ensure_ascii=False))[:MAX_RAW], problems[-1]
            )
        )
        found = found[:MAX_ENTRIES]
    generator = line(str(feed.get("generator", "")), MAX_NAME)
    known = wordpress or "wordpress" in generator.lower() or _looks_like_wordpress(found)
    about = _Document(
        wordpress=known,
        base=base,
        guids=Counter(_text(item, "id") for item in found),
        links=Counter(_text(item, "link") for item in found),
        authors=_authors(found) if known else {},
    )
    entries: list[Entry] = []
    names: list[str] = []
    for item in found:
        try:
            entry = _entry(item, about)
            if letters and not entry.text.isascii():
                entry = replace(entry, problems=(*entry.problems, *letters))
            entries.append(entry)
            names.append(line(_text(item, "title"), MAX_TITLE))
        except Exception as error:  # one bad entry must not cost the others
            said = str(error) if isinstance(error, Unusable) else _(ODD)
            unreadable.append(Unreadable(storable(json.dumps(item, default=str, ensure_ascii=False))[:MAX_RAW], said))
    atom = str(document.get("version", "")).startswith("atom")
    feeds = dict.fromkeys(_address(item.get("wfw_commentrss"), base) for item in found)
    return Reading(
        entries=_linked(_threaded(entries, names, feed, atom=atom, wordpress=known)),
        unreadable=(*unreadable, *rest),
        problems=tuple(problems),
        title=line(_text(feed, "title"), MAX_TITLE),
        site_url=_address(feed.get("link"), base),
        generator=generator or ("wordpress" if known else ""),
        comment_feeds=tuple(url for url in feeds if url)[:MAX_FEEDS],
    )


def _harmless(problem: Any) -> bool:
    """Doubts about the charset are settled before, and the type that a server gives its feed matters to nobody."""
    return isinstance(problem, feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType)


def _unfinished(body: bytes) -> bytes:
    """The beginning of an entry that the document does not end, or nothing."""
    last = _LAST_START.match(body)
    return body[last.start(1) - 1 :] if last and b"</" + last[1] + b">" not in body[last.end() :] else b""


def raw(body: bytes) -> str:
    """What is kept of a document that could not be read."""
    return body[:MAX_RAW].decode("utf-8", "replace")


def _looks_like_wordpress(found: Iterable[Any]) -> bool:
    """Whether the guids are WordPress's; many blogs keep the generator's name out of their feeds."""
    guids = [_text(item, "id") for item in found]
    return bool(guids) and all(_WORDPRESS_GUID.search(guid) for guid in guids)


def _text(item: Any, name: str) -> str:
    value = item.get(name)
    return storable(value).strip() if isinstance(value, str) else ""


def _address(value: Any, base: str) -> str:
    """A web address, complete, or an empty string; anything else than http and https is none."""
    if not isinstance(value, str) or not value.strip():
        return ""
    if answers.plain(value) and len(value) <= MAX_ADDRESS:
        return value
    try:
        address = urljoin(base, value.strip()) if base else value.strip()
        parts = urlsplit(address)
        # A name before the host makes one site look like another.
        fits = parts.scheme in ("http", "https") and "@" not in parts.netloc
        fits = fits and len(address) <= MAX_ADDRESS and address.isprintable()
    except ValueError:
        return ""
    return address if fits else ""


def _author(item: Any) -> str:
    whole, detail = _text(item, "author"), item.get("author_detail")
    # '@ines@social.example' names somebody of the fediverse; feedparser takes an address for mail out of it.
    name = detail.get("name") if hasattr(detail, "get") and not whole.startswith("@") else ""
    return line(str(name or whole), MAX_NAME)


def _authors(found: Iterable[Any]) -> dict[str, str]:
    """Who wrote which comment, by WordPress's numbers."""
    pairs = ((answers.number(_text(item, "id")) or answers.number(_text(item, "link")), item) for item in found)
    return {number: _author(item) for number, item in pairs if number}


def _entry(item: Any, about: _Document) -> Entry:
    problems: list[str] = []
    guid, link = _text(item, "id"), _text(item, "link")
    source = _html(item)
    if about.wordpress and _PASSWORD_FORM.search(source):
        raise Unusable(
            _("The post of this comment needs a password, so the comment cannot be read. Look at it on the site.")
        )
    url = _address(link, about.base)
    number = answers.number(guid) or answers.number(link) if about.wordpress else ""
    said = _reference(item)
    parent, parent_url = "", ""
    if about.wordpress:
        confirmed = None if said is None else answers.number(said[0]) or answers.number(said[1])
        parent, parent_url, source = answers.split(source, link, confirmed, about.authors)
        parent_url = parent_url or (said[1] if said and parent else "")
    elif said and said[0] != guid and (said[0] in about.guids or "#" in said[0] or "#" in said[1]):
        # What is neither in the document nor a place on a page is the post itself.
        parent_url = said[0] or said[1]
    source = mended(source)
    text = to_text(source)
    if not text:
        problems.append(_("This entry has no text."))
    external_id = _external_id(item, guid, link, text, about, problems)
    thread = answers.thread_of(url)
    if not thread and said:
        thread = _address(said[1] or said[0], about.base)
    return Entry(
        external_id=external_id,
        identity=f"wp:{number}" if number else external_id,
        author=_author(item),
        url=url,
        published_at=_moment(item, problems),
        text=text,
        html=source.strip()[:MAX_HTML],
        in_reply_to=parent_url[:MAX_ADDRESS],
        parent_identity=f"wp:{parent}" if parent else parent_url[:MAX_ADDRESS],
        thread_url=_reddit_thread(thread),
        problems=tuple(problems),
    )


def _external_id(item: Any, guid: str, link: str, text: str, about: _Document, problems: list[str]) -> str:
    """The guid where it is unique in its document, else the link where that is, else a hash of the content."""
    if guid and about.guids[guid] == 1 and len(guid) <= MAX_ADDRESS:
        return guid
    if guid:
        problems.append(_("Several entries carry the same guid, so the link or the text tells them apart."))
    if link and about.links[link] == 1 and len(link) <= MAX_ADDRESS:
        return link
    content = "\n".join((_author(item), _text(item, "published"), _text(item, "title"), text))
    return "sha256:" + hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def _html(item: Any) -> str:
    """What was written, as HTML: the full content where there is one, else the summary, else the title."""
    whole = [part for part in item.get("content") or [] if part.get("value")]
    part = whole[0] if whole else item.get("summary_detail") or {"value": _text(item, "summary")}
    if not part.get("value"):
        part = item.get("title_detail") or {"value": _text(item, "title")}
    value = storable(str(part.get("value") or ""))
    if part.get("type") == "text/plain":
        return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value


def _reference(item: Any) -> tuple[str, str] | None:
    """What an entry says that it answers (RFC 4685): its id and its address. None where it says nothing."""
    for name, value in item.items():
        if name.endswith("in-reply-to") and hasattr(value, "get"):
            return _text(value, "ref"), _text(value, "href")
    return None


def _reddit_thread(url: str) -> str:
    """On Reddit a comment's address is the post's and a part of its own."""
    found = re.match(r"(https?://[a-z.]*reddit\.com/r/[^/]+/comments/[^/]+/[^/]+/)[a-z0-9]+/?$", url)
    return found[1] if found else url


def _moment(item: Any, problems: list[str]) -> datetime | None:
    parsed = item.get("published_parsed") or (item.get("updated_parsed") if "updated_parsed" in item else None)
    try:
        moment = datetime.fromtimestamp(timegm(parsed), UTC) if parsed else None
    except (ValueError, OverflowError, OSError, TypeError):
        moment = None
    if moment is None or not 1990 <= moment.year <= 2100:
        problems.append(_("This entry has no usable date."))
        return None
    return moment


def _threaded(entries: list[Entry], names: list[str], feed: Any, *, atom: bool, wordpress: bool) -> list[Entry]:
    """The entries with title and text of their posts, as far as the feed tells them.

    Where every entry is of the thread that the feed itself links to, the feed's title and description are the post's.
    """
    home = answers.thread_of(_text(feed, "link"))
    if home and entries and all(entry.thread_url == home for entry in entries):
        title = titles.of_feed(line(_text(feed, "title"), MAX_TITLE), colon=not atom)
        text = to_text(_text(feed, "subtitle"))
        if wordpress and len(text) < _TAGLINE:
            text = ""  # WordPress describes the blog here, in a phrase
        return [replace(entry, thread_title=title, thread_text=text) for entry in entries]
    if not wordpress:
        return entries
    named: Sequence[titles.Titled] = [
        titles.Titled(name, entry.author, entry.thread_url) for name, entry in zip(names, entries, strict=True)
    ]
    return [replace(entry, thread_title=title) for entry, title in zip(entries, titles.of_comments(named), strict=True)]


def _linked(entries: list[Entry]) -> tuple[Entry, ...]:
    """Parents by the name they have in the document: an answer's link may be written otherwise than the guid."""
    names = {entry.identity: entry.external_id for entry in entries}
    return tuple(
        replace(entry, in_reply_to=names[entry.parent_identity]) if entry.parent_identity in names else entry
        for entry in entries
    )
