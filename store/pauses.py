"""Queries on pauses of all publishing, and on what waits for the end of one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, insert, select, update

from model.words import Channel, ModerationState, PublicationState
from store.db import Tx
from store.schema import moderations, pauses, people, publications, responses, submissions, words

MOST = 1000
_ON_ITS_WAY = (PublicationState.SCHEDULED, PublicationState.HAND_OFF)


@dataclass(frozen=True, slots=True)
class Pause:
    """From when until when nothing is published, by whom, and why; what goes out all the same: responses by number,
    channels, and (`moderates`) what is done to comments. `ended_at`: somebody ended it early."""

    id: int
    by: int
    name: str
    reason: str
    begun_at: datetime
    until: datetime
    ended_at: datetime | None
    responses: tuple[int, ...]
    channels: tuple[Channel, ...]
    moderates: bool

    def lasts(self, now: datetime) -> bool:
        return self.ended_at is None and now < self.until

    def exempts(self, response_id: int, channel: Channel, moderates: bool = False) -> bool:
        """Whether something goes out all the same: a response to a channel, or (`moderates`) what it does to a
        comment there."""
        return response_id in self.responses or channel in self.channels or (moderates and self.moderates)


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(pauses).values(**values).returning(pauses.c.id)).scalar_one())


def get(tx: Tx, pause_id: int) -> Pause | None:
    row = tx.execute(_all().where(pauses.c.id == pause_id)).first()
    return _pause(row) if row else None


def lasting(tx: Tx, now: datetime) -> Pause | None:
    """The pause that is on, None when there is none."""
    on = _all().where(pauses.c.until > now, pauses.c.ended_at.is_(None))
    row = tx.execute(on.order_by(pauses.c.until.desc()).limit(1)).first()
    return _pause(row) if row else None


def newest(tx: Tx, limit: int = 10) -> list[Pause]:
    """The last pauses, newest first."""
    return [_pause(row) for row in tx.execute(_all().order_by(pauses.c.id.desc()).limit(limit))]


def _all() -> Select[Any]:
    return (
        select(pauses, people.c.name, words.c.text)
        .join(people, people.c.id == pauses.c.by)
        .join(words, words.c.id == pauses.c.words_id)
    )


def _pause(row: Row[Any]) -> Pause:
    return Pause(
        row.id,
        row.by,
        row.name,
        row.text,
        row.begun_at,
        row.until,
        row.ended_at,
        tuple(row.responses),
        tuple(Channel(one) for one in row.channels),
        row.moderates,
    )


def end(tx: Tx, pause_id: int, by: int, now: datetime) -> bool:
    """Ends a pause that is on; False when it is over already."""
    on = update(pauses).where(pauses.c.id == pause_id, pauses.c.ended_at.is_(None), pauses.c.until > now)
    return tx.execute(on.values(ended_at=now, ended_by=by)).rowcount == 1


def release(tx: Tx, pause_id: int, now: datetime) -> int:
    """What waits for the end of a pause is due now; returns how much that is."""
    due = {"not_before": now, "pause_id": None, "problem": ""}
    out = update(publications).where(
        publications.c.pause_id == pause_id, publications.c.state == PublicationState.SCHEDULED
    )
    done = update(moderations).where(
        moderations.c.pause_id == pause_id, moderations.c.state == ModerationState.SCHEDULED
    )
    return int(tx.execute(out.values(due)).rowcount + tx.execute(done.values(due)).rowcount)


def waiting(tx: Tx, pause_id: int) -> int:
    """How much waits for the end of a pause, as far as that is counted."""
    count = 0
    for table, scheduled in ((publications, PublicationState.SCHEDULED), (moderations, ModerationState.SCHEDULED)):
        some = select(table.c.id).where(table.c.pause_id == pause_id, table.c.state == scheduled).limit(MOST).subquery()
        count += int(tx.execute(select(func.count()).select_from(some)).scalar_one())
    return min(count, MOST)


def on_their_way(tx: Tx) -> list[tuple[int, int, Channel]]:
    """What is approved and has not gone out: its author, the response and the channel; the thousand oldest."""
    query = (
        select(responses.c.author_id, responses.c.id, publications.c.target)
        .join(publications, publications.c.response_id == responses.c.id)
        .join(submissions, submissions.c.id == publications.c.submission_id)
        .where(publications.c.state.in_(_ON_ITS_WAY), submissions.c.ended_at.is_(None))
    )
    rows = tx.execute(query.order_by(publications.c.id).limit(MOST))
    return [(row.author_id, row.id, Channel(row.target["channel"])) for row in rows]
