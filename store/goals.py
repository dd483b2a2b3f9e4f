"""Queries on the organisation's goals, and on what is tagged with one. What a response costs goes with its tag:
`store.cost.tag`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from model.errors import Conflict
from model.language import _
from store.db import Tx
from store.rows import record, records
from store.schema import goals, matter_goals

MOST = 20
"""Goals that can be in use at a time."""
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Goal:
    """A strategic goal. With `archived_at` nothing more is tagged with it; what was stays. `version` grows with each
    change."""

    id: int
    name: str
    sentence: str
    archived_at: datetime | None
    version: int


def every(tx: Tx, *, archived: bool = False) -> list[Goal]:
    """The goals in use, by name; with `archived` these too, after them, the newest first."""
    in_use = goals.c.archived_at.is_(None)
    query = select(goals).order_by(case((in_use, 0), else_=1), goals.c.archived_at.desc(), goals.c.name, goals.c.id)
    return records(Goal, tx.execute((query if archived else query.where(in_use)).limit(_SHOWN)))


def get(tx: Tx, goal_id: int) -> Goal | None:
    row = tx.execute(select(goals).where(goals.c.id == goal_id)).first()
    return record(Goal, row) if row else None


def count(tx: Tx) -> int:
    """How many are in use."""
    return int(tx.execute(select(func.count()).where(goals.c.archived_at.is_(None))).scalar_one())


def add(tx: Tx, name: str, sentence: str, *, by: int, at: datetime) -> int:
    """Raises Conflict when one in use is called so."""
    try:
        with tx.begin_nested():
            made = insert(goals).values(name=name, sentence=sentence, by=by, at=at, version=1).returning(goals.c.id)
            return int(tx.execute(made).scalar_one())
    except IntegrityError:
        raise _called_so(name) from None


def change(tx: Tx, goal: Goal, **values: Any) -> bool:
    """Changes a goal if it still is as it was seen; False when somebody else was first. Raises Conflict when another
    one in use is called so."""
    mine = update(goals).where(goals.c.id == goal.id, goals.c.version == goal.version)
    try:
        with tx.begin_nested():
            return tx.execute(mine.values(version=goal.version + 1, **values)).rowcount == 1
    except IntegrityError:
        raise _called_so(values.get("name", goal.name)) from None


def _called_so(name: str) -> Conflict:
    return Conflict(_("There is a goal called '{name}'. Give this one another name.", name=name))


# --- what is tagged --------------------------------------------------------------------------------------------------


def of_matters(tx: Tx) -> dict[str, int]:
    """The goal of each matter that has one, by the key of the matter."""
    return {row.matter: row.goal_id for row in tx.execute(select(matter_goals).limit(1_000))}


def tag_matter(tx: Tx, matter: str, goal_id: int | None) -> None:
    """Tags a matter with a goal in place of the one before; None: with none."""
    tx.execute(delete(matter_goals).where(matter_goals.c.matter == matter))
    if goal_id is not None:
        tx.execute(insert(matter_goals).values(matter=matter, goal_id=goal_id))
