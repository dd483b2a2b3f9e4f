"""Doing jobs by hand, in the test's own thread: taking one as a worker does, ending it, and taking over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select

from jobs import Context
from store import jobs as table
from store import workers
from store.db import Store
from store.schema import jobs
from store.schema import workers as worker_rows


def take(store: Store, lease_seconds: float = 60) -> Context | None:
    """The job that has waited longest, begun by a worker of the test's own.

    Workers that were silent for longer than the lease count as ended, as another worker would find.
    """
    now = datetime.now(UTC)
    with store.write() as tx:
        for one in workers.open_ones(tx):
            if one.last_seen < now - timedelta(seconds=lease_seconds):
                workers.end(tx, one.id, now)
        fence = workers.register(tx, "a test", now, first=False)
        living = select(worker_rows.c.id).where(worker_rows.c.ended_at.is_(None))
        free = or_(jobs.c.fence == 0, jobs.c.fence.not_in(living))
        due = select(jobs).where(free, jobs.c.run_at <= now).order_by(jobs.c.run_at, jobs.c.id).limit(1)
        row = tx.execute(due).first()
        taken = table.begin(tx, (row.id, row.workflow), fence) if row else None
    return Context(store, taken[0], lease_seconds) if taken else None


def finish(context: Context) -> bool:
    with context.store.write() as tx:
        return table.finish(tx, context.job)


def take_over(context: Context) -> Context:
    """What another worker does that finds this one's silent for too long: the same job, under a higher fence."""
    now = datetime.now(UTC)
    with context.store.write() as tx:
        workers.end(tx, context.job.fence, now)
        fence = workers.register(tx, "another", now, first=False)
        workflow = tx.execute(select(jobs.c.workflow).where(jobs.c.id == context.job.id)).scalar_one()
        taken = table.begin(tx, (context.job.id, workflow), fence)
    assert taken is not None
    return Context(context.store, taken[0], context.lease_seconds)


def run_all(store: Store, name: str, act: Callable[[Context], object]) -> int:
    """Whatever waits is taken, and what has this name is done; how many there were of it."""
    count = 0
    while (context := take(store)) is not None:
        if context.job.name == name:
            count += 1
            act(context)
        finish(context)
    return count
