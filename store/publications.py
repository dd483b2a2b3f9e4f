"""Queries on publications and their attempts, and on what the gate has to know."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from model.content import Target
from model.words import Channel, PublicationState
from store.db import Tx
from store.rows import record
from store.schema import facts, publication_attempts, publications


@dataclass(frozen=True, slots=True)
class Publication:
    """One target of an approved response. `problem` is for people, empty when all is well."""

    id: int
    submission_id: int
    response_id: int
    source_id: int | None
    comment_id: int | None
    target: Target
    content_hash: str
    state: PublicationState
    not_before: datetime
    released_at: datetime | None
    attempt: int
    fence: int
    external_id: str
    url: str
    published_at: datetime | None
    problem: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try; without `ended_at` nobody knows how it ended."""

    id: int
    publication_id: int
    number: int
    fence: int
    at: datetime
    ended_at: datetime | None
    outcome: str
    detail: str


def add(tx: Tx, *, target: Target, **values: Any) -> int:
    own = {"target": asdict(target), "source_id": target.source_id, "comment_id": target.comment_id}
    return int(tx.execute(insert(publications).values(**values, **own).returning(publications.c.id)).scalar_one())


def get(tx: Tx, publication_id: int) -> Publication | None:
    row = tx.execute(select(publications).where(publications.c.id == publication_id)).first()
    return _publication(row) if row else None


def of_submission(tx: Tx, submission_id: int) -> list[Publication]:
    query = select(publications).where(publications.c.submission_id == submission_id).order_by(publications.c.id)
    return [_publication(row) for row in tx.execute(query)]


def of_response(tx: Tx, response_id: int) -> list[Publication]:
    """All publications of a response, oldest first."""
    query = select(publications).where(publications.c.response_id == response_id).order_by(publications.c.id)
    return [_publication(row) for row in tx.execute(query)]


def published_answers(tx: Tx, comment_id: int, other_than_response: int) -> list[Publication]:
    """Published answers to one comment that belong to another response, the ten newest."""
    query = select(publications).where(
        publications.c.comment_id == comment_id,
        publications.c.response_id != other_than_response,
        publications.c.state == PublicationState.PUBLISHED,
    )
    return [_publication(row) for row in tx.execute(query.order_by(publications.c.id.desc()).limit(10))]


def _publication(row: Any) -> Publication:
    target = Target(**{**row.target, "channel": Channel(row.target["channel"])})
    values = {**row._mapping, "target": target, "state": PublicationState(row.state)}
    return Publication(**{name: values[name] for name in Publication.__dataclass_fields__})


def move(
    tx: Tx, publication_id: int, seen: PublicationState, to: PublicationState, now: datetime, **values: Any
) -> bool:
    """Changes the state if it is still the one that was seen; False when somebody else was first."""
    mine = update(publications).where(publications.c.id == publication_id, publications.c.state == seen)
    return tx.execute(mine.values(state=to, changed_at=now, **values)).rowcount == 1


def begin_attempt(tx: Tx, publication_id: int, number: int, fence: int, now: datetime) -> int:
    """The intent: written and committed before the call. Raises IntegrityError when this number was used."""
    values = {"publication_id": publication_id, "number": number, "fence": fence, "at": now}
    made = tx.execute(insert(publication_attempts).values(values).returning(publication_attempts.c.id))
    return int(made.scalar_one())


def end_attempt(tx: Tx, attempt_id: int, outcome: str, detail: str, now: datetime) -> None:
    mine = update(publication_attempts).where(publication_attempts.c.id == attempt_id)
    tx.execute(mine.values(outcome=outcome, detail=detail[:2000], ended_at=now))


def open_attempt(tx: Tx, publication_id: int) -> Attempt | None:
    """The attempt whose end nobody recorded."""
    query = select(publication_attempts).where(
        publication_attempts.c.publication_id == publication_id, publication_attempts.c.ended_at.is_(None)
    )
    row = tx.execute(query.order_by(publication_attempts.c.number.desc()).limit(1)).first()
    return record(Attempt, row) if row else None


def pause(tx: Tx) -> dict[str, Any]:
    """The pause on all publishing: empty, or its 'reason' and 'until' (ISO 8601)."""
    value = tx.execute(select(facts.c.value).where(facts.c.name == "pause")).scalar()
    return value or {}
