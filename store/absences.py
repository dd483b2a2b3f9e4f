"""Queries on absences: who is out of office from when until when, why, and who is asked in their place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, insert, select, update

from store.db import Tx
from store.rows import record, records
from store.schema import absences, words

MOST = 500


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is out of office. `deputy_id` is empty where nobody stands in; `reason` is what was typed."""

    id: int
    person_id: int
    deputy_id: int | None
    begins_at: datetime
    ends_at: datetime
    made_by: int
    reason: str

    def lasts(self, now: datetime) -> bool:
        return self.begins_at <= now < self.ends_at


def _open(now: datetime | BindParameter[datetime]) -> Select[Any]:
    return (
        select(absences, func.coalesce(words.c.text, "").label("reason"))
        .join(words, words.c.id == absences.c.words_id)
        .where(absences.c.ends_at > now, absences.c.ended_at.is_(None))
        .order_by(absences.c.begins_at, absences.c.id)
    )


# Asked wherever something is decided: made once.
_NOW: BindParameter[datetime] = bindparam("now")
_LASTING = _open(_NOW).where(absences.c.begins_at <= _NOW).limit(MOST)


def coming(tx: Tx, now: datetime, person_id: int | None = None) -> list[Absence]:
    """The absences that are on or to come, of one person or of everybody; the next one first."""
    query = _open(now) if person_id is None else _open(now).where(absences.c.person_id == person_id)
    return records(Absence, tx.execute(query.limit(MOST)))


def lasting(tx: Tx, now: datetime, person_ids: Sequence[int] | None = None) -> list[Absence]:
    """Who is out of office now: everybody, or those of some people."""
    if person_ids is None:
        return records(Absence, tx.execute(_LASTING, {"now": now}))
    query = _open(now).where(absences.c.begins_at <= now, absences.c.person_id.in_(list(person_ids)))
    return records(Absence, tx.execute(query.limit(MOST)))


def for_whom(tx: Tx, now: datetime, deputy_id: int) -> list[Absence]:
    """The absences, on or to come, in which somebody stands in."""
    return records(Absence, tx.execute(_open(now).where(absences.c.deputy_id == deputy_id).limit(MOST)))


def get(tx: Tx, absence_id: int, now: datetime) -> Absence | None:
    """One that is on or to come."""
    row = tx.execute(_open(now).where(absences.c.id == absence_id)).first()
    return record(Absence, row) if row else None


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(absences).values(**values).returning(absences.c.id)).scalar_one())


def end(tx: Tx, absence_id: int, now: datetime) -> bool:
    """It is over, or does not begin; False when it is over already."""
    mine = update(absences).where(absences.c.id == absence_id, absences.c.ended_at.is_(None), absences.c.ends_at > now)
    return tx.execute(mine.values(ended_at=now)).rowcount == 1
