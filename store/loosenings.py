"""Queries on changes that loosen: what waits for a second person, and what became of the others."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update

from store.db import Tx
from store.rows import record, records
from store.schema import loosenings, people, sessions, words

WAITING, IN_FORCE, REFUSED, TAKEN_BACK, OVER = "waiting", "in force", "refused", "taken back", "over"
MOST = 100


@dataclass(frozen=True, slots=True)
class Loosening:
    """A change that loosens. `by` is who asked for it, empty at the terminal; `levels` are those whose approvers are
    told (0: the experts); `what` holds what is changed and what it was looked at against. `settled_by` is the second
    person, empty where nobody second was there; `reason` and `answer` are what was typed."""

    id: int
    kind: str
    person_id: int | None
    by: int | None
    levels: list[int]
    what: dict[str, Any]
    asked_at: datetime
    until: datetime
    state: str
    settled_at: datetime | None
    settled_by: int | None
    reason: str
    answer: str

    def waits(self, now: datetime) -> bool:
        """Whether a second person can still confirm it."""
        return self.state == WAITING and now < self.until


def _all() -> Select[Any]:
    answers = words.alias("answers")
    return (
        select(
            loosenings,
            func.coalesce(words.c.text, "").label("reason"),
            func.coalesce(answers.c.text, "").label("answer"),
        )
        .outerjoin(words, words.c.id == loosenings.c.words_id)
        .outerjoin(answers, answers.c.id == loosenings.c.answer_id)
    )


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(loosenings).values(**values).returning(loosenings.c.id)).scalar_one())


def get(tx: Tx, loosening_id: int) -> Loosening | None:
    row = tx.execute(_all().where(loosenings.c.id == loosening_id)).first()
    return record(Loosening, row) if row else None


def waiting(tx: Tx, now: datetime, kinds: Collection[str] = (), person_id: int | None = None) -> list[Loosening]:
    """What waits for a second person, longest first: all of it, or of some kinds, or about one person."""
    query = _all().where(loosenings.c.state == WAITING, loosenings.c.until > now)
    if kinds:
        query = query.where(loosenings.c.kind.in_(sorted(kinds)))
    if person_id is not None:
        query = query.where(loosenings.c.person_id == person_id)
    return records(Loosening, tx.execute(query.order_by(loosenings.c.id).limit(MOST)))


def asked_by(tx: Tx, person_id: int) -> list[int]:
    """What a person asked for that waits."""
    query = select(loosenings.c.id).where(loosenings.c.state == WAITING, loosenings.c.by == person_id)
    return list(tx.execute(query.limit(MOST)).scalars())


def newest(tx: Tx, limit: int = 20) -> list[Loosening]:
    """The last changes that wait no more, newest first."""
    query = _all().where(loosenings.c.state != WAITING).order_by(loosenings.c.id.desc())
    return records(Loosening, tx.execute(query.limit(limit)))


def past(tx: Tx, now: datetime) -> list[int]:
    """What has waited as long as it may."""
    query = select(loosenings.c.id).where(loosenings.c.state == WAITING, loosenings.c.until <= now)
    return list(tx.execute(query.limit(MOST)).scalars())


def settle(tx: Tx, loosening_id: int, state: str, now: datetime, by: int | None, answer_id: int | None = None) -> bool:
    """Ends the waiting of a change; False when it waits no more."""
    mine = update(loosenings).where(loosenings.c.id == loosening_id, loosenings.c.state == WAITING)
    values = {"state": state, "settled_at": now, "settled_by": by, "answer_id": answer_id}
    return tx.execute(mine.values(values)).rowcount == 1


def have_been_here(tx: Tx, person_ids: Sequence[int]) -> frozenset[int]:
    """Those of some people who may log in and have been here: with a password, or by a provider, or in a session."""
    was_here = select(sessions.c.id).where(sessions.c.person_id == people.c.id).exists()
    query = select(people.c.id).where(
        people.c.id.in_(list(person_ids)), people.c.active, or_(people.c.password_hash.is_not(None), was_here)
    )
    return frozenset(tx.execute(query.limit(5000)).scalars())
