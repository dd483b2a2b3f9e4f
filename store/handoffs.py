"""Queries on texts that a person says to have posted, and what feeds show of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, insert, or_, select, update

from model.language import later
from store.db import Tx
from store.rows import record, records
from store.schema import comments, hand_offs, publications, response_versions, submissions, threads

WAITING, VERIFIED, DIFFERS = "waiting", "verified", "differs"
_MOST = 200
FORGOTTEN = later("What stood there is no longer kept.")


@dataclass(frozen=True, slots=True)
class HandOff:
    """A text and the address where a person says that it stands. `difference` is a sentence: what stands there instead,
    or where else it was found."""

    publication_id: int
    response_id: int
    source_id: int | None
    address: str
    thread_url: str
    parent_identity: str
    text: str
    at: datetime
    state: str
    difference: str
    compared_at: datetime | None


def _fields() -> Any:
    sent = and_(
        response_versions.c.response_id == submissions.c.response_id,
        response_versions.c.number == submissions.c.version_number,
    )
    return (
        select(hand_offs, publications.c.response_id, response_versions.c.text)
        .join(publications, publications.c.id == hand_offs.c.publication_id)
        .join(submissions, submissions.c.id == publications.c.submission_id)
        .join(response_versions, sent)
    )


# Asked at each read: made once.
_NOT_VERIFIED = (
    _fields()
    .where(hand_offs.c.state.in_((WAITING, DIFFERS)), hand_offs.c.at >= bindparam("since"))
    .order_by(hand_offs.c.at.desc())
    .limit(_MOST)
)


def add(tx: Tx, **values: Any) -> None:
    tx.execute(insert(hand_offs).values(**values, state=WAITING))


def get(tx: Tx, publication_id: int) -> HandOff | None:
    row = tx.execute(_fields().where(hand_offs.c.publication_id == publication_id)).first()
    return record(HandOff, row) if row else None


def not_verified(tx: Tx, since: datetime) -> list[HandOff]:
    """Those posted since a moment that no feed has shown as they were approved, the newest 200."""
    return records(HandOff, tx.execute(_NOT_VERIFIED, {"since": since}))


def of_publications(tx: Tx, publication_ids: Sequence[int]) -> dict[int, HandOff]:
    query = _fields().where(hand_offs.c.publication_id.in_(publication_ids))
    return {one.publication_id: one for one in records(HandOff, tx.execute(query))}


def settle(tx: Tx, publication_id: int, state: str, difference: str, now: datetime) -> None:
    mine = update(hand_offs).where(hand_offs.c.publication_id == publication_id)
    tx.execute(mine.values(state=state, difference=difference, compared_at=now))


def forget_differences(tx: Tx, comment_ids: Sequence[int]) -> None:
    """Takes away what was quoted of these comments; which of a thread stood at an address is not looked into."""
    places = select(comments.c.source_id, comments.c.url, comments.c.identity, threads.c.url.label("thread")).join(
        threads, threads.c.id == comments.c.thread_id
    )
    for source_id, url, identity, thread in tx.execute(places.where(comments.c.id.in_(comment_ids))).all():
        here = or_(
            hand_offs.c.thread_url == thread,
            hand_offs.c.parent_identity == identity,
            (hand_offs.c.address == url) & (url != ""),
        )
        mine = or_(hand_offs.c.source_id == source_id, hand_offs.c.address == url)
        tx.execute(update(hand_offs).where(mine, here, hand_offs.c.state == DIFFERS).values(difference=FORGOTTEN))
