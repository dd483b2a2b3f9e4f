"""Queries on gaps: times of a source of which comments may be missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from store.db import Tx
from store.rows import record, records
from store.schema import gaps, threads

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Gap:
    """A time of which comments may be missing: after `since`, before `until`. Columns are explained in the schema."""

    id: int
    source_id: int
    since: datetime
    met: datetime
    until: datetime
    found_at: datetime
    filled_at: datetime | None
    how: str
    way: str
    place: int
    step: int
    failures: int
    brought: int
    problem: str
    next_at: datetime | None


def add(tx: Tx, **values: Any) -> int:
    """A new gap; returns its id."""
    return int(tx.execute(insert(gaps).values(**values).returning(gaps.c.id)).scalar_one())


def get(tx: Tx, gap_id: int) -> Gap | None:
    row = tx.execute(select(gaps).where(gaps.c.id == gap_id)).first()
    return record(Gap, row) if row else None


def change(tx: Tx, gap: Gap, **values: Any) -> bool:
    """Changes an open gap; False when it was ended, or somebody else took it further, since it was looked up."""
    same = update(gaps).where(gaps.c.id == gap.id, gaps.c.step == gap.step, gaps.c.filled_at.is_(None))
    return tx.execute(same.values(**values)).rowcount == 1


def still_open(tx: Tx, source_id: int | None = None, limit: int = SHOWN) -> list[Gap]:
    """The gaps that are neither filled nor looked at, the newest first."""
    query = select(gaps).where(gaps.c.filled_at.is_(None)).order_by(gaps.c.until.desc(), gaps.c.id.desc()).limit(limit)
    return records(Gap, tx.execute(query if source_id is None else query.where(gaps.c.source_id == source_id)))


def due(tx: Tx, now: datetime, limit: int = 50) -> list[Gap]:
    """Those whose filling goes on now."""
    query = select(gaps).where(gaps.c.next_at <= now, gaps.c.filled_at.is_(None))
    return records(Gap, tx.execute(query.order_by(gaps.c.next_at).limit(limit)))


def threads_before(tx: Tx, source_id: int, before_id: int, most: int) -> list[tuple[int, str]]:
    """Ids and addresses of those of a source's `most` newest threads that come before `before_id` (0: all of them)."""
    newest = select(threads.c.id, threads.c.url).where(threads.c.source_id == source_id)
    rows: Iterable[Any] = tx.execute(newest.order_by(threads.c.id.desc()).limit(most))
    return [(row.id, row.url) for row in rows if not before_id or row.id < before_id]
