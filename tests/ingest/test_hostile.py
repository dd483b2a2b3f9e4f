"""Hostile sources, read by the job on a real database: each is told on its row, and the next source is read."""

import random
import re
import sqlite3
from contextlib import nullcontext

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError

import ingest.read as ingest
from channels import http
from channels.feed import apart
from model.comment import MAX_NAMED
from model.words import SourceKind
from store.db import Store
from tests.channels.hostile import SOUND, Kind, Large, item, rss
from tests.channels.hostile_feeds import FORM, GROWING, LETTERS
from tests.channels.hostile_servers import ANSWERS, REDIRECTS, SLOW
from tests.channels.network import Network
from tests.channels.peers import Peer, Pieces, answer
from tests.channels.test_hostile import plain
from tests.ingest import reads

SAMPLE = (
    "billion laughs",
    "gzip bomb",
    "a million ampersands",
    "NUL bytes",
    "lone surrogates",
    "combining towers",
    "right-to-left overrides",
    "every control character",
    "dates of no use",
    "one guid for all",
    "absurdly long title, author, link and guid",
    "script in every field",
    "gone for good",
    "HTTP/0.9",
    "headers with odd bytes",
    "sent to a decimal address",
    "drips its body",
)
KINDS = [kind for kind in (*GROWING, *LETTERS, *FORM, *ANSWERS, *REDIRECTS, *SLOW) if kind.name in SAMPLE]


def test_the_sample_is_of_the_table() -> None:
    assert len(KINDS) == len(SAMPLE)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_hostile_source_stops_no_other(kind: Kind, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    network = Network(names=kind.names)
    network.plug(monkeypatch)
    monkeypatch.setattr(apart, "CPU_S", 4)
    monkeypatch.setitem(http.fetch.__kwdefaults__, "timeout_s", 0.6 if kind in SLOW else 20.0)

    def serve(request: str) -> Pieces:
        pieces = kind.serve(request)
        return pieces if isinstance(pieces, bytes) or kind not in SLOW else hostile.drip(pieces, 0.05)

    with (
        kind.serve if isinstance(kind.serve, Large) else nullcontext(),
        Peer(serve) as hostile,
        Peer(lambda _: answer(rss(item()))) as sound,
    ):
        evil = reads.source(store, kind.url.format(port=hostile.port))
        good = reads.source(store, f"http://blog.example:{sound.port}/feed")
        after, next_one = reads.read(store, evil), reads.read(store, good)
    assert bool(after.problem) == bool(kind.says)
    if after.problem:
        plain(after.problem)
        assert re.search(kind.says, after.problem)
    assert after.next_read_at > after.created_at or not after.failures
    assert not next_one.problem
    assert next_one.read_at
    assert SOUND in repr(reads.everything(store)["revisions"])


def letters(count: int) -> str:
    """Letters of three bytes that no index can press together."""
    return "".join(random.Random(count).choices([chr(code) for code in range(0x4E00, 0x9FA5)], k=count))


def test_names_longer_than_an_index_takes_and_letters_that_become_many_are_stored(store: Store) -> None:
    name = letters(1900)
    long = (
        f"<item><guid isPermaLink='false'>{name}</guid><link>https://blog.example/{name}</link>"
        "<description>First.</description></item>"
    )
    answers = item(number=2, more=f"<thr:in-reply-to ref='{name}' href='https://blog.example/{name}'/>")
    grown = item("".join(f"{chr(0x3316)}{letter}" for letter in letters(49_000)), 3)
    feed = rss(long, answers, grown, root=' xmlns:thr="http://purl.org/syndication/thread/1.0"')
    with Peer(lambda _: answer(feed)) as peer:
        here = reads.source(store, f"http://127.0.0.1:{peer.port}/feed", SourceKind.FEED)
        after = reads.read(store, here)
        again = reads.read(store, here)
    assert (after.problem, after.failures, again.problem) == ("", 0, "")
    rows = reads.everything(store)
    first, second, _ = sorted(rows["comments"], key=lambda row: row["id"])
    assert first["identity"].startswith(name[:200])
    assert second["parent_identity"] == first["identity"]
    assert max(len(row["identity"].encode()) for row in rows["comments"]) <= MAX_NAMED
    assert max(len(row["url"].encode()) for row in rows["threads"]) <= MAX_NAMED


def test_what_the_database_will_never_take_is_told_on_the_source_and_not_tried_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = ingest.take

    def overlong(tried: Store, *given: object) -> object:
        with tried.write() as tx:  # what the database itself says of such values
            if tried.sqlite:
                raise DataError("", None, sqlite3.DataError("string or blob too big"))
            tx.execute(
                text("select to_tsvector('simple', string_agg(md5(n::text), ' ')) from generate_series(1, 60000) n")
            )
        return real(tried, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(ingest, "take", overlong)
    with Peer(lambda _: answer(rss(item()))) as peer:
        after = reads.read(store, reads.source(store, f"http://127.0.0.1:{peer.port}/feed", SourceKind.FEED))
    plain(after.problem)
    assert after.failures == 1
    assert "cannot be stored" in after.problem
