"""Feeds as Isso writes them: an empty place is a comment that was deleted there, and its marks are not to be kept."""

from unittest.mock import patch

import pytest

from channels.feed.parse import parse
from channels.shape import Fresh
from ingest.isso import is_of, without_deleted
from ingest.take import take
from model.words import SourceKind
from store import audit, comments
from store.db import Store
from tests.ingest import reads

ENTRY = (
    "<entry><id>tag:b.example,2018:/isso/1/{n}</id><title>Comment #{n}</title><updated>2026-11-24T14:06:23Z</updated>"
    '<author><name>{author}</name></author><link href="https://b.example/camp/#isso-{n}" />'
    '<content type="html">{text}</content></entry>'
)


def feed(*entries: tuple[int, str, str]) -> bytes:
    inner = "".join(ENTRY.format(n=n, author=author, text=text) for n, author, text in entries)
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>C</title>{inner}</feed>'.encode()


@pytest.mark.parametrize("nothing", ["", "&lt;p&gt;&lt;/p&gt;"])
def test_an_empty_place_marks_the_comment_as_deleted_and_keeps_its_words(store: Store, nothing: str) -> None:
    source = reads.source(store, "https://b.example/feed?uri=/camp/", SourceKind.FEED)
    take(store, source, parse(feed((1, "Ada", "Hello."), (2, "Ben", "Good day."))))
    for _ in range(2):
        take(store, source, without_deleted(store, source, parse(feed((1, "", nothing), (2, "Ben", "Good day.")))))
    with store.read() as tx:
        found = {one.author: one for one in comments.page(tx)}
        told = [event.action for event in audit.history(tx, "comment", [found["Ada"].id])]
    assert (found["Ada"].text, found["Ada"].revision, told) == ("Hello.", 1, ["comment.deleted"])
    assert found["Ada"].deleted_at is not None
    assert found["Ben"].deleted_at is None


def test_issos_marks_are_not_kept_as_they_stay_the_same_when_something_is_new(store: Store) -> None:
    source = reads.source(store, "https://b.example/feed?uri=/camp/", SourceKind.FEED)
    reading = parse(feed((1, "Ada", "Hello.")))
    assert is_of(reading)
    with patch("ingest.read.feed.read", lambda *_, **__: Fresh(reading, '"1-1"', "Tue, 24 Nov 2026 14:06:23 GMT", "x")):
        after = reads.read(store, source)
    assert (after.problem, after.etag, after.last_modified, after.body_hash) == ("", "", "", "x")
