"""Queries on workers: a row for each start of one. Its id is the fence, which only grows."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from store.db import Tx
from store.rows import records
from store.schema import jobs, workers


@dataclass(frozen=True, slots=True)
class Worker:
    """A start of a worker. `resumed_at` is empty as long as what it left has not been given to others."""

    id: int
    executor: str
    started_at: datetime
    last_seen: datetime
    ended_at: datetime | None
    resumed_at: datetime | None


def register(tx: Tx, executor: str, now: datetime, *, first: bool) -> int:
    """A worker begins; gives its fence.

    `first`: the process has just started, and no other has this executor's name: its former starts are over. What
    they left the engine takes up by itself when it starts under the same name.
    """
    if first:
        former = update(workers).where(workers.c.executor == executor, workers.c.resumed_at.is_(None))
        tx.execute(former.values(ended_at=func.coalesce(workers.c.ended_at, now), resumed_at=now))
    values = {"executor": executor, "started_at": now, "last_seen": now}
    return int(tx.execute(insert(workers).values(values).returning(workers.c.id)).scalar_one())


def beat(tx: Tx, fence: int, now: datetime) -> bool:
    """A sign of life; False when this worker has been marked as ended."""
    mine = update(workers).where(workers.c.id == fence, workers.c.ended_at.is_(None))
    return tx.execute(mine.values(last_seen=now)).rowcount == 1


def end(tx: Tx, fence: int, now: datetime, last_seen: datetime | None = None) -> bool:
    """Marks a worker as ended, by itself or by another that saw no sign of life after `last_seen`.

    False when it was marked already, or has given one since: so of many that look only one acts.
    """
    live = update(workers).where(workers.c.id == fence, workers.c.ended_at.is_(None))
    if last_seen is not None:
        live = live.where(workers.c.last_seen == last_seen)
    return tx.execute(live.values(ended_at=now)).rowcount == 1


def open_ones(tx: Tx) -> list[Worker]:
    """Workers that run, and those whose work has not been given to others yet."""
    return records(Worker, tx.execute(select(workers).where(workers.c.resumed_at.is_(None)).order_by(workers.c.id)))


def resumed(tx: Tx, fence: int, now: datetime) -> None:
    tx.execute(update(workers).where(workers.c.id == fence).values(resumed_at=now))


def forget(tx: Tx, before: datetime) -> int:
    """Deletes workers that ended before then; never the newest, whose number must not be given again."""
    newest = select(func.max(workers.c.id)).scalar_subquery()
    begun = select(jobs.c.fence)
    old = delete(workers).where(workers.c.resumed_at < before, workers.c.id < newest, workers.c.id.not_in(begun))
    return tx.execute(old).rowcount
