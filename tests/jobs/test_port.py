"""Workers: they run what is due, try again what failed, and lose what they give no sign of life for."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import inspect, select, update
from sqlalchemy.exc import OperationalError

from jobs import Context, Schedule, enqueue, port, run_worker
from jobs.port import Handler
from model.settings import ROOT
from store import engine, purge, retention
from store.db import Store, Tx
from store.jobs import Job
from store.purge import Purge
from store.schema import jobs as rows
from store.schema import metadata, workers
from tests.installation import installation
from tests.jobs.hands import take, take_over

SOON = 20  # seconds after which a test gives up; nothing here takes one


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as store:
        yield store


def put(store: Store, name: str, *refs: int, run_at: datetime | None = None) -> None:
    with store.write() as tx:
        for ref in refs:
            assert enqueue(tx, name, ref, f"{name}:{ref}", run_at)


def work(
    store: Store,
    handlers: dict[str, Handler],
    done: Callable[[], bool],
    schedules: tuple[Schedule, ...] = (),
    lease_seconds: float = 60,
) -> None:
    """Runs a worker until `done`, looked at after each job."""
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
    watching = {name: watched(handler) for name, handler in handlers.items()}
    run_worker(store, watching, schedules, stop, lease_seconds=lease_seconds)
    alarm.cancel()
    assert done()


def left(store: Store) -> dict[int, tuple[str, int]]:
    """Problem and attempts of each job that is still to be done, by what it is about."""
    with store.read() as tx:
        return {row.ref: (row.problem, row.attempts) for row in tx.execute(select(rows))}


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
    assert left(database) == {}
    with database.read() as tx:
        assert set(tx.execute(select(workers.c.ended_at.is_(None))).scalars()) == {False}, "it has ended tidily"


def test_one_that_fails_is_tried_again_later_and_holds_up_no_other(database: Store) -> None:
    seen: list[tuple[int, int]] = []

    def read(context: Context) -> None:
        seen.append((context.job.ref, context.job.attempts))
        if context.job.ref == 1 and context.job.attempts == 1:
            raise ConnectionError("the password is secret")

    def send(_: Context) -> None:
        problems.append(left(database)[1][0])

    problems: list[str] = []
    put(database, "read", 1, 2)
    put(database, "send", 3, run_at=datetime.now(UTC) + timedelta(seconds=1.2))
    work(database, {"read": read, "send": send}, lambda: (1, 2) in seen and bool(problems))
    assert sorted(seen) == [(1, 1), (1, 2), (2, 1)]
    assert problems == ["ConnectionError"], "the name alone: messages may hold secrets"
    assert left(database) == {}


def test_a_job_that_nobody_knows_is_kept(database: Store) -> None:
    seen: list[int] = []
    put(database, "from a newer version", 1)
    put(database, "read", 2, run_at=datetime.now(UTC) + timedelta(seconds=1))
    work(database, {"read": lambda context: seen.append(context.job.ref)}, lambda: seen == [2])
    assert left(database) == {1: ("KeyError", 1)}


def test_a_job_waits_for_its_time_and_not_much_longer(database: Store) -> None:
    began: list[datetime] = []
    due = datetime.now(UTC) + timedelta(seconds=1.5)
    put(database, "send", 1, run_at=due)
    work(database, {"send": lambda _: began.append(datetime.now(UTC))}, lambda: bool(began))
    assert timedelta(0) <= began[0] - due < timedelta(seconds=2)


def test_a_schedule_is_looked_at_and_one_that_fails_holds_up_nothing(database: Store) -> None:
    seen: list[int] = []

    def broken(_: Store) -> None:
        raise ConnectionError

    def due(store: Store) -> None:
        with store.write() as tx:
            enqueue(tx, "read", 5, "read:5")

    schedules = (Schedule("broken", 60, broken), Schedule("due", 60, due))
    work(database, {"read": lambda context: seen.append(context.job.ref)}, lambda: seen == [5], schedules)


def test_a_job_belongs_to_the_change_that_adds_it(database: Store) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        enqueue(tx, "send", 7, "send:7")
        raise ZeroDivisionError
    with database.read() as tx:
        assert engine.counts(tx)["workflow_status"] == 0
    assert left(database) == {}
    put(database, "send", 7)


LOADED = """
import sys
import jobs
from store.db import store
jobs.load(store())
before = set(sys.modules)
with store().write() as tx:
    assert jobs.enqueue(tx, "read", 1, "read:1")
print(sorted(set(sys.modules) - before))
"""


def test_nothing_is_left_to_load_within_the_first_change_that_enqueues(database: Store) -> None:
    """It would take longer than anybody may hold SQLite."""
    said = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_a_key_that_waits_is_not_added_again_and_the_change_stands(database: Store) -> None:
    with database.write() as tx:
        assert enqueue(tx, "send", 7, "one")
        assert not enqueue(tx, "send", 7, "one")
        assert enqueue(tx, "send", 8, "two")
    with database.read() as tx:
        assert engine.counts(tx)["workflow_status"] == 2
    assert set(left(database)) == {7, 8}


def test_a_job_may_leave_another_and_its_own_key_is_free_when_it_has_ended(database: Store) -> None:
    seen: list[tuple[str, bool]] = []

    def send(context: Context) -> None:
        with context.store.write() as tx:
            seen.append(("itself", enqueue(tx, "send", 1, "send:1")))
            seen.append(("another", enqueue(tx, "look", 1, "look:1")))

    def look(context: Context) -> None:
        with context.store.write() as tx:
            seen.append(("again", enqueue(tx, "send", 2, "send:1", datetime.now(UTC) + timedelta(days=1))))

    put(database, "send", 1)
    work(database, {"send": send, "look": look}, lambda: len(seen) == 3)
    assert seen == [("itself", False), ("another", True), ("again", True)]


def test_reads_that_hang_hold_up_no_work(database: Store) -> None:
    over, under_way, began = threading.Event(), threading.Semaphore(0), []

    def read(_: Context) -> None:
        under_way.release()
        over.wait(SOON)

    def send(_: Context) -> None:
        for _number in range(engine_reads):
            assert under_way.acquire(timeout=SOON)
        began.append(time.monotonic())
        over.set()

    engine_reads = 32
    put(database, "read", *range(40))
    put(database, "send", 99)
    work(database, {"read": read, "send": send}, lambda: bool(began))


def test_a_worker_learns_that_its_lease_is_lost(database: Store) -> None:
    put(database, "send", 1)
    context = take(database)
    assert context is not None
    assert context.still_mine()
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=61)):
        assert not context.still_mine(), "nobody took it, and yet it is not ours any more"
    assert context.still_mine()
    other = take_over(context)
    assert (context.still_mine(), other.still_mine()) == (False, True)


def test_a_long_job_keeps_its_lease_as_long_as_its_worker_lives(database: Store) -> None:
    held: list[bool] = []

    def send(context: Context) -> None:
        began, give_up = time.monotonic(), time.monotonic() + SOON
        while time.monotonic() < min(began + 3 * context.lease_seconds, give_up):
            held.append(context.still_mine())

    put(database, "send", 1)
    work(database, {"send": send}, lambda: bool(held), lease_seconds=0.6)
    assert held
    assert all(held)


def test_a_worker_given_up_for_dead_begins_anew_and_its_job_runs_again(database: Store) -> None:
    seen: list[tuple[int, bool, bool]] = []

    def send(context: Context) -> None:
        before = context.still_mine()
        if not seen:
            with database.write() as tx:
                tx.execute(update(workers).values(ended_at=datetime.now(UTC)))
        seen.append((context.job.fence, before, context.still_mine()))

    put(database, "send", 1)
    work(database, {"send": send}, lambda: len(seen) == 2, lease_seconds=1)
    (old, *first), (new, *second) = seen
    assert new > old
    assert (first, second) == ([True, False], [True, True])
    assert left(database) == {}


def test_jobs_whose_run_the_engine_does_not_have_begin_all_the_same(database: Store) -> None:
    """A job from before there was this engine, one whose run has ended without it, and one in a restored database."""
    seen: list[int] = []
    put(database, "send", 1, 2)
    with database.write() as tx:
        tx.execute(update(rows).where(rows.c.ref == 1).values(workflow=""))
        engine.forget_runs(tx)
    put(database, "send", 3)
    work(database, {"send": lambda context: seen.append(context.job.ref)}, lambda: len(seen) == 3)
    assert sorted(seen) == [1, 2, 3]


def test_a_job_whose_end_could_not_be_written_begins_again_and_one_under_way_does_not(
    database: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    finish = port.rows.finish

    def finish_later(tx: Tx, job: Job) -> bool:
        if job.ref == 1 and job.attempts == 1:
            raise OperationalError("DELETE", {}, Exception("database is locked"))
        return finish(tx, job)

    def send(context: Context) -> None:
        seen.append(context.job.ref)
        if context.job.ref == 2:
            give_up = time.monotonic() + SOON
            while seen.count(1) < 2 and time.monotonic() < give_up:
                assert context.still_mine()

    monkeypatch.setattr(port.rows, "finish", finish_later)
    monkeypatch.setattr(port, "_HALFWAY_EVERY_S", 0.2)
    put(database, "send", 1, 2)
    work(database, {"send": send}, lambda: len(seen) == 3)
    assert sorted(seen) == [1, 1, 2]
    assert left(database) == {}


def test_what_is_left_of_runs_goes_by_the_days_of_retention_alone(database: Store) -> None:
    seen: list[int] = []
    put(database, "send", *range(5))
    put(database, "send", 9, run_at=datetime.now(UTC) + timedelta(days=1))
    work(database, {"send": lambda context: seen.append(context.job.ref)}, lambda: len(seen) == 5)
    with database.write() as tx:  # two days later
        run = engine._table(tx, engine.RUNS, "completed_at")
        tx.execute(update(run).values(completed_at=run.c.completed_at - 2 * 24 * 3600 * 1000))

    assert _runs_there_and_over(database, days=3) == (5, 0)
    Purge(database).run()
    for schedule in port._OWN:
        schedule.look(database)
    assert _runs_there_and_over(database, days=1) == (5, 5), "neither a purge nor a worker took them before their time"

    going = Purge(database)
    assert going.run(["runs"])
    assert going.done == {"runs": 5}
    with database.read() as tx:
        assert {name: rows for name, rows in engine.counts(tx).items() if name.startswith("workflow_")} == {
            "workflow_status": 1,
            "workflow_input": 1,
            "workflow_output": 0,
            "workflow_events": 0,
            "workflow_events_history": 0,
            "workflow_schedules": 0,
        }


def _runs_there_and_over(store: Store, days: int) -> tuple[int, int]:
    with store.write() as tx:
        rules = retention.change(tx, "runs", days, by=None, at=datetime.now(UTC))
    with store.read() as tx:
        return purge.amounts(tx)["runs"], purge.waiting(tx, rules, datetime.now(UTC))["runs"]


def test_the_tables_of_the_engine_are_all_known_and_not_one_of_ours(database: Store) -> None:
    with database.read() as tx:
        assert engine.ready(tx)
        there = set(inspect(tx).get_table_names(schema=engine.schema(tx)))
        # On SQLite ours are there too, with those of the search.
        others = {name for name in there if name in metadata.tables or "search" in name or "fts" in name}
        assert set(engine.present(tx)) == there - others - {"alembic_version"}
        assert set(engine.TABLES) - there <= {"event_dispatch_kv"}
