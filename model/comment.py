"""What a source says, before it is stored."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

MAX_NAMED = 1000
"""Bytes of a name by which a comment or thread is looked up: an index of PostgreSQL takes no longer ones."""
_KEPT = 900


def named(name: str) -> str:
    """A name of at most MAX_NAMED bytes; of a longer one the beginning and a hash of all of it."""
    whole = name.encode("utf-8", "replace")
    if len(whole) <= MAX_NAMED:
        return name
    return f"{whole[:_KEPT].decode('utf-8', 'ignore')}#sha256:{hashlib.sha256(whole).hexdigest()}"


BINNED = ("trash", "post-trashed")
"""A source's own words for what lies in its bin: there nobody sees it, and it may come back."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One comment as read from a feed or an interface.

    `external_id` is the source's own name for it, as it stands: the guid where it is unique in its document, else the
    link, else a hash of the content. `identity` names the same comment by whatever route it came (on WordPress
    `wp:<comment number>`, elsewhere equal to `external_id`) and is unique within one source. `in_reply_to` is the
    parent comment's `external_id` (or address, when the parent is not in the document), empty when the comment answers
    the post or the source does not say. `parent_identity` is the parent's `identity`, or empty. `text` is the
    normalised plain text, `html` what the source sent. `published_at` is aware, in UTC, or None when the source gives
    no usable date. `author_id` is the source's own authenticated id of the author (WordPress REST `author` > 0), else
    empty. `status` is the source's own word ('approved', 'hold', 'spam', 'trash'), empty where the source only shows
    what is public. `problems` are sentences for a person about what could not be read. What others are looked up by
    is never longer than `named` makes it.
    """

    external_id: str
    identity: str
    author: str = ""
    url: str = ""
    published_at: datetime | None = None
    text: str = ""
    html: str = ""
    in_reply_to: str = ""
    parent_identity: str = ""
    thread_url: str = ""
    thread_title: str = ""
    thread_text: str = ""
    author_id: str = ""
    status: str = ""
    problems: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("external_id", "identity", "in_reply_to", "parent_identity", "thread_url"):
            if len(value := getattr(self, name)) * 4 > MAX_NAMED:
                object.__setattr__(self, name, named(value))


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A part of a document that could not be made an Entry. `raw` is kept so that it can be read again."""

    raw: str
    problem: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A document after parsing: its entries in document order, what could not be read, and problems of the whole."""

    entries: tuple[Entry, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    problems: tuple[str, ...] = ()
    title: str = ""
    site_url: str = ""
    generator: str = ""
    comment_feeds: tuple[str, ...] = field(default=())
