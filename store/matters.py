"""Queries on the versions of an organisation's matters."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from store.db import Tx
from store.rows import record, records
from store.schema import matter_versions


@dataclass(frozen=True, slots=True)
class MatterVersion:
    """A version: `source` is all of the organisation's matters as JSON, `changed` the key of the one that changed."""

    id: int
    number: int
    source: str
    changed: str
    by: int
    at: datetime


def newest(tx: Tx) -> MatterVersion | None:
    row = tx.execute(select(matter_versions).order_by(matter_versions.c.number.desc()).limit(1)).first()
    return record(MatterVersion, row) if row else None


def newest_ones(tx: Tx, limit: int) -> list[MatterVersion]:
    """The newest versions, newest first."""
    found = tx.execute(select(matter_versions).order_by(matter_versions.c.number.desc()).limit(limit))
    return records(MatterVersion, found)


def add(tx: Tx, number: int, source: str, changed: str, by: int, at: datetime) -> int:
    values = {"number": number, "source": source, "changed": changed, "by": by, "at": at}
    return int(tx.execute(insert(matter_versions).values(values).returning(matter_versions.c.id)).scalar_one())
