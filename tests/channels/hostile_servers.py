"""Servers that mean harm, or are broken: what they answer, where they lead, and how slow they are."""

import itertools
from collections.abc import Callable, Iterator

from tests.channels.hostile import (
    BROKE,
    DAMAGED,
    HEAD,
    LATE,
    NOT_A_FEED,
    PRIVATE,
    PUBLIC,
    SOUND,
    Kind,
    chunked,
    endless,
    item,
    loop,
    moves,
    raw,
    rss,
    sends,
)

ANSWERS: tuple[Kind, ...] = (
    Kind(
        "an error page that says 200",
        sends(b"<!DOCTYPE html><html><h1>502 Bad Gateway</h1></html>", content_type="text/html"),
        says=NOT_A_FEED,
    ),
    Kind(
        "an error page that calls itself a feed",
        sends(b"<html><body><p>The rss feed is away</p>", content_type="application/rss+xml"),
        says=NOT_A_FEED,
    ),
    Kind(
        "JSON instead",
        sends(b'{"version":"https://jsonfeed.org/version/1.1","items":[]}', content_type="application/json"),
        says=NOT_A_FEED,
    ),
    Kind("a picture", sends(b"\x89PNG\r\n\x1a\n" + bytes(1000), content_type="image/png"), says=NOT_A_FEED),
    Kind("nothing", sends(b""), says="is empty"),
    Kind("one byte", sends(b"<"), says=NOT_A_FEED),
    Kind("only NUL", sends(bytes(5000)), says="is empty"),
    Kind("a feed without entries", sends(rss()), 0),
    Kind("gone for good", sends(b"", "410 Gone"), says="gone for good"),
    Kind(
        "gone, in words, and 429 with a time",
        sends(b"410 Gone", "429 Too Many Requests", retry_after="120"),
        says="asks for fewer reads",
    ),
    Kind(
        "429 with a time of no use",
        sends(b"", "429 Too Many Requests", retry_after="-99999999999999999999"),
        says="fewer reads",
    ),
    Kind("a status that does not exist", sends(rss(item()), "799 Eh"), says=r"error \(799\)"),
    Kind("unchanged, though nobody asked", sends(b"", "304 Not Modified")),
    Kind("part of a feed", sends(rss(item())[:200], "206 Partial Content"), says=r"error \(206\)"),
    Kind("HTTP/0.9", raw(rss(item())), says=BROKE),
    Kind("a greeting of another protocol", raw(b"220 mail.example ESMTP\r\n"), says=BROKE),
    Kind("closes at once", raw(), says=BROKE),
    Kind("closes in the headers", raw(HEAD), says=BROKE),
    Kind("closes in the body", raw(HEAD + b"content-length: 5000\r\n\r\n", rss(item())), says=BROKE),
    Kind("longer than it says", raw(HEAD + b"content-length: 60\r\n\r\n", rss(item())), says=DAMAGED),
    Kind("two lengths", raw(HEAD + b"content-length: 60\r\ncontent-length: 61\r\n\r\n", rss(item())), says=BROKE),
    Kind("a length below nothing", raw(HEAD + b"content-length: -1\r\n\r\n", rss(item())), says=BROKE),
    Kind("a length of a million digits", raw(HEAD + b"content-length: " + b"9" * 1_000_000 + b"\r\n\r\n"), says=BROKE),
    Kind("chunked without end", raw(chunked(rss(item()))), says=BROKE),
    Kind(
        "chunks of a size that is no number",
        raw(HEAD + b"transfer-encoding: chunked\r\n\r\nzz\r\nx\r\n0\r\n\r\n"),
        says=BROKE,
    ),
    Kind("chunks of one byte", raw(chunked(*(bytes([b]) for b in rss(item()))) + b"0\r\n\r\n"), 1, shows=(SOUND,)),
    Kind("chunks for ever", endless(chunked(rss(item())), b"400\r\n" + b" " * 1024 + b"\r\n"), says="more than 10 MB"),
    Kind("a body for ever", endless(HEAD + b"\r\n", b" " * 65_536), says="more than 10 MB"),
    Kind("headers for ever", endless(HEAD, b"x-more: and more\r\n" * 1000), says=BROKE),
    Kind("one header of 50 MB", raw(HEAD + b"x: ", *([b"y" * 1_000_000] * 50)), says=BROKE),
    Kind(
        "cookies without number",
        raw(HEAD + b"set-cookie: a=b; path=/\r\n" * 3000 + b"connection: close\r\n\r\n", rss(item())),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "headers with odd bytes",
        raw(HEAD + b'x-odd: \xff\xfe\xc3\xa9\r\netag: "\xff"\r\nconnection: close\r\n\r\n', rss(item())),
        1,
        shows=(SOUND,),
    ),
    Kind(
        "a header folded over lines",
        raw(HEAD + b"x-a: b\r\n c: d\r\nconnection: close\r\n\r\n", rss(item())),
        1,
        shows=(SOUND,),
    ),
    Kind("a split answer", raw(HEAD + b"content-length: 0\r\n\r\n" + HEAD + b"\r\n", rss(item())), says="is empty"),
    Kind(
        "another protocol is offered",
        raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"),
        says=f"{BROKE}|101",
    ),
)

REDIRECTS: tuple[Kind, ...] = (
    *(
        Kind(
            f"sent to {name}",
            moves(to),
            says=f"{PRIVATE}|web address|no site called localhost",
            names={"intranet.example": ("10.0.0.7",)},
            asked=1,
        )
        for name, to in {
            "a private address": "http://10.0.0.1/",
            "a private name": "http://intranet.example/",
            "a private address within IPv6": "http://[::ffff:10.0.0.1]/",
            "a private address within IPv6, in hexadecimal": "http://[::ffff:a00:1]/",
            "a private address behind NAT64": "http://[64:ff9b::a00:1]/",
            "a private address of 6to4": "http://[2002:a00:1::1]/",
            "a decimal address": "http://167772161/",
            "an octal address": "http://012.0.0.1/",
            "a hexadecimal address": "http://0xa000001/",
            "an address of two parts": "http://10.1/",
            "an address in wide digits": "http://１０.０.０.１/",
            "this machine": "http://localhost/",
            "this machine with a dot": "http://localhost./",
            "this machine in IPv6": "http://[::1]/",
            "no address at all": "http://0/",
            "the cloud's own data": "http://169.254.169.254/latest/meta-data/",
            "a carrier's network": "http://100.64.0.1/",
            "everybody at once": "http://255.255.255.255/",
        }.items()
    ),
    *(
        Kind(f"sent to {to[:12]}", moves(to), says="web address|begin with http|user name|no site called", asked=1)
        for to in (
            "file:///etc/passwd",
            "ftp://ftp.example/",
            "gopher://127.0.0.1:25/x",
            "javascript:alert(1)",
            "data:text/xml,x",
            "http://[",
            "http://a:b@blog.example/",
        )
    ),
    Kind("a redirect to itself, in other letters", loop, says="redirects more than 5 times", asked=6),
    Kind("a redirect to nothing", moves(""), says=r"error \(302\)", asked=1),
    Kind(
        "a redirect with two targets",
        raw(b"HTTP/1.1 302 Found\r\nlocation: /there\r\nlocation: /x\r\nconnection: close\r\n\r\n"),
        says=".",
    ),
    Kind("a redirect that goes well", moves("/there"), 1, shows=(SOUND,), asked=2),
    Kind(
        "a name that means another address the second time",
        moves("/there"),
        says=PRIVATE,
        names={"blog.example": (PUBLIC, "10.0.0.7")},
        asked=1,
    ),
    Kind(
        "a name that changes between check and connection",
        sends(rss(item())),
        1,
        names={"blog.example": (PUBLIC, "10.0.0.7", "10.0.0.7")},
    ),
    Kind("a name that means nothing", moves("http://nowhere.invalid/"), says="no site called"),
    Kind("a name of 5,000 letters", moves(f"http://{'a' * 5000}.example/"), says="no site called|web address"),
    Kind("a name in look-alike letters", moves("http://blоg.invalid/"), says="no site called"),
    Kind(
        "TLS that is none",
        sends(rss(item())),
        says="certificate|cannot be reached|broke off",
        url="https://blog.example:{port}/feed",
        asked=0,
    ),
)


def _drips(piece: bytes, start: bytes) -> Callable[[str], Iterator[bytes]]:
    return lambda _: itertools.chain([start], itertools.repeat(piece))


SLOW: tuple[Kind, ...] = (
    Kind("says nothing", _drips(b"", b""), says=LATE),
    Kind("drips its headers", _drips(b"x-a: b\r\n", HEAD), says=LATE),
    Kind("drips its first line", _drips(b" ", b"HTTP/1.1 200 "), says=LATE),
    Kind("continues for ever", _drips(b"HTTP/1.1 100 Continue\r\n\r\n", b""), says=f"{LATE}|{BROKE}"),
    Kind("hints for ever", _drips(b"HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n", b""), says=f"{LATE}|{BROKE}"),
    Kind("drips its body", _drips(b" ", HEAD + b"content-length: 5000\r\n\r\n"), says=LATE),
    Kind("drips its chunks", _drips(b"1\r\n \r\n", chunked(rss())), says=LATE),
    Kind(
        "drips what is packed",
        _drips(b"\x00", HEAD + b"content-encoding: gzip\r\n\r\n\x1f\x8b\x08\x08"),
        says=f"{LATE}|unpacked",
    ),
)
"""These send a piece now and then; the test gives them one second in all."""
