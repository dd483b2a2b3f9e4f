"""The rows of jobs and workers: one owner at a time; whoever lost its fence neither acts nor says how it ended."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from store import jobs as table
from store import workers
from store.db import Store
from store.jobs import Job, Run
from store.schema import jobs as rows
from store.schema import workers as worker_rows
from tests.installation import installation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = 60.0


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as store:
        yield store


def add(store: Store, key: str = "job", run_at: datetime = NOW) -> Run | None:
    with store.write() as tx:
        return table.add(tx, "publish", 7, key, run_at)


def added(store: Store, key: str = "job") -> Run:
    run = add(store, key)
    assert run is not None
    return run


def worker(store: Store, executor: str = "here:0", *, first: bool = True) -> int:
    with store.write() as tx:
        return workers.register(tx, executor, NOW, first=first)


def begin(store: Store, run: Run, fence: int) -> Job | None:
    with store.write() as tx:
        taken = table.begin(tx, (run.id, run.workflow), fence)
    return taken[0] if taken else None


def begun(store: Store, run: Run, fence: int) -> Job:
    job = begin(store, run, fence)
    assert job is not None
    return job


def holds(store: Store, job: Job, now: datetime = NOW) -> bool:
    with store.read() as tx:
        return table.holds(tx, job, now, LEASE)


def end(store: Store, fence: int) -> bool:
    with store.write() as tx:
        return workers.end(tx, fence, NOW)


def finish(store: Store, job: Job) -> bool:
    with store.write() as tx:
        return table.finish(tx, job)


def row(store: Store) -> tuple[str, int, int] | None:
    """Problem, attempts and fence of the only job."""
    with store.read() as tx:
        found = tx.execute(select(rows.c.problem, rows.c.attempts, rows.c.fence)).first()
    return (found.problem, found.attempts, found.fence) if found else None


# --- who has a job ---------------------------------------------------------------------------------------------------


def test_a_job_is_begun_once_by_many_that_try(database: Store) -> None:
    run, found = added(database), []
    fences = [worker(database, f"here:{number}") for number in range(8)]
    start = threading.Barrier(8)

    def work(fence: int) -> None:
        start.wait()
        found.append(begin(database, run, fence))

    threads = [threading.Thread(target=work, args=(fence,)) for fence in fences]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([job for job in found if job]) == 1


def test_what_a_worker_had_that_has_ended_is_begun_by_another_under_a_higher_fence(database: Store) -> None:
    run, first, second = added(database), worker(database), worker(database, "here:1")
    old = begun(database, run, first)
    assert begin(database, run, second) is None
    assert end(database, first)
    new = begun(database, run, second)
    assert (new.id, new.attempts) == (old.id, 2)
    assert new.fence > old.fence


def test_a_worker_that_has_ended_begins_nothing(database: Store) -> None:
    run, fence = added(database), worker(database)
    end(database, fence)
    assert begin(database, run, fence) is None


def test_an_old_fence_neither_holds_nor_changes_anything(database: Store) -> None:
    run, first, second = added(database), worker(database), worker(database, "here:1")
    old = begun(database, run, first)
    assert holds(database, old)
    end(database, first)
    assert not holds(database, old), "nobody has taken over, and yet it is not its own any more"
    assert not finish(database, old)
    new = begun(database, run, second)
    with database.write() as tx:
        assert table.put_back(tx, old, NOW, "ConnectionError") is None
    assert not finish(database, old)
    assert row(database) == ("", 2, second)
    assert holds(database, new)
    assert finish(database, new)
    assert row(database) is None


@pytest.mark.parametrize("seconds", [LEASE, -LEASE], ids=["after a long sleep", "after the clock was put back"])
def test_a_worker_without_a_sign_of_life_within_the_lease_does_not_hold(database: Store, seconds: float) -> None:
    job = begun(database, added(database), worker(database))
    assert holds(database, job, NOW + timedelta(seconds=LEASE - 0.001))
    assert not holds(database, job, NOW + timedelta(seconds=seconds))
    with database.write() as tx:
        assert workers.beat(tx, job.fence, NOW + timedelta(seconds=seconds))
    assert holds(database, job, NOW + timedelta(seconds=seconds))


def test_a_run_that_another_has_overtaken_begins_nothing(database: Store) -> None:
    run, fence = added(database), worker(database)
    job = begun(database, run, fence)
    with database.write() as tx:
        again = table.put_back(tx, job, NOW + timedelta(seconds=4), "ConnectionError")
    assert again is not None
    assert row(database) == ("ConnectionError", 1, 0)
    assert begin(database, run, fence) is None
    assert begun(database, again, fence).attempts == 2


# --- keys ------------------------------------------------------------------------------------------------------------


def test_two_jobs_of_one_key_are_one_until_it_has_ended(database: Store) -> None:
    run, fence = added(database), worker(database)
    assert add(database) is None
    job = begun(database, run, fence)
    assert add(database) is None, "one that is under way is not doubled"
    assert finish(database, job)
    again = added(database)
    assert begin(database, run, fence) is None
    assert begun(database, again, fence).attempts == 1


def test_a_key_is_one_job_for_many_that_add_it_at_the_same_time(database: Store) -> None:
    start, made = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        made.append(add(database) is not None)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 7 + [True]


def test_who_adds_a_key_twice_keeps_the_rest_of_its_change(database: Store) -> None:
    with database.write() as tx:
        assert table.add(tx, "publish", 7, "job", NOW)
        assert table.add(tx, "publish", 7, "job", NOW) is None
        assert table.add(tx, "publish", 8, "another", NOW)
    with database.read() as tx:
        assert table.waiting(tx) == 2


# --- workers ---------------------------------------------------------------------------------------------------------


def test_a_fence_only_grows_even_when_the_rows_are_gone(database: Store) -> None:
    first = worker(database)
    end(database, first)
    with database.write() as tx:
        tx.execute(worker_rows.delete())
    assert worker(database) > first


def test_old_workers_are_forgotten_but_for_the_newest_and_those_that_jobs_name(database: Store) -> None:
    names = [worker(database, f"here:{number}") for number in range(4)]
    begun(database, added(database), names[1])
    later = NOW + timedelta(days=31)
    with database.write() as tx:
        for fence in names:
            workers.end(tx, fence, NOW)
            if fence != names[2]:
                workers.resumed(tx, fence, NOW)
        assert workers.forget(tx, later) == 1
        left = tx.execute(select(worker_rows.c.id).order_by(worker_rows.c.id)).scalars().all()
    assert left == names[1:], "the work of the third has not been given to others yet"


def test_of_many_that_find_a_worker_silent_one_acts_and_none_when_it_has_spoken(database: Store) -> None:
    fence = worker(database)
    with database.write() as tx:
        assert workers.beat(tx, fence, NOW + timedelta(seconds=1))
        assert not workers.end(tx, fence, NOW, last_seen=NOW), "it has given a sign of life since"
        assert workers.end(tx, fence, NOW, last_seen=NOW + timedelta(seconds=1))
        assert not workers.end(tx, fence, NOW, last_seen=NOW + timedelta(seconds=1))
        assert not workers.beat(tx, fence, NOW)


def test_a_process_that_starts_again_ends_its_former_start_and_no_other(database: Store) -> None:
    old, other = worker(database), worker(database, "here:1")
    new = worker(database)
    with database.read() as tx:
        assert [one.id for one in workers.open_ones(tx)] == [other, new]
    again = worker(database, first=False)
    with database.read() as tx:
        assert [one.id for one in workers.open_ones(tx)] == [other, new, again]
        assert not workers.open_ones(tx)[0].ended_at
    assert not end(database, old)
