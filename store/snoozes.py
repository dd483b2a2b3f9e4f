"""Queries on cases that are put off, on comments that were looked over, and on saved views."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, or_, select

from store.db import Tx
from store.queue import snoozed
from store.rows import records
from store.schema import cases, looked_over, saved_views, snoozes

SAVED_MOST = 50


def until(tx: Tx, case_id: int, now: datetime) -> datetime | None:
    """Until when a case is put off; None when it is not (any more)."""
    query = select(snoozes.c.until).join(cases, cases.c.id == snoozes.c.case_id)
    return tx.execute(query.where(cases.c.id == case_id, snoozed(now))).scalar()


def put(tx: Tx, case_id: int, moment: datetime, *, by: int, at: datetime) -> None:
    """Puts a case off, in place of what was said before."""
    drop(tx, case_id)
    tx.execute(insert(snoozes).values(case_id=case_id, until=moment, by=by, at=at))


def drop(tx: Tx, case_id: int) -> bool:
    return tx.execute(delete(snoozes).where(snoozes.c.case_id == case_id)).rowcount == 1


def look_over(tx: Tx, comment_id: int, revision: int, found: str, *, by: int, at: datetime) -> bool:
    """Marks this text of a comment as looked at; False when somebody has done so."""
    mine = looked_over.c.comment_id == comment_id, looked_over.c.revision == revision
    if tx.execute(select(looked_over.c.found).where(*mine)).first():
        return False
    tx.execute(insert(looked_over).values(comment_id=comment_id, revision=revision, found=found, by=by, at=at))
    return True


# --- saved views -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Saved:
    """A view with filters that somebody gave a name."""

    id: int
    person_id: int
    for_all: bool
    name: str
    view: str
    filters: dict[str, str]


def saved(tx: Tx, person_id: int) -> list[Saved]:
    """A person's views and those for everybody, at most a hundred, by name."""
    mine = or_(saved_views.c.person_id == person_id, saved_views.c.for_all)
    query = select(saved_views).where(mine).order_by(saved_views.c.name, saved_views.c.id).limit(2 * SAVED_MOST)
    return records(Saved, tx.execute(query))


def count_saved(tx: Tx, person_id: int) -> int:
    query = select(func.count()).where(saved_views.c.person_id == person_id)
    return int(tx.execute(query).scalar_one())


def save(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(saved_views).values(**values).returning(saved_views.c.id)).scalar_one())


def forget(tx: Tx, saved_id: int, person_id: int) -> bool:
    """Takes a view of this person's away; False when it is another's, or gone."""
    mine = delete(saved_views).where(saved_views.c.id == saved_id, saved_views.c.person_id == person_id)
    return tx.execute(mine).rowcount == 1
