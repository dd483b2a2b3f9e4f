"""Queries on what stands on a source now: statuses, deletions, and which comments are worth asking about again."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import and_, or_, select, text

from model.comment import BINNED
from store.db import Tx
from store.rows import record
from store.schema import case_comments, cases, comments

_HELD = text("comments.status = 'hold'")  # as the index has it, which serves no parameter


@dataclass(frozen=True, slots=True)
class Standing:
    """A comment as it was last seen to stand on its source. `status` is empty where the source never said."""

    id: int
    identity: str
    thread_id: int
    status: str
    author_id: str
    deleted_at: datetime | None
    ours: bool
    revision: int


def of(tx: Tx, source_id: int, identities: Sequence[str]) -> dict[str, Standing]:
    """Those of the identities that are known and were not erased, by identity."""
    query = select(*(comments.c[field.name] for field in fields(Standing)))
    there = comments.c.erased_at.is_(None)
    found: dict[str, Standing] = {}
    for start in range(0, len(identities), 500):
        part = identities[start : start + 500]
        rows = tx.execute(query.where(comments.c.source_id == source_id, comments.c.identity.in_(part), there))
        found.update((row.identity, record(Standing, row)) for row in rows)
    return found


def newest(tx: Tx, source_id: int, limit: int) -> list[str]:
    """The identities of the newest comments that are not known to be deleted."""
    query = select(comments.c.identity).where(
        comments.c.source_id == source_id, comments.c.deleted_at.is_(None), comments.c.erased_at.is_(None)
    )
    return list(tx.execute(query.order_by(comments.c.at.desc()).limit(limit)).scalars())


def concerned(tx: Tx, source_id: int, closed_since: datetime, after: int, limit: int) -> list[tuple[int, str]]:
    """Ids and identities, by id from the one behind `after`, of the comments that somebody here cares about: those of
    open cases and of cases closed since a moment, and those on hold.

    What is deleted for good is left out, what lies in the bin may come back.
    """
    mine = and_(
        comments.c.source_id == source_id,
        comments.c.id > after,
        comments.c.erased_at.is_(None),
        or_(comments.c.deleted_at.is_(None), comments.c.status.in_(BINNED)),
    )
    there = select(comments.c.id, comments.c.identity).where(mine)
    of_cases = there.join(case_comments, case_comments.c.comment_id == comments.c.id).join(
        cases, cases.c.id == case_comments.c.case_id
    )
    closed = and_(cases.c.state == "closed", cases.c.closed_at >= closed_since)
    found: dict[int, str] = {}
    for query in (of_cases.where(cases.c.state == "open"), of_cases.where(closed), there.where(_HELD)):
        found.update(
            (row.id, row.identity) for row in tx.execute(query.distinct().order_by(comments.c.id).limit(limit))
        )
    return sorted(found.items())[:limit]
