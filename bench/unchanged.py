"""A source that has nothing new, read from a real server on loopback."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

import feedparser

from bench.figures import Figure
from bench.generated import feeds, rss
from bench.reading import SIZE, new_source, new_store
from ingest.read import read_source
from jobs import Context
from model.words import SourceKind
from store import sources
from store.jobs import Job

READS = 10


@contextmanager
def server(body: bytes, etag: str) -> Iterator[tuple[str, list[int]]]:
    """A server of one feed; yields its address and the statuses it answered with. Without `etag` it never says 304."""
    answered: list[int] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            same = bool(etag) and self.headers.get("If-None-Match") == etag
            answered.append(304 if same else 200)
            self.send_response(answered[-1])
            if etag:
                self.send_header("ETag", etag)
            self.send_header("Content-Length", "0" if same else str(len(body)))
            self.end_headers()
            if not same:
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Nothing is printed beside the table."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{listening.server_port}/comments/feed/", answered
        finally:
            listening.shutdown()


def nothing_new(folder: Path) -> list[Figure]:
    """How often the parser is called when a source answers 304, and when it sends the same bytes again."""
    # A feed that is not WordPress's: that one's marks are not used, as it does not date edits.
    body = (
        rss(next(feeds(1, SIZE, seed=3))).replace(b"wordpress.org", b"forum.example.org").replace(b"/?p=", b"/topic/")
    )
    return [
        _figure(folder / "marked.db", body, '"mark"', 304, "a 304"),
        _figure(folder / "equal.db", body, "", 200, "an equal body"),
    ]


def _figure(path: Path, body: bytes, etag: str, status: int, what: str) -> Figure:
    store = new_store(path)
    source = new_source(store, what)
    job = Context(store, Job(0, "read", source.id, "", 1, 1), lease_seconds=60)
    with server(body, etag) as (url, answered), patch.object(feedparser, "parse", wraps=feedparser.parse) as parser:
        with store.write() as tx:
            sources.change(tx, source.id, kind=SourceKind.FEED, feed_url=url, allow_private=True)
        read_source(job)
        first = parser.call_count
        for _ in range(READS):
            read_source(job)
        calls = parser.call_count - first
    with store.read() as tx:
        after = sources.get(tx, source.id)
    if first != 1 or answered != [200] + [status] * READS or after is None or after.problem:
        raise RuntimeError(f"the server answered {answered}, and the parser was called {first} times at first")
    store.engine.dispose()
    return Figure(
        f"calls of the parser in {READS} reads of {what}",
        f"{calls}",
        f"its first read {first}",
        f"{calls} calls",
        calls,
        bar=0,
        at_least=False,
    )
