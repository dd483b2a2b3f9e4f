"""Queries on our own people at a source: who they are by its authenticated ids, and what they wrote there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, and_, delete, exists, func, insert, or_, select, update

from store import rollups
from store.db import Tx
from store.rows import record, records
from store.schema import answered_there, case_comments, cases, comments, our_people, people, publications

MOST = 100


@dataclass(frozen=True, slots=True)
class OneOfUs:
    """An authenticated author of a source who is one of us, by the administrator's word."""

    source_id: int
    author_id: str
    name: str
    person_id: int | None


@dataclass(frozen=True, slots=True)
class Author:
    """An authenticated author seen at a source: the newest name there, how many comments, and who of us that is."""

    author_id: str
    author: str
    comments: int
    ours: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """A comment of ours on the source itself that answers a comment of a case."""

    case_id: int
    comment_id: int
    name: str
    url: str
    at: datetime


def of_source(tx: Tx, source_id: int) -> dict[str, OneOfUs]:
    """Our people at a source by the source's own ids, at most a hundred."""
    rows = tx.execute(select(our_people).where(our_people.c.source_id == source_id).limit(MOST))
    return {row.author_id: record(OneOfUs, row) for row in rows}


def keep(tx: Tx, source_id: int, author_id: str, *, name: str, person_id: int | None, by: int, at: datetime) -> None:
    """Says who an author is, in place of what was said before."""
    forget(tx, source_id, author_id)
    values = {"source_id": source_id, "author_id": author_id, "name": name, "person_id": person_id, "by": by, "at": at}
    tx.execute(insert(our_people).values(values))


def forget(tx: Tx, source_id: int, author_id: str) -> bool:
    """The author is none of us any more; False when that was so already."""
    gone = delete(our_people).where(our_people.c.source_id == source_id, our_people.c.author_id == author_id)
    return tx.execute(gone).rowcount == 1


def authors(tx: Tx, source_id: int) -> list[Author]:
    """The authenticated authors seen at a source, those with the most comments first, at most a hundred."""
    # The index that this walks holds only comments whose author the source has authenticated: those are few.
    seen = (
        select(comments.c.author_id, func.count().label("comments"), func.max(comments.c.id).label("newest"))
        .where(comments.c.source_id == source_id, comments.c.author_id != "")
        .group_by(comments.c.author_id)
        .order_by(func.count().desc(), comments.c.author_id)
        .limit(MOST)
        .subquery()
    )
    mine = and_(our_people.c.source_id == source_id, our_people.c.author_id == seen.c.author_id)
    query = (
        select(seen.c.author_id, seen.c.comments, comments.c.author, our_people.c.name.label("ours"))
        .join(comments, comments.c.id == seen.c.newest)
        .outerjoin(our_people, mine)
        .order_by(seen.c.comments.desc(), seen.c.author_id)
    )
    return records(Author, tx.execute(query))


def has_written(tx: Tx, source_id: int, author_id: str) -> bool:
    """Whether a comment by this authenticated author was seen at a source."""
    query = select(comments.c.id).where(comments.c.source_id == source_id, comments.c.author_id == author_id)
    return tx.execute(query.limit(1)).first() is not None


def to_mark(tx: Tx, source_id: int, author_id: str, *, ours: bool, limit: int) -> list[tuple[int, str, int]]:
    """Comments of an author that are not marked as they should be: id, identity of the parent, revision.

    What was published from here is ours whoever the author is, so it is never among those to be no longer ours.
    """
    query = select(comments.c.id, comments.c.parent_identity, comments.c.revision).where(
        comments.c.source_id == source_id,
        comments.c.author_id == author_id,
        comments.c.author_id != "",
        comments.c.ours != ours,
    )
    if not ours:
        query = query.where(~_published())
    return [tuple(row) for row in tx.execute(query.order_by(comments.c.id).limit(limit))]


def mark(tx: Tx, comment_ids: Sequence[int]) -> None:
    """These are ours: nothing of them needs a person."""
    mine = update(comments).where(comments.c.id.in_(comment_ids))
    with rollups.recounted(tx, comment_ids):
        tx.execute(mine.values(ours=True, flagged=False, spam=False))


def _published() -> Exists:
    """Whether one of our publications became the comment."""
    return exists().where(
        publications.c.source_id == comments.c.source_id,
        or_(publications.c.external_id == comments.c.identity, publications.c.second_id == comments.c.identity),
    )


# --- answers on the source itself ------------------------------------------------------------------------------------


def open_cases(tx: Tx, source_id: int, identities: Iterable[str]) -> dict[str, int]:
    """The open case that each of these comments belongs to, by the comment's identity."""
    query = (
        select(comments.c.identity, func.max(cases.c.id))
        .join(case_comments, case_comments.c.comment_id == comments.c.id)
        .join(cases, cases.c.id == case_comments.c.case_id)
        .where(comments.c.source_id == source_id, comments.c.identity.in_(list(identities)), cases.c.state == "open")
        .group_by(comments.c.identity)
    )
    return {row[0]: int(row[1]) for row in tx.execute(query)}


def add_answer(tx: Tx, case_id: int, comment_id: int, at: datetime) -> bool:
    """Marks a case as answered there by a comment; False when it was marked so already."""
    there = select(answered_there.c.case_id).where(
        answered_there.c.case_id == case_id, answered_there.c.comment_id == comment_id
    )
    if tx.execute(there).first():
        return False
    tx.execute(insert(answered_there).values(case_id=case_id, comment_id=comment_id, at=at))
    return True


def forget_answers(tx: Tx, comment_ids: Sequence[int]) -> None:
    """These comments answer for nobody of ours (any more)."""
    tx.execute(delete(answered_there).where(answered_there.c.comment_id.in_(comment_ids)))


def answers_of(tx: Tx, case_ids: Sequence[int]) -> dict[int, list[Answer]]:
    """Who of us has answered on the source itself, oldest first; what was published from here is no such answer.

    At most five hundred for all of the cases together.
    """
    mine = and_(our_people.c.source_id == comments.c.source_id, our_people.c.author_id == comments.c.author_id)
    query = (
        select(
            answered_there.c.case_id,
            answered_there.c.comment_id,
            func.coalesce(people.c.name, our_people.c.name, comments.c.author).label("name"),
            comments.c.url,
            comments.c.at,
        )
        .join(comments, comments.c.id == answered_there.c.comment_id)
        .outerjoin(our_people, mine)
        .outerjoin(people, people.c.id == our_people.c.person_id)
        .where(answered_there.c.case_id.in_(list(case_ids)), ~_published(), comments.c.deleted_at.is_(None))
        .order_by(comments.c.at, comments.c.id)
        .limit(500)
    )
    found: dict[int, list[Answer]] = {}
    for row in tx.execute(query):
        found.setdefault(row.case_id, []).append(record(Answer, row))
    return found
