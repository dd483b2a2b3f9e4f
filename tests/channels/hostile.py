"""What a hostile kind is, and what the table of them is made of.

The table is declared in hostile_feeds.py (what is sent) and hostile_servers.py (how it is sent, and where it leads).
"""

import itertools
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache

from tests.channels.peers import Pieces, answer, path

PUBLIC = "93.184.216.34"
"""An address of the public internet. The tests plug it into this machine, behind all the checks of the door."""

SOUND = "See you on Saturday."
DATE = "Mon, 02 Mar 2026 08:00:00 +0000"
NOT_A_FEED = "not an RSS or Atom feed"
DAMAGED = "damaged or was cut off"
TOO_HARD = "takes too long"
PRIVATE = "private network"
BROKE = "broke off"
LATE = "did not answer in time"


@dataclass(frozen=True)
class Kind:
    """One kind. `serve` makes the whole answer to a request, in one piece or in several.

    `finds` is how many entries are read at least, `says` what the sentence for people holds (empty: none is said),
    `shows` and `hides` what the entries must and must not hold, `kept` whether something is kept raw. `mb` bounds the
    growth of memory of the process that reads, `names` what host names mean, one meaning for each time they are asked.
    """

    name: str
    serve: Callable[[str], Pieces]
    finds: int = 0
    says: str = ""
    shows: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    kept: bool = False
    mb: int = 60
    url: str = "http://blog.example:{port}/feed"
    names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    asked: int | None = None


def item(text: str = SOUND, number: int = 1, more: str = "", date: str = DATE) -> str:
    place = f"https://blog.example/{number}"
    named = f'<guid isPermaLink="false">{place}</guid><link>{place}#c</link>'
    return f"<item>{named}<description>{text}</description><pubDate>{date}</pubDate>{more}</item>"


def rss(*parts: str, head: str = "", after: str = "", root: str = "") -> bytes:
    channel = "<title>A blog</title><link>https://blog.example/</link>" + "".join(parts)
    return f'{head}<rss version="2.0"{root}><channel>{channel}</channel>{after}</rss>'.encode("utf-8", "surrogatepass")


def atom(*parts: str, root: str = "") -> bytes:
    return f'<feed xmlns="http://www.w3.org/2005/Atom"{root}><title>A blog</title>{"".join(parts)}</feed>'.encode()


def entry(content: str, number: int = 1, more: str = "") -> str:
    named = (
        f'<id>tag:blog.example,{number}</id><link href="https://blog.example/{number}"/><updated>2026-03-02T08:00:00Z'
    )
    return f"<entry>{named}</updated>{content}{more}</entry>"


def sends(body: bytes, status: str = "200 OK", **headers: str) -> Callable[[str], bytes]:
    return lambda _: answer(body, status, **headers)


def raw(*pieces: bytes) -> Callable[[str], Iterable[bytes]]:
    """Exactly these bytes."""
    return lambda _: pieces


def moves(to: str, status: str = "302 Found") -> Callable[[str], bytes]:
    """A redirect; where it leads to ourselves there is a feed."""
    return lambda request: answer(rss(item())) if path(request) == "/there" else answer(status=status, location=to)


class Large:
    """An answer with a large body, made only when the test says so: what it costs to make is not measured."""

    def __init__(self, make: Callable[[], bytes], headers: dict[str, str]) -> None:
        self._make = make
        self._headers = headers
        self._made = b""

    def __enter__(self) -> None:
        self._made = answer(self._make(), **self._headers)

    def __exit__(self, *_: object) -> None:
        self._made = b""

    def __call__(self, _: str) -> bytes:
        return self._made


def made(make: Callable[[], bytes], **headers: str) -> Large:
    return Large(make, headers)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\n"


def endless(start: bytes, piece: bytes) -> Callable[[str], Iterator[bytes]]:
    return lambda _: itertools.chain([start], itertools.repeat(piece))


def laughs(letters: int = 12) -> bytes:
    grows = "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(letters))
    head = f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "lol">{grows}]>'
    return rss(item(), item(f"&{chr(97 + letters)};", 2), head=head)


@cache
def packed_zeros(megabytes: int, bits: int = 31, fill: bytes = b" ") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    return b"".join(packer.compress(fill * 1_000_000) for _ in range(megabytes)) + packer.flush()


def chunked(*pieces: bytes) -> bytes:
    lines = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces)
    return HEAD + b"transfer-encoding: chunked\r\n\r\n" + lines


def loop(request: str) -> bytes:
    """From one address to the other and back; the host is written otherwise each time."""
    here = path(request)
    host = "BLOG.example" if here.endswith("a") else "blog.EXAMPLE"
    port = re.search(r"(?i)host: [^:\r]+:(\d+)", request)
    assert port
    return answer(status="301 Moved", location=f"http://{host}:{port[1]}/{'b' if here.endswith('a') else 'a'}")


TOWER = "Z" + "\u0301\u0302\u0303\u0304" * 20_000
FAMILY = "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 5_000
TURNED = "Pay \u202e000,1 $ \u2066now\u2069 \u200f please"
