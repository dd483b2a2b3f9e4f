"""A feed's document by feedparser, without parsing again what stood in the same feed, letter by letter, before.

A feed shows what it showed an hour ago and perhaps one entry more; parsing is most of what a read costs. So the
entries are cut out of the bytes, and those that are remembered are left out of what feedparser gets. This holds only
for documents that are sound: in well-formed XML without a document type, '<' stands nowhere but at markup, in CDATA
sections and in comments, so an entry's beginning and end are told apart from its text for certain. Anything else is
parsed whole.
"""

import io
import re
import threading
from collections import OrderedDict
from hashlib import blake2b
from typing import Any, NamedTuple

import feedparser

MOST_BYTES = 6_000_000
"""Bytes of entries that a process remembers; what was not met for the longest time goes first."""
LONGEST = 50_000

_MARKUP = re.compile(
    rb"<!\[CDATA\[[^\]]*+(?:\](?!\]>)[^\]]*+)*+\]\]>|<!--.*?-->|<\?.*?\?>"
    rb"|<(?P<start>item|entry)(?=[\s>])|</(?P<end>item|entry)\s*>",
    re.DOTALL,
)
_PAIRS = ((b"<![CDATA[", b"]]>"), (b"<!--", b"-->"), (b"<?", b"?>"))
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?\s*<\?xml[^<>]{0,200}\?>")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"'<>]{0,60})[\"']")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,60})", re.IGNORECASE)
_OUTER = re.compile(rb"<(?![?!])[^<>]{0,20000}>")
# In feedparser a base address or a language that one entry sets can stay set for those behind it.
_INHERITED = re.compile(rb"[\s:](?:base|lang)\s*=", re.IGNORECASE)
_PLAIN = frozenset(("", "utf-8", "utf8", "us-ascii", "ascii"))


class _Known(NamedTuple):
    entry: Any
    size: int


_lock = threading.Lock()
_known: OrderedDict[bytes, _Known] = OrderedDict()
_held = 0


def forget() -> None:
    """Everything that was remembered is parsed again when it is met."""
    global _held  # noqa: PLW0603
    with _lock:
        _known.clear()
        _held = 0


def document(body: bytes, content_type: str, place: str) -> Any:
    """What feedparser makes of a document; the entries may be those of an earlier one, and must not be changed.

    `place` is where the bytes came from: what one place sent says nothing of another.
    """
    cut = _entries(body, content_type)
    if not cut:
        return _parsed(body, content_type)
    context = _context(_without(body, cut), content_type, place)
    keys = [blake2b(body[start:end], digest_size=16, key=context).digest() for start, end in cut]
    there = _remembered(keys)
    if there:
        known = [span for span, key in zip(cut, keys, strict=True) if key in there]
        found = _parsed(_without(body, known), content_type)
    else:
        found = _parsed(body, content_type)
    rest = [key for key in keys if key not in there]
    if not _sound(found) or len(found.entries) != len(rest):
        return _parsed(body, content_type) if there else found
    fresh = iter(found.entries)
    entries = [there[key] if key in there else next(fresh) for key in keys]
    _remember(zip(keys, cut, entries, strict=True))
    found["entries"] = entries
    return found


def _parsed(body: bytes, content_type: str) -> Any:
    # A stream, as feedparser takes bytes for the name of a file first. Its sanitiser and its completing of addresses
    # cost half of its time; text is made by channels.html, and only text is shown.
    return feedparser.parse(
        io.BytesIO(body),
        response_headers={"content-type": content_type} if content_type else None,
        sanitize_html=False,
        resolve_relative_uris=False,
    )


def _sound(found: Any) -> bool:
    doubts = feedparser.CharacterEncodingOverride | feedparser.NonXMLContentType
    return not found.get("bozo") or isinstance(found.get("bozo_exception"), doubts)


def _entries(body: bytes, content_type: str) -> list[tuple[int, int]]:
    """Where the entries of a document stand; none where that is not certain."""
    said = _CHARSET.search(content_type)
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body or _inherits(body) or (said and said[1].lower() not in _PLAIN):
        return []
    declared = _DECLARATION.match(body)
    encoding = _ENCODING.search(declared[0]) if declared else None
    if encoding and encoding[1].decode("ascii", "replace").lower() not in _PLAIN:
        return []
    try:
        body.decode("utf-8")
    except UnicodeError:
        return []
    if any(body.rfind(start) > body.rfind(end) for start, end in _PAIRS):
        return []  # the end of each such start would be looked for to the end of the document
    return _places(body)


def _inherits(body: bytes) -> bool:
    """Whether something sets a base address or a language; most documents hold neither word, and are done with soon."""
    lower = body.lower()
    return (b"base" in lower or b"lang" in lower) and _INHERITED.search(body) is not None


def _places(body: bytes) -> list[tuple[int, int]]:
    places: list[tuple[int, int]] = []
    began: tuple[int, bytes] | None = None
    for found in _MARKUP.finditer(body):
        if found["start"]:
            if began:
                return []
            began = found.start(), found["start"]
        elif found["end"]:
            if not began or began[1] != found["end"]:
                return []
            places.append((began[0], found.end()))
            began = None
    return [] if began else places


def _context(around: bytes, content_type: str, place: str) -> bytes:
    """What an entry's meaning also depends on: the namespaces, languages and base addresses set around it."""
    declared = _DECLARATION.match(around)
    outer = [tag for tag in _OUTER.findall(around) if b"=" in tag]
    said = [place.encode("utf-8", "replace"), content_type.encode("utf-8", "replace"), declared[0] if declared else b""]
    return blake2b(b"\n".join([*said, *outer]), digest_size=32).digest()


def _without(body: bytes, places: list[tuple[int, int]]) -> bytes:
    parts, at = [], 0
    for start, end in places:
        parts.append(body[at:start])
        at = end
    return b"".join([*parts, body[at:]])


def _remembered(keys: list[bytes]) -> dict[bytes, Any]:
    with _lock:
        there = {key: _known[key].entry for key in keys if key in _known}
        for key in there:
            _known.move_to_end(key)
    return there


def _remember(entries: Any) -> None:
    global _held  # noqa: PLW0603
    with _lock:
        for key, (start, end), entry in entries:
            if key not in _known and end - start <= LONGEST:
                _known[key] = _Known(entry, end - start)
                _held += end - start
        while _held > MOST_BYTES:
            _held -= _known.popitem(last=False)[1].size
