"""Busy blogs on loopback: feeds that grow while they are read."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from bench.generated import Made, feeds, rss
from model.words import Channel, SourceKind
from store import sources
from store.db import Store


@dataclass
class Blogs:
    """Several feeds, each showing its newest `window` comments; `answering` off is a network that is down."""

    url: str
    made: list[list[Made]]
    window: int
    shown: list[int] = field(default_factory=list)
    answering: bool = True

    def __post_init__(self) -> None:
        self.shown = [0] * len(self.made)

    def grow(self, share: float) -> None:
        """Shows the first `share` (0..1) of what each feed will ever hold."""
        self.shown = [round(len(feed) * min(1.0, share)) for feed in self.made]

    def body(self, number: int) -> bytes:
        until = self.shown[number]
        newest = self.made[number][max(0, until - self.window) : until][::-1]
        # A forum and not a blog of WordPress: nobody could ask its interface for what a feed has forgotten.
        return rss(newest).replace(b"wordpress.org", b"forum.example.org")


@contextmanager
def blogs(count: int, comments: int, window: int = 1000) -> Iterator[Blogs]:
    """`count` feeds on loopback that together come to hold `comments` comments."""
    each = comments // count
    made = [feed[::-1] for feed in feeds(count, each, seed=5)]

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not crowd.answering:
                self.close_connection = True
                return
            body = crowd.body(int(self.path.rpartition("/")[2]))
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """The harness prints its own lines."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        crowd = Blogs(f"http://127.0.0.1:{server.server_port}", made, window)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield crowd
        finally:
            server.shutdown()


def follow(store: Store, crowd: Blogs) -> list[int]:
    """Adds each feed as a source that is due; their ids in order."""
    now = datetime.now(UTC)
    with store.write() as tx:
        return [
            sources.add(
                tx,
                name=f"Forum {number}",
                channel=Channel.FORUM,
                kind=SourceKind.FEED,
                site_url=crowd.url,
                feed_url=f"{crowd.url}/feed/{number}",
                allow_private=True,
                active=True,
                next_read_at=now,
                created_at=now,
            )
            for number in range(len(crowd.made))
        ]
