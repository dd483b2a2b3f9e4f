"""Queries on what examples of matters mean: asked for by whoever tries them, made by a worker, forgotten after a month.

A row has the words of an example only while it waits.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from store.bulk import add_rows
from store.db import Tx
from store.rows import parted
from store.schema import example_vectors

JOB = "examples"
"""The job that makes them."""
KEPT = timedelta(days=30)
MOST = 2_000
"""Rows that are kept; of more the oldest go."""
_e = example_vectors.c


def key_of(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()


def known(tx: Tx, texts: Iterable[str]) -> dict[str, bytes | None]:
    """Those of some texts that were asked for, with their vectors; None: it is being made."""
    by_key = {key_of(text): text for text in texts}
    query = select(_e.key, _e.vector)
    rows = (row for part in parted(list(by_key)) for row in tx.execute(query.where(_e.key.in_(part))))
    return {by_key[row.key]: row.vector for row in rows}


def ask(tx: Tx, texts: Sequence[str], now: datetime) -> bool:
    """Texts begin to wait for their vectors; those that wait or have one stay as they are. Returns whether any did."""
    there = known(tx, texts)
    new = {key_of(text): text for text in texts if text not in there}
    if new:
        add_rows(tx, example_vectors, [{"key": key, "text": text, "at": now} for key, text in new.items()])
    return bool(new)


def waiting(tx: Tx, limit: int) -> dict[str, str]:
    """Texts that wait, by key, the oldest first."""
    query = select(_e.key, _e.text).where(_e.vector.is_(None)).order_by(_e.at, _e.key).limit(limit)
    return {row.key: row.text for row in tx.execute(query)}


def keep(tx: Tx, made: Mapping[str, bytes], now: datetime) -> None:
    """The vectors of some that waited; what is older than KEPT or too many goes."""
    for key, vector in made.items():
        tx.execute(update(example_vectors).where(_e.key == key).values(vector=vector, text=""))
    tx.execute(delete(example_vectors).where(_e.at < now - KEPT))
    kept = select(_e.at).order_by(_e.at.desc()).offset(MOST).limit(1).scalar_subquery()
    tx.execute(delete(example_vectors).where(_e.at <= kept))
