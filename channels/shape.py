"""The shape that every channel has: what can be found, read and sent there."""

from dataclasses import dataclass

from model.comment import Entry, Reading
from model.words import Channel, SourceKind


@dataclass(frozen=True, slots=True)
class Found:
    """A place whose comments can be read, as discovered from a pasted address, with a first look at them.

    `kind` says how it is read, `api_url` is the root of a WordPress site's interface, or empty. `channel` is a guess;
    `others` are feeds that could be read instead.
    """

    kind: SourceKind
    title: str
    site_url: str
    feed_url: str
    api_url: str
    preview: tuple[Entry, ...]
    problems: tuple[str, ...]
    channel: Channel = Channel.BLOG
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fresh:
    """A read that the source answered. `reading` is None when nothing changed: then nothing was parsed."""

    reading: Reading | None
    etag: str
    last_modified: str
    body_hash: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of older comments, newest first. `last` says that there are none behind it."""

    reading: Reading
    last: bool


@dataclass(frozen=True, slots=True)
class Posted:
    """Our reply as the channel stored it. `status` is the channel's own word ('approved', 'hold')."""

    identity: str
    url: str
    status: str
    raw: str
    rendered: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The channel said no: nothing was published. `message` is for people, `code` the channel's own word, or empty.

    `passes`: it could not be reached, which may be over by itself, so the same may be sent later.
    """

    message: str
    code: str = ""
    passes: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether the reply is there; it must not be sent again before somebody looked."""

    message: str


@dataclass(frozen=True, slots=True)
class Stands:
    """A comment as it stands there now. `status` is the channel's own word ('approved', 'hold', 'spam', 'trash')."""

    text: str
    status: str


WITHHELD = "withheld"
"""The code of what was rejected on our own side, just before it would have been written."""
Outcome = Posted | Rejected | Unknown
