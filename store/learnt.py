"""Queries on the versions of what was learnt from decisions here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from store.db import Tx
from store.rows import record, records
from store.schema import learnt_versions

LEARNT, BACK, OFF, ON, SIGNAL = "learnt", "back", "off", "on", "signal"
"""What made a version: the worker learnt it; somebody went back, switched learning off for good, or on again; a signal
was switched."""


@dataclass(frozen=True, slots=True)
class LearntVersion:
    """A version: `source` is what was in force from then on, as JSON; `reports` is what was tried, part by part, and
    `labels` how many there were. `by` is None for the worker."""

    number: int
    kind: str
    source: str
    reports: list[dict[str, Any]]
    labels: int
    by: int | None
    at: datetime


def newest(tx: Tx) -> LearntVersion | None:
    row = tx.execute(select(learnt_versions).order_by(learnt_versions.c.number.desc()).limit(1)).first()
    return record(LearntVersion, row) if row else None


def newest_ones(tx: Tx, limit: int, kind: str = "") -> list[LearntVersion]:
    """The newest versions, newest first; of one kind where it is named."""
    query = select(learnt_versions).order_by(learnt_versions.c.number.desc()).limit(limit)
    return records(LearntVersion, tx.execute(query.where(learnt_versions.c.kind == kind) if kind else query))


def get(tx: Tx, number: int) -> LearntVersion | None:
    row = tx.execute(select(learnt_versions).where(learnt_versions.c.number == number)).first()
    return record(LearntVersion, row) if row else None


def add(tx: Tx, number: int, **values: Any) -> bool:
    """A further version; False when somebody else was first."""
    try:
        with tx.begin_nested():
            tx.execute(insert(learnt_versions).values(number=number, **values))
    except IntegrityError:
        return False
    return True
