"""Queries on second opinions: how a language model is asked, what it was asked, and what it said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from model.language import _
from store.db import Tx
from store.rows import parted, record, records
from store.schema import comments, opinion_settings, opinions

WAITING, ASKING, DONE, FAILED = "waiting", "asking", "done", "failed"
UNDER_WAY = (WAITING, ASKING)
JOB = "opinion"
"""The job that asks; what it is about is an opinion."""
_ROW = 1
_MOST_AUTHORS = 5000
_NEXT = opinion_settings.c.version + 1


@dataclass(frozen=True, slots=True)
class Kept:
    """How it is asked, as kept; `secret` is the encrypted key."""

    version: int
    active: bool
    chosen: dict[str, Any]
    secret: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opinion:
    """What was asked about one revision of a comment, and what was said. `cost` is in billionths of the currency."""

    id: int
    comment_id: int | None
    revision: int
    kind: str
    state: str
    by: int
    at: datetime
    month: str
    model: str
    cost: int
    said: dict[str, Any] | None
    problem: str
    ended_at: datetime | None


def kept(tx: Tx) -> Kept | None:
    row = tx.execute(select(opinion_settings)).first()
    return record(Kept, row) if row else None


def keep(tx: Tx, seen: int, **values: Any) -> bool:
    """Replaces what is kept in version `seen` (0: nothing) by the next; False where there is another."""
    if seen:
        mine = update(opinion_settings).where(opinion_settings.c.version == seen)
        return tx.execute(mine.values(version=seen + 1, **values)).rowcount == 1
    try:
        with tx.begin_nested():
            tx.execute(insert(opinion_settings).values(id=_ROW, version=1, **values))
    except IntegrityError:
        return False
    return True


def add(tx: Tx, **values: Any) -> int:
    asked = insert(opinions).values(state=WAITING, cost=0, said=null(), problem="", **values)
    return int(tx.execute(asked.returning(opinions.c.id)).scalar_one())


def get(tx: Tx, opinion_id: int) -> Opinion | None:
    row = tx.execute(select(opinions).where(opinions.c.id == opinion_id)).first()
    return record(Opinion, row) if row else None


def newest(tx: Tx, comment_id: int, kind: str) -> Opinion | None:
    """The last that was asked about a comment."""
    mine = select(opinions).where(opinions.c.comment_id == comment_id, opinions.c.kind == kind)
    row = tx.execute(mine.order_by(opinions.c.id.desc()).limit(1)).first()
    return record(Opinion, row) if row else None


def last(tx: Tx, limit: int) -> list[Opinion]:
    """What was asked last, newest first."""
    return records(Opinion, tx.execute(select(opinions).order_by(opinions.c.id.desc()).limit(limit)))


def spent(tx: Tx, month: str) -> int:
    """What a month has cost so far, with the most that what is under way can come to."""
    return int(
        tx.execute(select(func.coalesce(func.sum(opinions.c.cost), 0)).where(opinions.c.month == month)).scalar_one()
    )


def move(tx: Tx, opinion_id: int, before: str, after: str, **values: Any) -> bool:
    """From one state to another; False when it is in another by now."""
    mine = update(opinions).where(opinions.c.id == opinion_id, opinions.c.state == before)
    return tx.execute(mine.values(state=after, **values)).rowcount == 1


def stop_after_restore(tx: Tx, now: datetime) -> None:
    """Nothing is asked from a copy: what was under way ended without an answer, and it is switched off. What it can
    have cost stays counted."""
    tx.execute(update(opinion_settings).where(opinion_settings.c.active).values(active=False, version=_NEXT))
    these = update(opinions).where(opinions.c.state.in_(UNDER_WAY))
    why = _("A backup was restored before an answer came. Ask again.")
    tx.execute(these.values(state=FAILED, problem=why, ended_at=now))


def forget(tx: Tx, comment_ids: Sequence[int]) -> None:
    """What was said of these comments goes, and that it was of them; what it cost stays."""
    for part in parted(comment_ids):
        these = update(opinions).where(opinions.c.comment_id.in_(part))
        tx.execute(these.values(comment_id=None, said=null(), problem=""))


def authors(tx: Tx, thread_id: int) -> list[str]:
    """Whoever wrote in a thread, in the order in which they began, at most five thousand."""
    query = select(comments.c.author).where(comments.c.thread_id == thread_id, comments.c.author != "")
    began = query.group_by(comments.c.author).order_by(func.min(comments.c.id)).limit(_MOST_AUTHORS)
    return list(tx.execute(began).scalars())
