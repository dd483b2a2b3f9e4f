"""Queries on tasks: what one person asked another (or themselves) to do on a case."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from store.db import Tx
from store.rows import record, records
from store.schema import people, tasks, words

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done on a case, by whom and by when. `text` is empty when it was erased."""

    id: int
    case_id: int
    by: int
    by_name: str
    person_id: int
    name: str
    words_id: int
    text: str
    at: datetime
    due_at: datetime | None
    done_at: datetime | None
    done_by: int | None


def _query() -> Any:
    giver = people.alias("giver")
    return (
        select(tasks, people.c.name, giver.c.name.label("by_name"), words.c.text)
        .join(people, people.c.id == tasks.c.person_id)
        .join(giver, giver.c.id == tasks.c.by)
        .join(words, words.c.id == tasks.c.words_id)
    )


def get(tx: Tx, task_id: int) -> Task | None:
    row = tx.execute(_query().where(tasks.c.id == task_id)).first()
    return record(Task, row) if row else None


def of_case(tx: Tx, case_id: int) -> list[Task]:
    """The tasks of a case, at most a hundred: the open ones first, by their day; then the newest that are done."""
    query = _query().where(tasks.c.case_id == case_id)
    order = (tasks.c.done_at.is_not(None), tasks.c.due_at.is_(None), tasks.c.due_at, tasks.c.id.desc())
    return records(Task, tx.execute(query.order_by(*order).limit(SHOWN)))


def of_person(tx: Tx, person_id: int, limit: int = SHOWN) -> list[Task]:
    """A person's open tasks by their day; those without one come last."""
    query = _query().where(tasks.c.person_id == person_id, tasks.c.done_at.is_(None))
    return records(Task, tx.execute(query.order_by(tasks.c.due_at.is_(None), tasks.c.due_at, tasks.c.id).limit(limit)))


def count(tx: Tx, case_id: int) -> int:
    """How many tasks a case has, done ones too."""
    return int(tx.execute(select(func.count()).where(tasks.c.case_id == case_id)).scalar_one())


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(tasks).values(**values).returning(tasks.c.id)).scalar_one())


def remove(tx: Tx, task_id: int) -> None:
    tx.execute(delete(tasks).where(tasks.c.id == task_id))


def change(tx: Tx, task_id: int, **values: Any) -> None:
    tx.execute(update(tasks).where(tasks.c.id == task_id).values(**values))
