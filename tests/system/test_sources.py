"""Sources and a real worker process: those that hang stand in nobody's way, and each one's trouble stays its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import pytest
from sqlalchemy import func, select

from ingest.sources import read_now
from model.person import Person
from response import policies
from store.db import Store
from store.schema import jobs
from store.sources import Source
from tests.channels import blogs
from tests.channels.blogs import Said
from tests.channels.peers import Peer, answer
from tests.ingest import reads
from tests.installation import DATABASE, installation, set_up
from tests.system.processes import wait_until
from tests.system.working import Worker

HANGING, WELL, ROUNDS = 20, 10, 5
FEED = blogs.rss((Said(1, "<p>See you on Saturday.</p>\n"),))
ONCE = {"LEVELHEAD_POLL_SECONDS": "3600"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.system)])
def store(tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setenv(DATABASE, request.param)
    with installation(tmp_path) as made:
        policies.ensure(made)
        yield made


class Blog(Peer):
    """A blog that is well, and notes when it is asked."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.asked: list[float] = []

    def _answer(self, _: str) -> bytes:
        self.asked.append(time.monotonic())
        return answer(FEED)


def slowest(store: Store, alice: Person, sources: list[Source], peers: list[Blog]) -> float:
    """Has all of them read at once; after how many seconds the last one was asked."""
    wait_until(lambda: not _under_way(store, sources), 30, "the reads before to end")
    before = [len(peer.asked) for peer in peers]
    asked = time.monotonic()
    for source in sources:
        read_now(store, alice, source.id)
    wait_until(lambda: all(len(p.asked) > n for p, n in zip(peers, before, strict=True)), 30, "those that are well")
    return max(peer.asked[n] for peer, n in zip(peers, before, strict=True)) - asked


def _under_way(store: Store, sources: list[Source]) -> int:
    """How many of these have a job: one that is asked for meanwhile waits for its end."""
    with store.read() as tx:
        mine = select(func.count()).select_from(jobs).where(jobs.c.ref.in_([one.id for one in sources]))
        return int(tx.execute(mine.where(jobs.c.name == "read")).scalar_one())


def test_sources_that_hang_delay_no_other_by_more_than_a_second(store: Store, tmp_path: Path) -> None:
    """Twenty blogs take the connection and say nothing; ten others are read as soon as without them."""
    over, alice = threading.Event(), set_up(store)

    def hang(_: str) -> Iterator[bytes]:
        over.wait(60)
        yield b""

    with ExitStack() as stack:
        peers = [stack.enter_context(Blog()) for _ in range(WELL)]
        silent = [stack.enter_context(Peer(hang)) for _ in range(HANGING)]
        stack.callback(over.set)
        sources = [reads.source(store, peer.url) for peer in peers]
        worker = stack.enter_context(Worker(tmp_path / "worker.log", **ONCE))
        read = lambda: all(reads.row(store, one.id).read_at for one in sources)  # noqa: E731
        wait_until(read, 60, f"the first reads; {worker.said()}")
        alone = median(slowest(store, alice, sources, peers) for _ in range(ROUNDS))

        stuck = [reads.source(store, peer.url) for peer in silent]
        wait_until(lambda: all(peer.requests for peer in silent), 30, f"the hanging reads; {worker.said()}")
        # The slowest of ten in each round, and of the rounds the one in the middle: a machine that is busy for a moment
        # slows one or two of five, and reads that wait for others slow each, or every second one.
        among = median(slowest(store, alice, sources, peers) for _ in range(ROUNDS))

        assert all(reads.row(store, one.id).read_at is None for one in stuck)
        assert not any(reads.row(store, one.id).problem for one in stuck), "all of them hang still"
        assert among < alone + 1.0


def test_each_ones_trouble_is_one_sentence_and_stays_its_own(store: Store, tmp_path: Path) -> None:
    faults = {
        "asks for fewer reads": answer("", "429 Too Many Requests", Retry_After="7200"),
        "broke off": answer(b"half of it", length=5000),
        "not an RSS or Atom feed": answer("<html><title>Hello</title></html>"),
        "an error (500)": answer("", "500 Internal Server Error"),
        "cannot be unpacked": answer(b"\x1f\x8bnothing of the kind", content_encoding="gzip"),
    }
    with ExitStack() as stack:
        well = reads.source(store, stack.enter_context(Blog()).url)
        ill = {
            words: reads.source(store, stack.enter_context(Peer(lambda _, said=said: said)).url)  # type: ignore[misc]
            for words, said in faults.items()
        }
        worker = stack.enter_context(Worker(tmp_path / "worker.log", **ONCE))
        told = lambda: all(reads.row(store, one.id).problem for one in ill.values())  # noqa: E731
        wait_until(told, 60, f"each to be told; {worker.said()}")
        wait_until(lambda: reads.row(store, well.id).read_at, 30, "the one that is well")
    for words, source in ill.items():
        row = reads.row(store, source.id)
        assert words in row.problem
        assert row.problem.count("\n") == 0
        assert row.failures == 1
    patient = reads.row(store, ill["asks for fewer reads"].id)
    assert patient.next_read_at is not None and patient.failing_since is not None
    assert (patient.next_read_at - patient.failing_since).total_seconds() >= 7200
    assert reads.row(store, well.id).problem == ""
