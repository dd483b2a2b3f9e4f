"""The test corpus of feedparser itself: nothing raises, nothing hangs, and at least its entries are read.

The corpus belongs to feedparser and is no part of this repository. .ci/run fetches the source distribution that the
lock names, by its hash, and says in LEVELHEAD_CORPUS where its `tests` folder lies.
"""

import io
import os
import re
import time
from pathlib import Path

import feedparser
import pytest

from channels.feed import apart
from channels.feed.parse import CUT_OFF

HANGS_S = 60.0
"""On the clock, in whichever process a document is parsed. A busy machine is no hang."""
_HEADER = re.compile(rb"^\s*Header:\s+content-type:\s*(.{1,200}?)\s*$", re.IGNORECASE | re.MULTILINE)


HALVES = {"illformed/rss_incomplete_cdata.xml"}
"""Documents that end within an entry. It is not read, but kept: half a comment would look like an edit later."""


def _files() -> tuple[Path, list[Path]]:
    """Where the corpus lies, and its documents."""
    place = os.environ.get("LEVELHEAD_CORPUS", "")
    assert place, "LEVELHEAD_CORPUS names no folder: .ci/run fetches the corpus and sets it."
    return Path(place), sorted(path for path in Path(place).rglob("*") if path.is_file() and path.suffix != ".py")


@pytest.mark.system
def test_of_every_feed_of_the_corpus_at_least_the_entries_of_feedparser_are_read() -> None:
    place, files = _files()
    assert len(files) > 2000
    fewer, halves, slow = {}, set(), {}
    for path in files:
        body = path.read_bytes()
        named = _HEADER.search(body[:2000])
        sent = named[1].decode("latin-1") if named else ""
        began = time.monotonic()
        reading = apart.parse(body, sent, base="https://blog.example/feed")
        if (took := time.monotonic() - began) > HANGS_S:
            slow[path.name] = took
        theirs = len(_theirs(body, sent))
        missing = theirs - len(reading.entries)
        name = path.relative_to(place).as_posix()
        if missing > 0 and missing == sum(one.problem == CUT_OFF for one in reading.unreadable):
            halves.add(name)
        elif missing > 0:
            fewer[name] = (len(reading.entries), theirs, reading.problems)
    assert fewer == {}
    assert halves == HALVES
    assert slow == {}


def _theirs(body: bytes, sent: str) -> list[object]:
    try:
        return list(
            feedparser.parse(io.BytesIO(body), response_headers={"content-type": sent} if sent else None).entries
        )
    except Exception:  # a document that feedparser itself cannot stand has no entries to compare
        return []
