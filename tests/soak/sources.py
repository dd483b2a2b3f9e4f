"""python -m tests.soak.sources: what 500 sources with nothing new cost two workers on PostgreSQL; the verdict is last.

The rhythm is the shipped one. A source that has been quiet for ten hours is read once an hour, so in the long run 500
such sources make one read every 7.2 seconds: their next reads are spread evenly over the hour here, as chance spreads
them in time. Half of them answer 304 to their ETag, half are WordPress and send the same bytes again.
"""

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from sqlalchemy import func, select, update

from model.words import Channel, SourceKind
from response import policies
from store import sources
from store.db import Store
from store.schema import audit
from store.schema import sources as table
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.installation import DATABASE, installation
from tests.system.processes import wait_until
from tests.system.working import Worker

SOURCES, WORKERS = 500, 2
MOST_PERCENT = 5.0
SETTLES_S = 15
SAID = tuple(Said(number, f"<p>See you on day {number}.</p>\n") for number in range(1, 4))
OF_WORDPRESS = blogs.rss(SAID)
OF_A_FORUM = OF_WORDPRESS.replace(b"wordpress.org", b"forum.example.org").replace(b"/?p=", b"/topic/")
ETAG = '"as it was"'


class Feeds(BaseHTTPRequestHandler):
    """All the feeds; those of an odd number know their ETag."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_GET(self) -> None:
        Feeds.asked += 1
        odd = int(self.path.strip("/")) % 2
        same = odd and self.headers.get("If-None-Match") == ETAG
        body = b"" if same else OF_A_FORUM if odd else OF_WORDPRESS
        self.send_response(304 if same else 200)
        if odd:
            self.send_header("ETag", ETAG)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


def add(store: Store, address: str) -> None:
    now = datetime.now(UTC)
    long_ago = now - timedelta(days=30)
    with store.write() as tx:
        for number in range(SOURCES):
            sources.add(
                tx,
                name=f"Source {number}",
                channel=Channel.BLOG,
                kind=SourceKind.FEED if number % 2 else SourceKind.WORDPRESS,
                site_url=address,
                feed_url=f"{address}/{number}",
                allow_private=True,
                next_read_at=now,
                created_at=long_ago,
            )


def unread(store: Store) -> int:
    with store.read() as tx:
        return int(tx.execute(select(func.count()).where(table.c.read_at.is_(None))).scalar_one())


def spread(store: Store, over_s: float) -> None:
    """The next reads, evenly over a time."""
    now = datetime.now(UTC)
    with store.write() as tx:
        for place, source_id in enumerate(tx.execute(select(table.c.id).order_by(table.c.id)).scalars().all()):
            at = now + timedelta(seconds=over_s * (place * 7 % SOURCES) / SOURCES)
            tx.execute(update(table).where(table.c.id == source_id).values(next_read_at=at))


def events(store: Store) -> int:
    with store.read() as tx:
        return int(tx.execute(select(func.count()).select_from(audit)).scalar_one())


def measure(store: Store, workers: list[Worker], over_s: float, seconds: float, name: str) -> float:
    """The share of a core in percent that the workers use together while the sources are read once in `over_s`."""
    spread(store, over_s)
    time.sleep(SETTLES_S)  # time itself is meant: what belongs to the beginning is over, and is not measured
    asked, told, used, began = Feeds.asked, events(store), sum(one.cpu_s() for one in workers), time.monotonic()
    time.sleep(seconds)  # time itself is meant: what is used in it is measured
    took = time.monotonic() - began
    share = 100 * (sum(one.cpu_s() for one in workers) - used) / took
    reads, wrote = Feeds.asked - asked, events(store) - told
    print(f"{name}: {reads} reads in {took:.0f} s, {wrote} audit events, {share:.2f} % of a core", flush=True)
    if wrote or reads < 0.7 * SOURCES * took / over_s:
        print(f"That is not what was to be measured: {SOURCES * took / over_s:.0f} reads and no event.")
        return 100.0
    return share


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=90, help="how long each rhythm is measured")
    seconds = parser.parse_args().seconds
    home = Path(tempfile.mkdtemp(prefix="levelhead-sources-"))
    os.environ.update({DATABASE: "postgresql", "LEVELHEAD_HOME": str(home)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), Feeds)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with installation(home) as store, ExitStack() as stack:
            policies.ensure(store)
            add(store, f"http://127.0.0.1:{server.server_port}")
            log = home / "worker.log"
            workers = [stack.enter_context(Worker(log)) for _ in range(WORKERS)]
            wait_until(lambda: not unread(store), 900, f"the first reads; {log.read_text()[-2000:]}")
            quiet = measure(store, workers, 3600, seconds, "quiet, each once an hour")
    finally:
        server.shutdown()
        shutil.rmtree(home, ignore_errors=True)
    holds = quiet < MOST_PERCENT
    print(f"{'HOLDS' if holds else 'FAILED'}: {SOURCES} sources, {WORKERS} workers, {quiet:.2f} % of a core")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
