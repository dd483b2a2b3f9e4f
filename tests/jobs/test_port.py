"""Workers: they run what is due, try again what failed, and lose what takes too long without a sign of life."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select

from jobs import Context, Schedule, enqueue, run_worker
from jobs.port import Handler
from store import jobs as table
from store.db import Store
from store.jobs import Job
from store.schema import jobs as rows
from tests.installation import installation

SOON = 20  # seconds after which a test gives up; nothing here takes one


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as store:
        yield store


def put(store: Store, name: str, *refs: int) -> None:
    with store.write() as tx:
        for ref in refs:
            assert enqueue(tx, name, ref, f"{name}:{ref}")


def work(
    store: Store, handlers: dict[str, Handler], done: Callable[[], bool], schedules: tuple[Schedule, ...] = ()
) -> None:
    """Runs a worker until `done`, looked at after each job and each look."""
    stop = threading.Event()

    def watched(handler: Handler) -> Handler:
        def run(context: Context) -> None:
            try:
                handler(context)
            finally:
                if done():
                    stop.set()

        return run

    alarm = threading.Timer(SOON, stop.set)
    alarm.start()
    run_worker(store, {name: watched(handler) for name, handler in handlers.items()}, schedules, stop, threads=3)
    alarm.cancel()
    assert done()


def row(store: Store, ref: int) -> tuple[str, str, int, datetime]:
    with store.read() as tx:
        found = tx.execute(select(rows).where(rows.c.ref == ref)).one()
    return found.state, found.problem, found.attempts, found.run_at


def test_each_job_runs_once_by_its_name(database: Store) -> None:
    read: list[int] = []
    sent: list[int] = []
    put(database, "read", *range(10))
    put(database, "send", 99)
    handlers: dict[str, Handler] = {
        "read": lambda context: read.append(context.job.ref),
        "send": lambda context: sent.append(context.job.ref),
    }
    work(database, handlers, lambda: len(read) + len(sent) == 11)
    assert sorted(read) == list(range(10))
    assert sent == [99]
    assert {row(database, ref)[0] for ref in (*range(10), 99)} == {"done"}


def test_one_that_fails_is_tried_again_later_and_holds_up_no_other(database: Store) -> None:
    seen: list[int] = []

    def read(context: Context) -> None:
        seen.append(context.job.ref)
        if context.job.ref == 1:
            raise ConnectionError("the password is secret")

    put(database, "read", 1, 2)
    before = datetime.now(UTC)
    work(database, {"read": read}, lambda: {1, 2} <= set(seen))
    state, problem, attempts, run_at = row(database, 1)
    assert (state, problem, attempts) == ("waiting", "ConnectionError", 1), "the name alone: messages may hold secrets"
    assert timedelta(seconds=1) < run_at - before < timedelta(seconds=10)
    assert row(database, 2)[0] == "done"


def test_a_job_that_nobody_knows_is_kept(database: Store) -> None:
    seen: list[int] = []
    put(database, "from a newer version", 1)
    put(database, "read", 2)
    work(database, {"read": lambda context: seen.append(context.job.ref)}, lambda: seen == [2])
    assert row(database, 1)[0] == "waiting"


def test_a_schedule_is_looked_at_and_one_that_fails_holds_up_nothing(database: Store) -> None:
    seen: list[int] = []

    def broken(_: Store) -> None:
        raise ConnectionError

    def due(store: Store) -> None:
        with store.write() as tx:
            enqueue(tx, "read", 5, "read:5")

    schedules = (Schedule("broken", 60, broken), Schedule("due", 60, due))
    work(database, {"read": lambda context: seen.append(context.job.ref)}, lambda: seen == [5], schedules)


def test_a_worker_learns_that_its_lease_is_lost(database: Store) -> None:
    put(database, "send", 1)
    with database.write() as tx:
        job = table.lease(tx, "the first", datetime.now(UTC), 60)
    assert isinstance(job, Job)
    context = Context(database, job, 60)
    assert context.still_mine()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert not context.still_mine(), "nobody took it, and yet it is not ours any more"
        with database.write() as tx:
            assert table.lease(tx, "the second", datetime.now(UTC), 60) is not None
    assert not context.still_mine()


def test_a_long_job_keeps_its_lease_as_long_as_it_lives(database: Store) -> None:
    held: list[bool] = []

    def send(context: Context) -> None:
        leased_until = select(rows.c.lease_until).where(rows.c.id == context.job.id)
        with database.read() as tx:
            first = tx.execute(leased_until).scalar_one()
        now = first
        give_up = time.monotonic() + SOON
        while now == first and time.monotonic() < give_up:  # the keeper prolongs it at a third of its length
            with database.read() as tx:
                now = tx.execute(leased_until).scalar_one()
        held.append(now > first and context.still_mine())

    put(database, "send", 1)
    stop = threading.Event()

    def last(context: Context) -> None:
        send(context)
        stop.set()

    run_worker(database, {"send": last}, (), stop, threads=1, lease_seconds=0.6)
    assert held == [True]
