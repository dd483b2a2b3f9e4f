"""Queries on authors at different sources of whom somebody here said that they are one person.

Nothing is guessed: a row is a person's word. The names are read from the comments by which it was said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, or_, select, union_all

from store import own_key
from store.comments import Comment
from store.db import Tx
from store.keys import Keys
from store.rows import records
from store.schema import comments, people, same_people, sources

MOST = 20
"""So many others one author may be."""
_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Same:
    """That an author is the same person as another one, called `author` at a source; said by somebody, and when."""

    id: int
    comment_id: int
    author: str
    source_id: int
    source: str
    by_name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Other:
    """Somebody who wrote at another source, by a comment of theirs. `known`: the source vouches for who they are."""

    comment_id: int
    author: str
    known: bool
    source: str


def account(keys: Keys, one: Comment) -> str:
    """What finds an author again: the source's own id where there is one, else the name, within the source."""
    who = f"id {one.author_id}" if one.author_id else f"name {one.author}"
    return keys.keyed_hash("author", f"{one.source_id} {who}")


def add(tx: Tx, keys: Keys, one: Comment, other: Comment, by: int, at: datetime) -> int:
    """Keeps that both authors are one, the same row whichever of them is named first; returns its id.

    Raises IntegrityError where it is kept already, KeyMissing with another key than the database's own.
    """
    own_key.require(tx, keys)
    (mine, first), (theirs, second) = sorted([(account(keys, one), one.id), (account(keys, other), other.id)])
    values = {"comment_id": first, "other_id": second, "account": mine, "other_account": theirs, "by": by, "at": at}
    return int(tx.execute(insert(same_people).values(values).returning(same_people.c.id)).scalar_one())


def of(tx: Tx, keys: Keys, one: Comment) -> list[Same]:
    """Who else the author of a comment is, in the order in which it was said; at most twenty."""
    if not (one.author or one.author_id):
        return []
    mine = account(keys, one)
    query = union_all(
        _seen(same_people.c.account == mine, same_people.c.other_id),
        _seen(same_people.c.other_account == mine, same_people.c.comment_id),
    )
    return records(Same, tx.execute(query.order_by("id").limit(MOST)))


def _seen(mine: Any, other_id: Any) -> Any:
    return (
        select(
            same_people.c.id.label("id"),
            comments.c.id.label("comment_id"),
            comments.c.author,
            comments.c.source_id,
            sources.c.name.label("source"),
            people.c.name.label("by_name"),
            same_people.c.at,
        )
        .join(comments, comments.c.id == other_id)
        .join(sources, sources.c.id == comments.c.source_id)
        .join(people, people.c.id == same_people.c.by)
        .where(mine)
    )


def take_away(tx: Tx, same_id: int) -> bool:
    """What was said is said no more; False when that was so already."""
    return tx.execute(delete(same_people).where(same_people.c.id == same_id)).rowcount == 1


def forget(tx: Tx, comment_ids: Sequence[int]) -> None:
    """The words of these comments go, and what was said by them of their authors."""
    theirs = or_(same_people.c.comment_id.in_(comment_ids), same_people.c.other_id.in_(comment_ids))
    tx.execute(delete(same_people).where(theirs))


def named_alike(tx: Tx, one: Comment) -> list[Other]:
    """Authors of exactly this name at other sources: among their newest comments, one each, at most twenty."""
    if not one.author:
        return []
    elsewhere = select(sources.c.id).where(sources.c.id != one.source_id)
    there = comments.c.source_id.in_(list(tx.execute(elsewhere.limit(_LOOKED_AT)).scalars()))
    return _each(tx, select(comments.c.id).where(there, comments.c.author == one.author).limit(_LOOKED_AT))


def writers(tx: Tx, one: Comment, comment_ids: Sequence[int]) -> list[Other]:
    """Who wrote these comments, one each, at most twenty; not those of the source of `one`."""
    here = comments.c.id.in_(comment_ids), comments.c.source_id != one.source_id
    return _each(tx, select(comments.c.id).where(*here))


def _each(tx: Tx, ids: Any) -> list[Other]:
    query = (
        select(comments.c.id, comments.c.author, comments.c.author_id, comments.c.source_id, sources.c.name)
        .join(sources, sources.c.id == comments.c.source_id)
        .where(comments.c.id.in_(ids), comments.c.author != "", ~comments.c.ours)
        .order_by(comments.c.id.desc())
    )
    found: dict[tuple[int, str], Other] = {}
    for row in tx.execute(query):
        who = (row.source_id, row.author_id or f" {row.author}")
        found.setdefault(who, Other(row.id, row.author, bool(row.author_id), row.name))
    return list(found.values())[:MOST]
