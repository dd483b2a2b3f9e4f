"""Queries on what is typed into responses before it is sent: the text in hand, what was kept aside, and its history."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from store.db import Tx
from store.rows import record, records
from store.schema import draft_saves

KEPT = 60
"""So many saves of one response are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What one tab typed, from `begun_at` to `at`. `aside`: it could not become the text of the response."""

    id: int
    response_id: int
    seq: int
    person_id: int
    tab: str
    text: str
    begun_at: datetime
    at: datetime
    aside: bool
    settled_at: datetime | None


_mine = draft_saves.c.response_id


def newest(tx: Tx, response_id: int) -> Saved | None:
    """The save that is the text of a response, if any was made since it was begun."""
    query = select(draft_saves).where(_mine == response_id, draft_saves.c.aside.is_(False))
    row = tx.execute(query.order_by(draft_saves.c.seq.desc()).limit(1)).first()
    return record(Saved, row) if row else None


def history(tx: Tx, response_id: int) -> list[Saved]:
    """All that is kept of a response, newest first."""
    query = select(draft_saves).where(_mine == response_id).order_by(draft_saves.c.seq.desc()).limit(KEPT)
    return records(Saved, tx.execute(query))


def aside(tx: Tx, response_id: int) -> list[Saved]:
    """What was kept aside and nobody has looked at yet, newest first."""
    query = select(draft_saves).where(
        _mine == response_id, draft_saves.c.aside.is_(True), draft_saves.c.settled_at.is_(None)
    )
    return records(Saved, tx.execute(query.order_by(draft_saves.c.seq.desc()).limit(KEPT)))


def _next(tx: Tx, response_id: int) -> int:
    return (
        int(tx.execute(select(func.coalesce(func.max(draft_saves.c.seq), 0)).where(_mine == response_id)).scalar() or 0)
        + 1
    )


def add(tx: Tx, response_id: int, person_id: int, tab: str, text: str, at: datetime, *, aside: bool) -> int:
    """A save of its own; returns its number. The oldest of what needs no look any more goes."""
    seq = _next(tx, response_id)
    values = {"response_id": response_id, "seq": seq, "person_id": person_id, "tab": tab, "text": text, "aside": aside}
    tx.execute(insert(draft_saves).values(**values, begun_at=at, at=at))
    oldest = select(draft_saves.c.id).where(_mine == response_id).order_by(draft_saves.c.seq.desc()).offset(KEPT)
    tx.execute(delete(draft_saves).where(draft_saves.c.id.in_(oldest.limit(KEPT))))
    return seq


def go_on(tx: Tx, saved: Saved, text: str, at: datetime) -> int:
    """The same tab goes on writing: its save has this text from now on, and a new number."""
    seq = _next(tx, saved.response_id)
    tx.execute(update(draft_saves).where(draft_saves.c.id == saved.id).values(text=text, at=at, seq=seq))
    return seq


def settle(tx: Tx, response_id: int, now: datetime, *, save_id: int | None = None, tab: str | None = None) -> int:
    """What was kept aside by a tab (or one save) needs no look any more; it stays in the history. Returns how many."""
    which = draft_saves.c.id == save_id if save_id is not None else draft_saves.c.tab == tab
    open_ones = (_mine == response_id, draft_saves.c.aside.is_(True), draft_saves.c.settled_at.is_(None))
    return tx.execute(update(draft_saves).where(*open_ones, which).values(settled_at=now)).rowcount
