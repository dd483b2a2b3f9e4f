"""Queries on who is looking at a case, who asks to take it over, and what a person has read today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from store.db import Tx
from store.rows import record, records
from store.schema import claims, people, presence, readings, takeovers, words

LASTS = timedelta(seconds=30)
"""Who gave no sign of life for so long is not looking any more."""
_SHOWN = 20
_GONE = 200


@dataclass(frozen=True, slots=True)
class Looking:
    """Somebody who has a case open, and since when."""

    person_id: int
    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Takeover:
    """That somebody asked for a case, or took it; `text` is what the holder said, or the reason for taking it."""

    id: int
    case_id: int
    holder_id: int
    holder_name: str
    held_since: datetime
    by: int
    by_name: str
    asked_at: datetime
    answered_at: datetime | None
    outcome: str
    text: str | None


def seen(tx: Tx, case_id: int, person_id: int) -> datetime | None:
    """When a person last gave a sign of life from a case."""
    mine = select(presence.c.seen_at).where(presence.c.case_id == case_id, presence.c.person_id == person_id)
    return tx.execute(mine).scalar()


def sign(tx: Tx, case_id: int, person_id: int, now: datetime) -> None:
    """A sign of life. What is over goes, of everybody: the table stays as small as the team."""
    over = select(presence.c.case_id, presence.c.person_id).where(presence.c.seen_at <= now - LASTS).limit(_GONE)
    for row in tx.execute(over).all():
        gone = delete(presence).where(presence.c.case_id == row.case_id, presence.c.person_id == row.person_id)
        tx.execute(gone.where(presence.c.seen_at <= now - LASTS))
    here = (presence.c.case_id == case_id, presence.c.person_id == person_id)
    if tx.execute(update(presence).where(*here).values(seen_at=now)).rowcount:
        return
    try:
        with tx.begin_nested():
            values = {"case_id": case_id, "person_id": person_id, "since": now, "seen_at": now}
            tx.execute(insert(presence).values(values))
    except IntegrityError:  # another window of the same person was first
        return


def looking(tx: Tx, case_id: int, now: datetime) -> list[Looking]:
    """Who has a case open now, longest first, at most twenty."""
    query = (
        select(presence, people.c.name)
        .join(people, people.c.id == presence.c.person_id)
        .where(presence.c.case_id == case_id, presence.c.seen_at > now - LASTS)
    )
    return records(Looking, tx.execute(query.order_by(presence.c.since, presence.c.person_id).limit(_SHOWN)))


# --- who has it, and who asks for it ---------------------------------------------------------------------------------


def give(tx: Tx, case_id: int, old: int, held_since: datetime, new: int, now: datetime, until: datetime) -> bool:
    """The claim of one person becomes that of another; False when it has changed meanwhile."""
    theirs = (claims.c.case_id == case_id, claims.c.person_id == old, claims.c.since == held_since)
    values = {"person_id": new, "since": now, "expires_at": until}
    return tx.execute(update(claims).where(*theirs, claims.c.expires_at > now).values(values)).rowcount == 1


def _query() -> Any:
    holder = people.alias("holder")
    return (
        select(takeovers, people.c.name.label("by_name"), holder.c.name.label("holder_name"), words.c.text)
        .join(people, people.c.id == takeovers.c.by)
        .join(holder, holder.c.id == takeovers.c.holder_id)
        .outerjoin(words, words.c.id == takeovers.c.words_id)
    )


def open_one(tx: Tx, case_id: int) -> Takeover | None:
    """The question that nobody has answered."""
    row = tx.execute(_query().where(takeovers.c.case_id == case_id, takeovers.c.answered_at.is_(None))).first()
    return record(Takeover, row) if row else None


def open_of(tx: Tx, case_ids: Sequence[int]) -> dict[int, int]:
    """The questions that nobody has answered, by case: one each at most."""
    query = select(takeovers.c.case_id, takeovers.c.id).where(
        takeovers.c.case_id.in_(list(case_ids)), takeovers.c.answered_at.is_(None)
    )
    return {row.case_id: row.id for row in tx.execute(query)}


def newest(tx: Tx, case_id: int) -> list[Takeover]:
    """The last few of a case, newest first."""
    query = _query().where(takeovers.c.case_id == case_id).order_by(takeovers.c.id.desc())
    return records(Takeover, tx.execute(query.limit(_SHOWN)))


def get(tx: Tx, takeover_id: int) -> Takeover | None:
    row = tx.execute(_query().where(takeovers.c.id == takeover_id)).first()
    return record(Takeover, row) if row else None


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(takeovers).values(**values).returning(takeovers.c.id)).scalar_one())


def settle(tx: Tx, takeover_id: int, outcome: str, now: datetime, words_id: int | None = None) -> None:
    """Says what became of a question."""
    values = {"outcome": outcome, "answered_at": now, "words_id": words_id}
    tx.execute(update(takeovers).where(takeovers.c.id == takeover_id).values(values))


def open_again(tx: Tx, takeover_id: int) -> int | None:
    """A question that was settled has no answer again; returns the id of the words of the one that it had."""
    this = takeovers.c.id == takeover_id
    words_id = tx.execute(select(takeovers.c.words_id).where(this)).scalar()
    tx.execute(update(takeovers).where(this).values(outcome="", answered_at=None, words_id=None))
    return words_id


def take_back(tx: Tx, takeover_id: int) -> int | None:
    """A question goes, and with it what came of it; returns the id of its words."""
    gone = delete(takeovers).where(takeovers.c.id == takeover_id)
    return tx.execute(gone.returning(takeovers.c.words_id)).scalar()


# --- what one has read today -----------------------------------------------------------------------------------------


def read(tx: Tx, person_id: int, day: str, case_id: int, severity: int) -> None:
    """A person opened a case on a day of theirs; what is of another day is forgotten."""
    tx.execute(delete(readings).where(readings.c.person_id == person_id, readings.c.day != day))
    here = (readings.c.person_id == person_id, readings.c.day == day, readings.c.case_id == case_id)
    worst = update(readings).where(*here).values(severity=severity)
    if tx.execute(worst).rowcount:
        return
    try:
        with tx.begin_nested():
            values = {"person_id": person_id, "day": day, "case_id": case_id, "severity": severity}
            tx.execute(insert(readings).values(values))
    except IntegrityError:
        return


def read_on(tx: Tx, person_id: int, day: str, severity: int) -> tuple[int, int]:
    """How many cases a person opened on that day, and how many of them were of this severity or more."""
    mine = (readings.c.person_id == person_id, readings.c.day == day)
    query = select(func.count(), func.count().filter(readings.c.severity >= severity)).where(*mine)
    row = tx.execute(query).one()
    return int(row[0]), int(row[1])
