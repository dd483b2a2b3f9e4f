"""Queries on several cases, or comments without one, at once: what one decision on all of them reads and changes.

A few statements for any number of them, so that nobody waits long for whoever decides on many.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from model.words import Action, ResponseState
from store import rollups
from store.bulk import add_rows
from store.cases import Case, Claim
from store.comments import Comment, present
from store.db import Tx
from store.keys import Keys
from store.rows import parted, record
from store.schema import case_comments, cases, claims, comments, looked_over, people, responses, snoozes, words


def cases_by_id(tx: Tx, case_ids: Sequence[int]) -> dict[int, Case]:
    """Those of the cases that are there."""
    rows = (row for part in parted(case_ids) for row in tx.execute(select(cases).where(cases.c.id.in_(part))))
    return {row.id: record(Case, row) for row in rows}


def comments_by_id(tx: Tx, comment_ids: Sequence[int]) -> dict[int, Comment]:
    """Those of the comments that are there."""
    rows = (row for part in parted(comment_ids) for row in tx.execute(present().where(comments.c.id.in_(part))))
    return {row.id: record(Comment, row) for row in rows}


def sizes(tx: Tx, case_ids: Sequence[int]) -> dict[int, int]:
    """How many comments joined each case."""
    query = select(case_comments.c.case_id, func.count()).where(case_comments.c.case_id.in_(list(case_ids)))
    return {int(row[0]): int(row[1]) for row in tx.execute(query.group_by(case_comments.c.case_id))}


def claims_of(tx: Tx, case_ids: Sequence[int], now: datetime) -> dict[int, Claim]:
    """Who has each of the cases now."""
    query = select(claims, people.c.name).join(people, people.c.id == claims.c.person_id)
    mine = query.where(claims.c.case_id.in_(list(case_ids)), claims.c.expires_at > now)
    return {row.case_id: record(Claim, row) for row in tx.execute(mine)}


def with_reply_in(tx: Tx, case_ids: Sequence[int], states: Collection[ResponseState]) -> set[int]:
    """Those of the cases whose reply is in one of these states."""
    mine = responses.c.case_id.in_(list(case_ids)), responses.c.action == Action.REPLY, responses.c.state.in_(states)
    return {int(one) for one in tx.execute(select(responses.c.case_id).where(*mine).distinct()).scalars()}


def say_each(tx: Tx, keys: Keys, text: str, count: int, *, by: int, at: datetime) -> tuple[list[int], str]:
    """Stores a reason once for each of several cases, as each is erased by itself; their ids and the keyed hash."""
    digest = keys.keyed_hash("words", text)
    row = {"kind": "reason", "text": text, "keyed_hash": digest, "by": by, "at": at}
    made = insert(words).returning(words.c.id, sort_by_parameter_order=True)
    return [int(one) for one in tx.execute(made, [row] * count).scalars()], digest


def claim(tx: Tx, case_ids: Sequence[int], person_id: int, now: datetime, expires_at: datetime) -> None:
    """Takes cases that nobody else has, and prolongs one's own claims."""
    mine = claims.c.case_id.in_(list(case_ids)), claims.c.person_id == person_id, claims.c.expires_at > now
    longer = update(claims).where(*mine).values(expires_at=expires_at)
    kept = set(tx.execute(longer.returning(claims.c.case_id)).scalars())
    fresh = [one for one in case_ids if one not in kept]
    release(tx, fresh)  # a claim that is over leaves its row
    add_rows(
        tx,
        claims,
        [{"case_id": one, "person_id": person_id, "since": now, "expires_at": expires_at} for one in fresh],
    )


def release(tx: Tx, case_ids: Sequence[int]) -> None:
    """Ends all claims on these."""
    tx.execute(delete(claims).where(claims.c.case_id.in_(list(case_ids))))


def snooze(tx: Tx, case_ids: Sequence[int], until: datetime, *, by: int, at: datetime) -> None:
    """Puts cases off, in place of what was said before."""
    put_back(tx, "snooze", {one: {"until": until, "by": by, "at": at} for one in case_ids})


def put_back(tx: Tx, what: str, former: Mapping[int, Mapping[str, Any] | None]) -> None:
    """What each case shall have as its 'claim' or its 'snooze', in place of what it has; None: nothing."""
    table = {"claim": claims, "snooze": snoozes}[what]
    tx.execute(delete(table).where(table.c.case_id.in_(list(former))))
    add_rows(tx, table, [{**values, "case_id": one} for one, values in former.items() if values is not None])


def mark(tx: Tx, comment_ids: Sequence[int], *, spam: bool) -> None:
    for part in parted(comment_ids):
        with rollups.recounted(tx, part):
            tx.execute(update(comments).where(comments.c.id.in_(part)).values(spam=spam))


def looked_over_by_anybody(tx: Tx, seen: Mapping[int, int]) -> set[int]:
    """Those of the comments (each with the revision it is at) that somebody has looked over."""
    query = select(looked_over.c.comment_id, looked_over.c.revision).where(looked_over.c.comment_id.in_(list(seen)))
    return {int(row[0]) for row in tx.execute(query) if seen[row[0]] == row[1]}


def look_over(tx: Tx, seen: Mapping[int, int], found: str, *, by: int, at: datetime) -> None:
    """Marks these texts (revisions by comment) as looked at."""
    rows = [{"comment_id": one, "revision": number, "found": found, "by": by, "at": at} for one, number in seen.items()]
    add_rows(tx, looked_over, rows)


def unlook(tx: Tx, seen: Mapping[int, int]) -> None:
    """They were not looked at after all."""
    for comment_id, number in seen.items():
        mine = looked_over.c.comment_id == comment_id, looked_over.c.revision == number
        tx.execute(delete(looked_over).where(*mine))
