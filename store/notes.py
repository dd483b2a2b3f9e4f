"""Queries on notes and whom they name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, insert, select, update

from store.db import Tx
from store.rows import record, records
from store.schema import note_mentions, notes, people, words

SHOWN = 100
"""So many notes of a case are shown, the newest."""


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted on a case. `text` is empty when it was taken away or erased; of one that was taken away the
    words themselves go when that can be undone no more."""

    id: int
    case_id: int
    by: int
    by_name: str
    words_id: int
    text: str
    at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Mention:
    """Who is named where in a note; `start` below 0 when not in the words. `name` is the present one."""

    note_id: int
    start: int
    length: int
    person_id: int
    name: str


def _query() -> Any:
    shown = case((notes.c.deleted_at.is_(None), words.c.text), else_="").label("text")
    return (
        select(notes, people.c.name.label("by_name"), shown, words.c.erased_at)
        .join(people, people.c.id == notes.c.by)
        .join(words, words.c.id == notes.c.words_id)
    )


def get(tx: Tx, note_id: int) -> Note | None:
    row = tx.execute(_query().where(notes.c.id == note_id)).first()
    return record(Note, row) if row else None


def of_case(tx: Tx, case_id: int) -> list[Note]:
    """The newest notes of a case, oldest first."""
    newest = _query().where(notes.c.case_id == case_id).order_by(notes.c.id.desc()).limit(SHOWN)
    return records(Note, tx.execute(newest))[::-1]


def taken_away(tx: Tx, before: datetime, limit: int = 500) -> list[int]:
    """The notes that were taken away before then and whose words are still there."""
    query = select(notes.c.id).join(words, words.c.id == notes.c.words_id)
    left = query.where(notes.c.deleted_at < before, words.c.erased_at.is_(None))
    return list(tx.execute(left.limit(limit)).scalars())


def count(tx: Tx, case_id: int) -> int:
    """How many notes a case has, those that were taken away too."""
    return int(tx.execute(select(func.count()).where(notes.c.case_id == case_id)).scalar_one())


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(notes).values(**values).returning(notes.c.id)).scalar_one())


def change(tx: Tx, note_id: int, **values: Any) -> None:
    tx.execute(update(notes).where(notes.c.id == note_id).values(**values))


def name(tx: Tx, note_id: int, mentions: Mapping[int, tuple[int, int]]) -> None:
    """Says anew whom a note names: the person and the length of each place."""
    tx.execute(delete(note_mentions).where(note_mentions.c.note_id == note_id))
    if mentions:
        tx.execute(
            insert(note_mentions),
            [
                {"note_id": note_id, "start": start, "length": length, "person_id": person}
                for start, (length, person) in sorted(mentions.items())
            ],
        )


def mentions(tx: Tx, note_ids: Sequence[int]) -> list[Mention]:
    """Whom these notes name, in the order of the words."""
    query = (
        select(note_mentions, people.c.name)
        .join(people, people.c.id == note_mentions.c.person_id)
        .where(note_mentions.c.note_id.in_(list(note_ids)))
        .order_by(note_mentions.c.note_id, note_mentions.c.start)
    )
    return records(Mention, tx.execute(query.limit(SHOWN * 20)))


def named(tx: Tx, note_id: int, person_id: int) -> bool:
    """Whether a note that stands names this person."""
    query = (
        select(note_mentions.c.note_id)
        .join(notes, notes.c.id == note_mentions.c.note_id)
        .where(notes.c.id == note_id, notes.c.deleted_at.is_(None), note_mentions.c.person_id == person_id)
    )
    return tx.execute(query.limit(1)).first() is not None
