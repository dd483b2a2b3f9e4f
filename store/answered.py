"""Queries on comments that were answered, and the answers as they were approved."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select

from model.words import Action, PublicationState
from store.comments import flagged_severity
from store.db import Tx
from store.rows import records
from store.schema import comments, publications, response_versions, revisions, submissions

NEWEST = 400
"""So many of the newest published answers are looked through."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A comment and the answer to it that was published. `severity` is 0 where the comment was not flagged."""

    response_id: int
    submission_id: int
    comment_id: int
    author: str
    asked: str
    answer: str
    at: datetime
    url: str
    severity: int


def newest(tx: Tx, comment_id: int) -> list[Answered]:
    """The newest published answers to other comments than this one, none whose words were erased; newest first."""
    sent = and_(
        response_versions.c.response_id == submissions.c.response_id,
        response_versions.c.number == submissions.c.version_number,
    )
    present = and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision)
    query = (
        select(
            publications.c.response_id,
            publications.c.submission_id,
            publications.c.comment_id,
            comments.c.author,
            revisions.c.text.label("asked"),
            response_versions.c.text.label("answer"),
            publications.c.published_at.label("at"),
            publications.c.url,
            flagged_severity().label("severity"),
        )
        .join(comments, comments.c.id == publications.c.comment_id)
        .join(revisions, present)
        .join(submissions, submissions.c.id == publications.c.submission_id)
        .join(response_versions, sent)
        .where(
            publications.c.state == PublicationState.PUBLISHED,
            publications.c.comment_id != comment_id,
            response_versions.c.action == Action.REPLY,
            comments.c.erased_at.is_(None),
        )
        .order_by(publications.c.id.desc())
        .limit(NEWEST)
    )
    return records(Answered, tx.execute(query))
