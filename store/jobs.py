"""Queries on background jobs: what is still to be done, one row a job. A row is gone when its job has ended well.

The engine (`jobs.engine`) decides who runs a job and when; the row says what it is, and who may act and end it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from store.db import Tx
from store.rows import record, records
from store.schema import jobs, workers

_MOST_BEGUN = 1000
"""Far more than one worker has at once."""


@dataclass(frozen=True, slots=True)
class Job:
    """A job that a worker has begun. `fence` is that worker's: who holds an older one must not act any more."""

    id: int
    name: str
    ref: int
    key: str
    attempts: int
    fence: int


@dataclass(frozen=True, slots=True)
class Run:
    """What the engine is given: the job, and the id of this run of it. A run of another id has been overtaken."""

    id: int
    name: str
    workflow: str
    run_at: datetime


@dataclass(frozen=True, slots=True)
class Trouble:
    """A job that has failed and is tried again at `run_at`; `problem` is the name of the error."""

    name: str
    ref: int
    attempts: int
    problem: str
    run_at: datetime


def add(tx: Tx, name: str, ref: int, key: str, run_at: datetime) -> Run | None:
    """Adds a job; None when one of this key waits or is under way."""
    if tx.execute(select(jobs.c.id).where(jobs.c.key == key)).first() is not None:
        return None
    values = {"name": name, "ref": ref, "key": key, "run_at": run_at, "workflow": str(uuid4())}
    try:
        with tx.begin_nested():
            added = tx.execute(insert(jobs).values(values).returning(jobs)).one()
    except IntegrityError:  # somebody added it in this moment
        return None
    return record(Run, added)


def begin(tx: Tx, run: tuple[int, str], fence: int) -> tuple[Job, datetime] | None:
    """A worker takes the job of this run (job and workflow id); gives it with the moment it is due.

    None when there is nothing to do: the job has ended, another run has overtaken this one, somebody else who is not
    marked as ended has it, or this worker itself is.
    """
    job_id, workflow = run
    free = or_(jobs.c.fence == 0, ~exists().where(workers.c.id == jobs.c.fence, workers.c.ended_at.is_(None)))
    mine = update(jobs).where(jobs.c.id == job_id, jobs.c.workflow == workflow, free, _alive(fence))
    row = tx.execute(mine.values(fence=fence, attempts=jobs.c.attempts + 1).returning(jobs)).first()
    return (record(Job, row), row.run_at) if row else None


def holds(tx: Tx, job: Job, now: datetime, lease_seconds: float) -> bool:
    """Whether this worker still has the job, is not marked as ended, and gave a sign of life within the lease."""
    query = select(workers.c.last_seen).join(jobs, jobs.c.fence == workers.c.id)
    mine = query.where(jobs.c.id == job.id, jobs.c.fence == job.fence, workers.c.ended_at.is_(None))
    last_seen = tx.execute(mine).scalar()
    # A sign of life from the future is none either: the clock was put back since.
    return last_seen is not None and abs(now - last_seen) < timedelta(seconds=lease_seconds)


def finish(tx: Tx, job: Job) -> bool:
    """The job is done, if it is still this worker's; the same key may be used again."""
    mine = delete(jobs).where(jobs.c.id == job.id, jobs.c.fence == job.fence, _alive(job.fence))
    return tx.execute(mine).rowcount == 1


def put_back(tx: Tx, job: Job, run_at: datetime, problem: str) -> Run | None:
    """The job is to run again at `run_at`, as a new run; None when it is not this worker's any more."""
    mine = update(jobs).where(jobs.c.id == job.id, jobs.c.fence == job.fence)
    values = {"workflow": str(uuid4()), "fence": 0, "run_at": run_at, "problem": problem[:500]}
    row = tx.execute(mine.values(values).returning(jobs)).first()
    return record(Run, row) if row else None


def run_anew(tx: Tx, job_id: int, workflow: str) -> Run | None:
    """Gives a job, whose run the engine has lost, another one; None when somebody has done so already."""
    lost = update(jobs).where(jobs.c.id == job_id, jobs.c.workflow == workflow)
    row = tx.execute(lost.values(workflow=str(uuid4()), fence=0).returning(jobs)).first()
    return record(Run, row) if row else None


def begun(tx: Tx, fence: int) -> list[tuple[int, str]]:
    """Jobs (id and run) that the worker of this fence has, under way or not."""
    rows = tx.execute(select(jobs.c.id, jobs.c.workflow).where(jobs.c.fence == fence).limit(_MOST_BEGUN))
    return [(row.id, row.workflow) for row in rows]


def under_way(tx: Tx, workflows: list[str]) -> set[str]:
    """Those of these runs that a worker has begun which is not marked as ended."""
    query = select(jobs.c.workflow).join(workers, jobs.c.fence == workers.c.id)
    return set(tx.execute(query.where(jobs.c.workflow.in_(workflows), workers.c.ended_at.is_(None))).scalars())


def about(name: str, ref: ColumnElement[int]) -> ColumnElement[bool]:
    """A condition for other queries: there is a job of this name about that id."""
    return exists().where(and_(jobs.c.name == name, jobs.c.ref == ref))


def waiting(tx: Tx) -> int:
    """How many jobs wait or are under way."""
    return int(tx.execute(select(func.count()).select_from(jobs)).scalar_one())


def troubles(tx: Tx, limit: int = 50) -> list[Trouble]:
    """Jobs that have failed and are tried again, the most tried ones first."""
    query = select(jobs).where(jobs.c.problem != "").order_by(jobs.c.attempts.desc(), jobs.c.id)
    return records(Trouble, tx.execute(query.limit(limit)))


def _alive(fence: int) -> ColumnElement[bool]:
    return exists().where(workers.c.id == fence, workers.c.ended_at.is_(None))
