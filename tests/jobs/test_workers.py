"""Several workers, each a process of its own: killed, frozen and woken, told to end, and with the database away."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from jobs import enqueue
from store.db import Store
from store.schema import jobs as rows
from store.schema import workers
from tests import postgres
from tests.conftest import ROOT
from tests.installation import installation
from tests.system.processes import end_group, freeze, wait_until

LEASE_S = 3.0
WITHIN_S = 30.0


@dataclass(frozen=True, slots=True)
class Line:
    """What a job of a worker wrote down."""

    process: int
    fence: int
    ref: int
    word: str


@dataclass
class Place:
    """An installation, and the workers started for it."""

    store: Store
    file: Path
    stack: ExitStack
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker(self) -> subprocess.Popen[bytes]:
        """One more worker, which is there when this returns."""
        before = self.alive()
        with (self.file.parent / "workers.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.working", self.file],
                cwd=ROOT,
                env=dict(os.environ),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.stack.callback(end_group, process)
        wait_until(lambda: self.alive() > before, WITHIN_S, "the worker to start")
        return process

    def alive(self) -> set[int]:
        """The fences of all workers that were ever there, so that a restart counts as one more."""
        with self.store.read() as tx:
            return set(tx.execute(select(workers.c.id)).scalars())

    def put(self, name: str, *refs: int) -> None:
        with self.store.write() as tx:
            for ref in refs:
                assert enqueue(tx, name, ref, f"{name}:{ref}")

    def lines(self, word: str) -> list[Line]:
        text = self.file.read_text() if self.file.exists() else ""
        found = [Line(int(a), int(b), int(c), d) for a, b, c, d in (line.split() for line in text.splitlines())]
        return [line for line in found if line.word == word]

    def wait_for(self, word: str, count: int, within_s: float = WITHIN_S) -> list[Line]:
        def there() -> bool:
            return len(self.lines(word)) >= count

        try:
            wait_until(there, within_s, f"{count} jobs that {word}")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{(self.file.parent / 'workers.log').read_text()[-3000:]}") from error
        return self.lines(word)

    def go(self) -> None:
        self.file.with_suffix(".go").touch()

    def done(self) -> bool:
        with self.store.read() as tx:
            return tx.execute(select(rows.c.id)).first() is None


@contextmanager
def place(folder: Path, lease_s: float) -> Iterator[Place]:
    with installation(folder, LEVELHEAD_LEASE_SECONDS=str(lease_s)) as store, ExitStack() as stack:
        yield Place(store, folder / "done", stack)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path, LEASE_S) as made:
        yield made


def test_what_a_killed_worker_had_is_taken_over_by_another_within_the_lease_and_a_little(here: Place) -> None:
    first = here.worker()
    here.put("wait", 1)
    (began,) = here.wait_for("began", 1)
    here.worker()
    killed = time.monotonic()
    first.kill()
    first.wait()
    (_, again) = here.wait_for("began", 2)
    took = time.monotonic() - killed
    here.go()
    (acted,) = here.wait_for("acted", 1)
    wait_until(here.done, WITHIN_S, "the job to be done")
    assert acted.process == again.process != began.process
    assert acted.fence > began.fence
    assert LEASE_S * 0.9 < took < LEASE_S + 3, "not before the lease is over, and soon after"
    assert not here.lines("refused")


def test_a_woken_worker_does_not_act_and_begins_anew(here: Place) -> None:
    frozen = here.worker()
    here.put("wait", 1)
    (began,) = here.wait_for("began", 1)
    other = here.worker()
    freeze(frozen.pid, here.store)
    here.wait_for("began", 2)
    here.go()
    (acted,) = here.wait_for("acted", 1)
    assert acted.process == other.pid
    frozen.send_signal(signal.SIGCONT)
    (refused,) = here.wait_for("refused", 1)
    assert (refused.process, refused.fence) == (frozen.pid, began.fence)
    wait_until(here.done, WITHIN_S, "the job to be done once")

    other.terminate()
    other.wait(WITHIN_S)
    here.put("act", 2)
    after = here.wait_for("acted", 2)[1]
    assert after.process == frozen.pid
    assert after.fence > acted.fence, "it has a number of its own again"
    assert len(here.lines("acted")) == 2


def test_a_frozen_worker_that_nobody_missed_goes_on(here: Place) -> None:
    only = here.worker()
    here.put("wait", 1)
    here.wait_for("began", 1)
    freeze(only.pid, here.store)
    time.sleep(LEASE_S + 0.5)  # time itself is meant: it is frozen for longer than its lease
    here.go()
    only.send_signal(signal.SIGCONT)
    wait_until(here.done, WITHIN_S, "the job to be done")
    assert here.lines("acted"), "at once, or when it ran again"


def test_two_workers_share_the_jobs_and_each_is_done_once(here: Place) -> None:
    processes = {here.worker().pid, here.worker().pid}
    here.put("slow", *range(60))
    acted = here.wait_for("acted", 60)
    wait_until(here.done, WITHIN_S, "all jobs to be done")
    assert sorted(line.ref for line in here.lines("acted")) == list(range(60))
    assert {line.process for line in acted} == processes


def test_a_long_job_is_not_taken_from_a_living_worker(here: Place) -> None:
    here.worker()
    here.put("wait", 1)
    (began,) = here.wait_for("began", 1)
    here.worker()
    time.sleep(LEASE_S + 1)  # time itself is meant: for longer than the lease nothing may happen
    here.go()
    (acted,) = here.wait_for("acted", 1)
    assert acted == Line(began.process, began.fence, 1, "acted")
    assert len(here.lines("began")) == 1


def test_a_worker_that_is_killed_and_started_again_goes_on_at_once(tmp_path: Path) -> None:
    with place(tmp_path, lease_s=300) as here:
        first = here.worker()
        here.put("wait", 1)
        here.wait_for("began", 1)
        first.kill()
        first.wait()
        here.go()
        here.worker()
        (acted,) = here.wait_for("acted", 1, within_s=20)
        wait_until(here.done, WITHIN_S, "the job to be done")
        with here.store.read() as tx:
            names = set(tx.execute(select(workers.c.executor)).scalars())
    assert acted.process != first.pid
    assert len(names) == 1, "it has the same name again"


def test_a_worker_that_is_told_to_end_finishes_what_is_under_way_and_begins_no_more(here: Place) -> None:
    process = here.worker()
    here.put("wait", 1)
    here.wait_for("began", 1)
    process.terminate()
    time.sleep(1.5)  # time itself is meant: at the latest after the pause of its queue it looks for no more
    here.put("act", 2)
    here.go()
    assert process.wait(WITHIN_S) == 0
    assert [line.ref for line in here.lines("acted")] == [1]
    with here.store.read() as tx:
        assert list(tx.execute(select(rows.c.ref)).scalars()) == [2]
        assert tx.execute(select(workers.c.id).where(workers.c.ended_at.is_(None))).first() is None


def test_workers_outlive_a_database_that_is_locked_or_away_for_longer_than_the_lease(here: Place) -> None:
    processes = {here.worker().pid, here.worker().pid}
    here.put("act", 0)
    here.wait_for("acted", 1)
    with away(here.store):
        time.sleep(LEASE_S + 1)  # time itself is meant: it is away for longer than the lease
    here.put("slow", *range(1, 41))
    acted = here.wait_for("acted", 41, within_s=60)
    wait_until(here.done, WITHIN_S, "all jobs to be done")
    assert sorted(line.ref for line in here.lines("acted")) == list(range(41))
    assert {line.process for line in acted[1:]} <= processes


@contextmanager
def away(store: Store) -> Iterator[None]:
    """The database cannot be written to (SQLite), or is cut off and refuses connections (PostgreSQL)."""
    if store.sqlite:
        connection = sqlite3.connect(str(store.engine.url.database), timeout=10, isolation_level=None)
        connection.execute("begin exclusive")
        yield
        connection.execute("rollback")
        connection.close()
        return
    name = str(store.engine.url.database)
    store.engine.dispose()
    with psycopg.connect(postgres.address("postgres").replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f"alter database {name} allow_connections false".encode())
        cut = "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s"
        connection.execute(cut, (name,))
        yield
        connection.execute(f"alter database {name} allow_connections true".encode())
