"""Queries on second factors and their recovery codes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from store.db import Tx
from store.rows import record
from store.schema import recovery_codes, second_factors


@dataclass(frozen=True, slots=True)
class Factor:
    """A person's second factor: its secret, encrypted, and the step of the newest code that was taken."""

    person_id: int
    secret: bytes = field(repr=False)
    begun_at: datetime
    last_step: int


def get(tx: Tx, person_id: int) -> Factor | None:
    row = tx.execute(select(second_factors).where(second_factors.c.person_id == person_id)).first()
    return record(Factor, row) if row else None


def put(tx: Tx, person_id: int, secret: bytes, step: int, codes: Iterable[str], now: datetime) -> None:
    """Instead of the one before, with these hashes of recovery codes."""
    drop(tx, person_id)
    tx.execute(insert(second_factors).values(person_id=person_id, secret=secret, begun_at=now, last_step=step))
    tx.execute(insert(recovery_codes), [{"code_hash": code, "person_id": person_id} for code in codes])


def take(tx: Tx, person_id: int, step: int) -> bool:
    """Uses up the code of a step and all before it; False when it was used already."""
    mine = update(second_factors).where(second_factors.c.person_id == person_id, second_factors.c.last_step < step)
    return tx.execute(mine.values(last_step=step)).rowcount == 1


def take_recovery(tx: Tx, person_id: int, code_hash: str, now: datetime) -> bool:
    """Uses up a recovery code; False when there is none such, or it was used."""
    mine = update(recovery_codes).where(
        recovery_codes.c.code_hash == code_hash,
        recovery_codes.c.person_id == person_id,
        recovery_codes.c.used_at.is_(None),
    )
    return tx.execute(mine.values(used_at=now)).rowcount == 1


def recovery_left(tx: Tx, person_id: int) -> int:
    """How many recovery codes were not used yet."""
    mine = select(func.count()).select_from(recovery_codes).where(recovery_codes.c.person_id == person_id)
    return int(tx.execute(mine.where(recovery_codes.c.used_at.is_(None))).scalar_one())


def drop(tx: Tx, person_id: int) -> bool:
    """Takes the second factor and its recovery codes away; False when there was none."""
    tx.execute(delete(recovery_codes).where(recovery_codes.c.person_id == person_id))
    return tx.execute(delete(second_factors).where(second_factors.c.person_id == person_id)).rowcount == 1
