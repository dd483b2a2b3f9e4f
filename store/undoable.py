"""Queries on what can be undone: how a case or a comment stands, what a person last decided, and putting it back.

How something stands is a mapping of plain values that JSON can hold: ids, states, moments as ISO texts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from store import cases as rows
from store.db import Tx
from store.rows import record
from store.schema import cases, claims, comments, escalations, looked_over, snoozes, undoable

KEPT = timedelta(hours=1)
"""After so long a row only takes up room."""
OF_CASE = ("state", "outcome", "closed_at", "closed_by", "close_reason_id")
_MOMENTS = {"closed_at", "since", "expires_at", "until", "at"}


@dataclass(frozen=True, slots=True)
class Undoable:
    """What a person last decided, how it stood before and how right after."""

    person_id: int
    token: str
    what: str
    subject: str
    subject_id: int
    former: dict[str, Any]
    after: dict[str, Any]
    at: datetime


def keep(tx: Tx, person_id: int, at: datetime, **values: Any) -> None:
    """Keeps the newest decision of a person in place of the one before, and drops what is long over."""
    tx.execute(delete(undoable).where(undoable.c.at < at - KEPT))
    mine = update(undoable).where(undoable.c.person_id == person_id).values(**values, at=at)
    if tx.execute(mine).rowcount == 1:
        return
    try:
        with tx.begin_nested():
            tx.execute(insert(undoable).values(person_id=person_id, at=at, **values))
    except IntegrityError:  # this person's other tab was first
        tx.execute(mine)


def of(tx: Tx, person_id: int) -> Undoable | None:
    row = tx.execute(select(undoable).where(undoable.c.person_id == person_id)).first()
    return record(Undoable, row) if row else None


def forget(tx: Tx, person_id: int) -> None:
    tx.execute(delete(undoable).where(undoable.c.person_id == person_id))


# --- how it stands ---------------------------------------------------------------------------------------------------


def _plain(row: Any) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row._mapping.items()}


def _values(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value) if key in _MOMENTS and isinstance(value, str) else value
        for key, value in plain.items()
    }


def _one(tx: Tx, table: Table, case_id: int) -> dict[str, Any] | None:
    row = tx.execute(select(table).where(table.c.case_id == case_id)).first()
    return _plain(row) if row else None


def case_stands(tx: Tx, case_id: int) -> dict[str, Any]:
    """A case with its claim, its snooze, what was asked (id and whether it was answered), and what is spam of it."""
    case = tx.execute(select(*(cases.c[name] for name in OF_CASE)).where(cases.c.id == case_id)).one()
    asked = select(escalations.c.id, escalations.c.answer_id.is_not(None)).where(escalations.c.case_id == case_id)
    newest = tx.execute(asked.order_by(escalations.c.id.desc()).limit(100))
    spam = select(comments.c.id, comments.c.spam).where(comments.c.id.in_(rows.comment_ids(tx, case_id)))
    return _plain(case) | {
        "claim": _one(tx, claims, case_id),
        "snooze": _one(tx, snoozes, case_id),
        "asked": [[int(row[0]), bool(row[1])] for row in newest],
        "spam": {str(row[0]): bool(row[1]) for row in tx.execute(spam)},
    }


def comment_stands(tx: Tx, comment_id: int) -> dict[str, Any]:
    """A comment without a case: its revision, whether it is spam, and whether this text was looked over."""
    row = tx.execute(select(comments.c.revision, comments.c.spam).where(comments.c.id == comment_id)).first()
    if row is None:
        return {"revision": 0, "spam": {}, "looked": None}
    mine = looked_over.c.comment_id == comment_id, looked_over.c.revision == row.revision
    looked = tx.execute(select(looked_over).where(*mine)).first()
    return {
        "revision": row.revision,
        "spam": {str(comment_id): bool(row.spam)},
        "looked": _plain(looked) if looked else None,
    }


# --- putting it back -------------------------------------------------------------------------------------------------


def case_again(tx: Tx, case_id: int, version: int, former: Mapping[str, Any]) -> None:
    """Puts back what a case's own row held, where that is in `former`; its version moves on in any case."""
    rows.change(tx, case_id, version, **_values({key: former[key] for key in OF_CASE if key in former}))


def claim_again(tx: Tx, case_id: int, after: Mapping[str, Any] | None, former: Mapping[str, Any] | None) -> bool:
    """Puts a claim back, if it is still as it was `after`; False when somebody was quicker."""
    if after is None:
        try:
            with tx.begin_nested():
                tx.execute(insert(claims).values(_values(former or {})))
        except IntegrityError:
            return False
        return True
    mine = claims.c.case_id == case_id, claims.c.person_id == after["person_id"]
    if former is None:
        return tx.execute(delete(claims).where(*mine)).rowcount == 1
    return tx.execute(update(claims).where(*mine).values(_values(former))).rowcount == 1


def snooze_again(tx: Tx, case_id: int, former: Mapping[str, Any] | None) -> None:
    tx.execute(delete(snoozes).where(snoozes.c.case_id == case_id))
    if former is not None:
        tx.execute(insert(snoozes).values(_values(former)))


def spam_again(tx: Tx, former: Mapping[str, bool]) -> None:
    for spam in (True, False):
        ids = [int(key) for key, value in former.items() if value is spam]
        if ids:
            tx.execute(update(comments).where(comments.c.id.in_(ids)).values(spam=spam))


def take_back(tx: Tx, escalation_id: int) -> int | None:
    """A question or a level that was not answered goes; returns the id of its words, None when it was answered."""
    gone = delete(escalations).where(escalations.c.id == escalation_id, escalations.c.answer_id.is_(None))
    return tx.execute(gone.returning(escalations.c.words_id)).scalar()


def unlook(tx: Tx, comment_id: int, revision: int) -> None:
    mine = looked_over.c.comment_id == comment_id, looked_over.c.revision == revision
    tx.execute(delete(looked_over).where(*mine))
