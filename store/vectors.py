"""Queries on the vectors of comments: what each means, to find others like it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from store.bulk import add_rows
from store.db import Tx
from store.rows import parted
from store.schema import comments, vectors

NEWEST = 20_000
"""Vectors among which others like a comment are looked for: ten megabytes."""
_HERE = ~comments.c.ours, comments.c.erased_at.is_(None), comments.c.status != "undone"
"""Strangers' comments that are still here."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A comment that has a vector: by whom it is, where it stands, and when it was left."""

    id: int
    source_id: int
    thread_id: int
    author: str
    author_id: str
    at: datetime


def keep(tx: Tx, made: Mapping[int, bytes], now: datetime) -> None:
    """The vectors of some comments, in the place of those that they had."""
    forget(tx, list(made))
    add_rows(tx, vectors, [{"comment_id": one, "vector": vector, "at": now} for one, vector in made.items()])


def forget(tx: Tx, comment_ids: Sequence[int]) -> None:
    for part in parted(comment_ids):
        tx.execute(delete(vectors).where(vectors.c.comment_id.in_(part)))


def of(tx: Tx, comment_id: int) -> bytes | None:
    """The vector of a comment; None where it has none."""
    return tx.execute(select(vectors.c.vector).where(vectors.c.comment_id == comment_id)).scalar()


def newest_id(tx: Tx) -> int:
    """Which vector is the newest; 0 where there is none."""
    return int(tx.execute(select(func.coalesce(func.max(vectors.c.id), 0))).scalar_one())


def newest(tx: Tx, limit: int) -> tuple[list[int], list[bytes]]:
    """The newest vectors, the newest first: of which comments, and themselves."""
    query = select(vectors.c.comment_id, vectors.c.vector).order_by(vectors.c.id.desc()).limit(limit)
    rows = tx.execute(query).all()
    return [row[0] for row in rows], [row[1] for row in rows]


def count_since(tx: Tx, limit: int, since: datetime) -> int:
    """How many of the newest vectors are of comments that strangers left since a moment and that are still here."""
    newest_ones = select(vectors.c.comment_id).order_by(vectors.c.id.desc()).limit(limit).subquery()
    counted = select(func.count()).select_from(newest_ones.join(comments, comments.c.id == newest_ones.c.comment_id))
    return int(tx.execute(counted.where(*_HERE, comments.c.at >= since)).scalar_one())


def placed(tx: Tx, comment_ids: Sequence[int]) -> dict[int, Placed]:
    """Those of these comments that are strangers' and still here, by id."""
    c = comments.c
    query = select(c.id, c.source_id, c.thread_id, c.author, c.author_id, c.at).where(*_HERE)
    rows = (row for part in parted(comment_ids) for row in tx.execute(query.where(c.id.in_(part))))
    return {row.id: Placed(*row) for row in rows}
