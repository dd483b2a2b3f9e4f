"""Reading a feed where it can do no harm: what is large or odd is parsed in a process of its own, with limits.

There are documents for which every parser of feeds needs minutes or gigabytes, and a thread can be stopped by nobody. A
process can: it has so many seconds, so much memory and none of our settings, and whatever becomes of it, the other
sources are read. Nearly all feeds are small and plain, and those are parsed here, as a process costs a third of a
second.
"""

import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from channels.feed import charset
from channels.feed import parse as parsing
from model.comment import Reading, Unreadable
from model.language import _, current, later, using

SMALL_BYTES = 500_000
SMALL_TAGS = 20_000
CPU_S = 20
MEMORY = 1_000_000_000
BEGINNING = 200_000

TOO_HARD = later(
    "The feed is made so that reading it all takes too long; its beginning was read. "
    "Ask whoever runs the site for a feed with fewer entries."
)
# feedparser looks for the address of an author's mail in a time that grows with the square of such a run.
_RUN = re.compile(rb"[A-Za-z0-9_.+-]{500}")
_LONG_RUN = re.compile(rb"([A-Za-z0-9_.+-]{500})[A-Za-z0-9_.+-]++")
_ENDLESS_RUN = re.compile(rb"([A-Za-z0-9_.+-]{%d})[A-Za-z0-9_.+-]++" % (parsing.MAX_ADDRESS + 1))
_ROOT = Path(__file__).resolve().parents[2]


def parse(body: bytes, content_type: str = "", *, base: str = "", wordpress: bool = False) -> Reading:
    """All entries of a feed, as channels.feed.parse gives them, within seconds and without much memory.

    Where the whole document is too much, its beginning is read and the rest is kept. Never raises for any bytes.
    """
    body, content_type = charset.narrow(body, content_type)
    if _plain(body) and charset.ordinary(body, content_type):
        return parsing.parse(body, content_type, base=base, wordpress=wordpress)
    body = _ENDLESS_RUN.sub(rb"\1", body)  # no address and no word is that long
    about = {"content_type": content_type[:1000], "base": base, "wordpress": wordpress, "language": current()}
    reading = _apart(body, about)
    if reading is not None:
        return reading
    left = Unreadable(parsing.raw(body), _(TOO_HARD))
    beginning = _apart(_beginning(body), about) or Reading()
    return Reading(
        entries=beginning.entries,
        unreadable=(left,),
        problems=(_(TOO_HARD),),
        title=beginning.title,
        site_url=beginning.site_url,
        generator=beginning.generator,
        comment_feeds=beginning.comment_feeds,
    )


def _plain(body: bytes) -> bool:
    """Whether a document can be parsed in this process: it is small, and has nothing in it that grows."""
    return (
        len(body) <= SMALL_BYTES
        and body.count(b"<") <= SMALL_TAGS
        and b"<!ENTITY" not in body.upper()
        and not _RUN.search(body)
    )


def _beginning(body: bytes) -> bytes:
    """As much of a document as no trick makes expensive."""
    start = _LONG_RUN.sub(rb"\1", body[: BEGINNING * 10])[:BEGINNING]
    return start if start.count(b"<") <= SMALL_TAGS else start[: BEGINNING // 10]


@lru_cache(maxsize=1)
def _readings() -> TypeAdapter[Reading]:
    return TypeAdapter(Reading)


def _apart(body: bytes, about: dict[str, Any]) -> Reading | None:
    """What another process reads; None when it came to its limits."""
    if not body:
        return None
    about |= {"cpu_s": CPU_S, "memory": MEMORY}
    try:
        done = subprocess.run(
            [sys.executable, "-m", "channels.feed.apart"],
            input=json.dumps(about).encode() + b"\n" + body,
            capture_output=True,
            check=False,
            cwd=_ROOT,
            env={name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ},
            timeout=CPU_S * 3,
        )
        return _readings().validate_json(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, OSError, ValidationError):
        return None


def _limit(cpu_s: int, memory: int) -> None:
    """Bounds this process. Where the system knows no such limits, the time that its parent waits is the only one."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _main() -> None:
    about = json.loads(sys.stdin.buffer.readline())
    _limit(about.pop("cpu_s"), about.pop("memory"))
    with using(about.pop("language")):
        reading = parsing.parse(sys.stdin.buffer.read(), **about)
    sys.stdout.buffer.write(_readings().dump_json(reading))


if __name__ == "__main__":
    _main()
