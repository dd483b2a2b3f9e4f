"""Queries on policy versions."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from store.db import Tx
from store.rows import record, records
from store.schema import policies


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A version of the policy; `source` is the YAML as it was saved, `by` empty for the one that shipped."""

    id: int
    number: int
    source: str
    by: int | None
    at: datetime


def newest(tx: Tx) -> PolicyRow | None:
    row = tx.execute(select(policies).order_by(policies.c.number.desc()).limit(1)).first()
    return record(PolicyRow, row) if row else None


def newest_ones(tx: Tx, limit: int) -> list[PolicyRow]:
    """The newest versions, newest first."""
    found = tx.execute(select(policies).order_by(policies.c.number.desc()).limit(limit))
    return records(PolicyRow, found)


def get(tx: Tx, policy_id: int) -> PolicyRow | None:
    row = tx.execute(select(policies).where(policies.c.id == policy_id)).first()
    return record(PolicyRow, row) if row else None


def add(tx: Tx, number: int, source: str, by: int | None, at: datetime) -> int:
    values = {"number": number, "source": source, "by": by, "at": at}
    return int(tx.execute(insert(policies).values(values).returning(policies.c.id)).scalar_one())
