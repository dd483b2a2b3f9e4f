"""The table of jobs: one owner at a time, and whoever lost a lease can neither act nor say how it ended."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from store import jobs as table
from store.db import Store
from store.jobs import Job
from store.schema import jobs as rows
from tests.installation import installation

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LEASE = 60.0
LATER = NOW + timedelta(seconds=LEASE, milliseconds=1)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Store]:
    with installation(tmp_path) as store:
        yield store


def add(store: Store, key: str, run_at: datetime = NOW) -> bool:
    with store.write() as tx:
        return table.add(tx, "publish", 7, key, run_at)


def lease(store: Store, owner: str = "a worker", now: datetime = NOW) -> Job | None:
    with store.write() as tx:
        return table.lease(tx, owner, now, LEASE)


def taken(store: Store, owner: str = "a worker", now: datetime = NOW) -> Job:
    job = lease(store, owner, now)
    assert job is not None
    return job


def row(store: Store) -> tuple[str, str, int]:
    with store.read() as tx:
        found = tx.execute(select(rows.c.state, rows.c.problem, rows.c.fence)).one()
    return found.state, found.problem, found.fence


def test_a_job_is_taken_once_by_many_that_try(database: Store) -> None:
    for number in range(5):
        add(database, f"job {number}")
    found: list[Job] = []
    start = threading.Barrier(8)

    def work(owner: str) -> None:
        start.wait()
        while (job := lease(database, owner)) is not None:
            found.append(job)

    threads = [threading.Thread(target=work, args=(f"worker {number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(job.key for job in found) == [f"job {number}" for number in range(5)]
    assert {job.fence for job in found} == {1}


def test_the_one_that_waited_longest_is_first_and_none_before_its_time(database: Store) -> None:
    add(database, "second", NOW)
    add(database, "first", NOW - timedelta(seconds=1))
    add(database, "not yet", NOW + timedelta(seconds=1))
    assert [taken(database).key, taken(database).key] == ["first", "second"]
    assert lease(database) is None
    with database.read() as tx:
        assert not table.any_free(tx, NOW)
        assert table.any_free(tx, NOW + timedelta(seconds=1))


def test_a_lease_that_ran_out_is_taken_over_with_a_higher_fence(database: Store) -> None:
    add(database, "job")
    old = taken(database, "the first")
    assert lease(database, "the second", NOW + timedelta(seconds=LEASE)) is None, "it holds up to its last moment"
    new = taken(database, "the second", LATER)
    assert (new.id, new.fence, new.attempts) == (old.id, old.fence + 1, 2)


def test_after_a_takeover_the_old_owner_neither_holds_nor_prolongs(database: Store) -> None:
    add(database, "job")
    old = taken(database)
    with database.write() as tx:
        assert table.holds(tx, old, NOW)
        assert table.extend(tx, old, NOW + timedelta(seconds=20), LEASE)
    assert lease(database, "too early", LATER) is None, "the lease was prolonged"
    new = taken(database, "the second", LATER + timedelta(seconds=20))
    with database.write() as tx:
        assert not table.holds(tx, old, LATER)
        assert not table.extend(tx, old, LATER, LEASE)
        assert table.holds(tx, new, LATER)


def test_an_owner_whose_lease_ran_out_does_not_hold_it_even_if_nobody_took_it(database: Store) -> None:
    add(database, "job")
    job = taken(database)
    with database.read() as tx:
        assert not table.holds(tx, job, NOW + timedelta(seconds=LEASE))


def test_an_old_fence_changes_nothing(database: Store) -> None:
    add(database, "job")
    old = taken(database)
    new = taken(database, "the second", LATER)
    before = row(database)
    with database.write() as tx:
        table.finish(tx, old, LATER)
        table.put_back(tx, old, LATER, "ConnectionError")
    assert row(database) == before
    with database.write() as tx:
        table.finish(tx, new, LATER)
        table.put_back(tx, old, LATER, "ConnectionError")
    assert row(database) == ("done", "", 2)
    assert lease(database, "anybody", LATER + timedelta(days=1)) is None


def test_a_job_that_failed_comes_back_at_its_time_with_what_went_wrong(database: Store) -> None:
    add(database, "job")
    job = taken(database)
    with database.write() as tx:
        table.put_back(tx, job, NOW + timedelta(seconds=4), "ConnectionError")
        assert not table.holds(tx, job, NOW)
    assert row(database) == ("waiting", "ConnectionError", 1)
    assert lease(database) is None
    again = taken(database, now=NOW + timedelta(seconds=4))
    assert (again.attempts, again.fence) == (2, 2)


def test_two_jobs_of_one_key_are_one_until_it_has_ended(database: Store) -> None:
    assert add(database, "read:7")
    assert not add(database, "read:7")
    job = taken(database)
    assert not add(database, "read:7"), "one that is under way is not doubled"
    with database.write() as tx:
        table.finish(tx, job, NOW)
    assert add(database, "read:7", LATER)
    again = taken(database, now=LATER)
    assert (again.id, again.attempts, again.fence) == (job.id, 1, 2)
    with database.write() as tx:
        table.finish(tx, job, LATER)
    assert row(database)[0] == "running", "who finished it the first time does not finish it the second time"


def test_a_key_is_one_job_for_many_that_add_it_at_the_same_time(database: Store) -> None:
    start, added = threading.Barrier(8), []

    def work() -> None:
        start.wait()
        added.append(add(database, "settle:1"))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(added) == [False] * 7 + [True]


def test_a_job_belongs_to_the_change_that_adds_it(database: Store) -> None:
    with pytest.raises(ZeroDivisionError), database.write() as tx:
        table.add(tx, "publish", 7, "job", NOW)
        raise ZeroDivisionError
    assert lease(database) is None
