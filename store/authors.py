"""Queries on who wrote a comment: what else they wrote at the source, how it ended, and what we answered.

An author is the source's own authenticated id where there is one, else a name within the source.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from store.comments import Comment, flagged_severity, our_answers, present
from store.db import Tx
from store.schema import case_comments, cases, comments, revisions, threads

COUNTED = 500
LOOKED_AT = 100
_REPLIES = 3
_FIRST_WORDS = 300


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier comment: its first words, how it stands there, and its newest case's outcome ('open' for one that is
    open, empty without one). `severity` is 0 where it was not flagged."""

    id: int
    identity: str
    at: datetime
    text: str
    thread_title: str
    status: str
    deleted_at: datetime | None
    erased_at: datetime | None
    outcome: str = ""
    severity: int = 0


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote a comment. `known` says that the source vouches for it; else it is only a name.

    `count` is of all comments, this one included, up to 500; `since` the moment of the first; `past` the newest hundred
    others; `replies` our three newest answers to those.
    """

    name: str
    known: bool
    count: int
    since: datetime | None
    past: tuple[Past, ...]
    replies: tuple[Comment, ...]


def of(tx: Tx, one: Comment) -> Author:
    """The author of a comment. Nobody is known by no name."""
    if not (one.author or one.author_id):
        return Author("", False, 1, None, (), ())
    theirs = _theirs(one)
    some = select(comments.c.id).where(theirs).limit(COUNTED).subquery()
    past = _past(tx, one, theirs)
    return Author(
        name=one.author,
        known=bool(one.author_id),
        count=int(tx.execute(select(func.count()).select_from(some)).scalar_one()),
        since=tx.execute(select(comments.c.at).where(theirs).order_by(comments.c.at).limit(1)).scalar(),
        past=past,
        replies=tuple(our_answers(tx, one.source_id, [each.identity for each in past], _REPLIES)),
    )


def _theirs(one: Comment) -> Any:
    here = comments.c.source_id == one.source_id
    if one.author_id:
        # Said twice, so that the index of authenticated authors is used, which holds no others.
        return and_(here, comments.c.author_id == one.author_id, comments.c.author_id != "")
    return and_(here, comments.c.author == one.author, comments.c.author_id == "")


def _past(tx: Tx, one: Comment, theirs: Any) -> tuple[Past, ...]:
    newest = (
        present()
        .with_only_columns(
            *(comments.c[name] for name in ("id", "identity", "at", "status", "deleted_at", "erased_at")),
            func.substr(revisions.c.text, 1, _FIRST_WORDS).label("text"),
            threads.c.title.label("thread_title"),
            flagged_severity().label("severity"),
        )
        .where(theirs, comments.c.id != one.id)
        .order_by(comments.c.at.desc(), comments.c.id.desc())
        .limit(LOOKED_AT)
    )
    rows = tx.execute(newest).all()
    query = (
        select(case_comments.c.comment_id, cases.c.state, cases.c.outcome)
        .join(cases, cases.c.id == case_comments.c.case_id)
        .where(case_comments.c.comment_id.in_([row.id for row in rows]))
        .order_by(cases.c.id)
    )
    ended = {row.comment_id: "open" if row.state == "open" else row.outcome for row in tx.execute(query)}
    return tuple(Past(**row._mapping, outcome=ended.get(row.id, "")) for row in rows)
