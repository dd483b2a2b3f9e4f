"""Queries on background jobs: a table with leases."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from store.db import Tx
from store.rows import record
from store.schema import jobs


@dataclass(frozen=True, slots=True)
class Job:
    """A leased job. `fence` grows with each lease: who holds an older one must not act any more."""

    id: int
    name: str
    ref: int
    key: str
    attempts: int
    fence: int


def add(tx: Tx, name: str, ref: int, key: str, run_at: datetime) -> bool:
    """Adds a job unless one of this key is there; returns whether it was added. An ended one is started anew."""
    row = tx.execute(select(jobs.c.id, jobs.c.state).where(jobs.c.key == key)).first()
    if row is None:
        try:
            with tx.begin_nested():
                tx.execute(insert(jobs).values(name=name, ref=ref, key=key, run_at=run_at, state="waiting"))
        except IntegrityError:  # somebody added it in this moment
            return False
        return True
    if row.state != "done":
        return False
    again = update(jobs).where(jobs.c.id == row.id, jobs.c.state == "done")
    fresh = again.values(state="waiting", run_at=run_at, attempts=0, problem="", ended_at=None)
    return tx.execute(fresh).rowcount == 1


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(jobs.c.state == "waiting", jobs.c.run_at <= now),
        and_(jobs.c.state == "running", jobs.c.lease_until < now),
    )


def any_free(tx: Tx, now: datetime) -> bool:
    """Whether there is a job to take; asked in a reading transaction, so that idle workers hold up no writer."""
    return tx.execute(select(jobs.c.id).where(_free(now)).limit(1)).first() is not None


def lease(tx: Tx, owner: str, now: datetime, seconds: float) -> Job | None:
    """Takes the job that has waited longest, also one whose owner's lease has run out."""
    free = _free(now)
    row = tx.execute(
        select(jobs).where(free).order_by(jobs.c.run_at).limit(1).with_for_update(skip_locked=True)
    ).first()
    if row is None:
        return None
    taken = (
        update(jobs)
        .where(jobs.c.id == row.id, jobs.c.fence == row.fence, free)
        .values(
            state="running",
            owner=owner,
            lease_until=now + timedelta(seconds=seconds),
            attempts=row.attempts + 1,
            fence=row.fence + 1,
        )
        .returning(jobs)
    )
    mine = tx.execute(taken).first()
    return record(Job, mine) if mine else None


def extend(tx: Tx, job: Job, now: datetime, seconds: float) -> bool:
    """Prolongs the lease; False when it has been lost to somebody else."""
    mine = update(jobs).where(jobs.c.id == job.id, jobs.c.fence == job.fence, jobs.c.state == "running")
    return tx.execute(mine.values(lease_until=now + timedelta(seconds=seconds))).rowcount == 1


def holds(tx: Tx, job: Job, now: datetime) -> bool:
    """Whether the lease is still this owner's."""
    row = tx.execute(select(jobs.c.fence, jobs.c.state, jobs.c.lease_until).where(jobs.c.id == job.id)).first()
    return row is not None and row.fence == job.fence and row.state == "running" and row.lease_until > now


def finish(tx: Tx, job: Job, now: datetime) -> None:
    """The job is done, if it is still this owner's."""
    mine = update(jobs).where(jobs.c.id == job.id, jobs.c.fence == job.fence)
    tx.execute(mine.values(state="done", owner="", lease_until=None, ended_at=now, problem=""))


def put_back(tx: Tx, job: Job, run_at: datetime, problem: str) -> None:
    """The job failed and is tried again at `run_at`."""
    mine = update(jobs).where(jobs.c.id == job.id, jobs.c.fence == job.fence)
    tx.execute(mine.values(state="waiting", owner="", lease_until=None, run_at=run_at, problem=problem[:500]))
