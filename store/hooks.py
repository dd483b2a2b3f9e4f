"""Queries on hooks: the secrets by which sources sign their calls, and the calls that were taken."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from store.db import Tx
from store.rows import record, records
from store.schema import hook_calls, hooks
from store.sources import MAX_SOURCES


@dataclass(frozen=True, slots=True)
class Hook:
    """A source's own way to call us. The secret is encrypted."""

    source_id: int
    secret: bytes = field(repr=False)
    made_at: datetime
    used_at: datetime | None


def get(tx: Tx, source_id: int) -> Hook | None:
    row = tx.execute(select(hooks).where(hooks.c.source_id == source_id)).first()
    return record(Hook, row) if row else None


def every(tx: Tx) -> dict[int, Hook]:
    """All hooks by their source."""
    return {one.source_id: one for one in records(Hook, tx.execute(select(hooks).limit(MAX_SOURCES)))}


def put(tx: Tx, source_id: int, secret: bytes, now: datetime) -> None:
    """A new secret, instead of the one before."""
    drop(tx, source_id)
    tx.execute(insert(hooks).values(source_id=source_id, secret=secret, made_at=now))


def drop(tx: Tx, source_id: int) -> bool:
    """Ends a source's hook; returns whether there was one."""
    tx.execute(delete(hook_calls).where(hook_calls.c.source_id == source_id))
    return tx.execute(delete(hooks).where(hooks.c.source_id == source_id)).rowcount == 1


def take(tx: Tx, source_id: int, signature: str, now: datetime, forget: datetime) -> bool:
    """Writes a call down, unless one with this signature was taken since `forget`; older ones are forgotten."""
    tx.execute(delete(hook_calls).where(hook_calls.c.source_id == source_id, hook_calls.c.at < forget))
    try:
        with tx.begin_nested():
            tx.execute(insert(hook_calls).values(source_id=source_id, signature=signature, at=now))
    except IntegrityError:
        return False
    tx.execute(update(hooks).where(hooks.c.source_id == source_id).values(used_at=now))
    return True
