"""Queries on the versions of who is told at once when somebody may be in danger, and with what words."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from store.db import Tx
from store.rows import record
from store.schema import safety_versions


@dataclass(frozen=True, slots=True)
class SafetyVersion:
    """A version: `told` are the ids of people (none: the usual ones), `text` is the organisation's own."""

    id: int
    number: int
    told: list[int]
    text: str
    countries: list[str]
    by: int
    at: datetime


def newest(tx: Tx) -> SafetyVersion | None:
    row = tx.execute(select(safety_versions).order_by(safety_versions.c.number.desc()).limit(1)).first()
    return record(SafetyVersion, row) if row else None


def add(tx: Tx, number: int, told: list[int], text: str, countries: list[str], by: int, at: datetime) -> int:
    values = {"number": number, "told": told, "text": text, "countries": countries, "by": by, "at": at}
    return int(tx.execute(insert(safety_versions).values(values).returning(safety_versions.c.id)).scalar_one())
