"""Queries on moderations: what approved responses do to comments on their source."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from model.words import Action, ModerationState, ResponseState
from store import audit
from store.db import Tx
from store.publications import AFTER_A_RESTORE
from store.schema import moderations, response_targets, response_versions, responses

WAITING = (ModerationState.SCHEDULED, ModerationState.DOING)


@dataclass(frozen=True, slots=True)
class Moderation:
    """What is done to one comment. `status_before` is the source's own word when it was approved. `written_at` is when
    a request to change it may first have left for the source; None: none has. `pause_id` is set while it waits for the
    end of a pause. `problem` is for people, empty when all
    is well."""

    id: int
    submission_id: int
    response_id: int
    source_id: int
    comment_id: int
    action: Action
    status_before: str
    content_hash: str
    state: ModerationState
    not_before: datetime
    attempts: int
    written_at: datetime | None
    by: int
    problem: str
    done_at: datetime | None
    changed_at: datetime
    pause_id: int | None = None


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(moderations).values(**values).returning(moderations.c.id)).scalar_one())


def _moderation(row: Any) -> Moderation:
    values = {**row._mapping, "action": Action(row.action), "state": ModerationState(row.state)}
    return Moderation(**{name: values[name] for name in Moderation.__dataclass_fields__})


def get(tx: Tx, moderation_id: int) -> Moderation | None:
    row = tx.execute(select(moderations).where(moderations.c.id == moderation_id)).first()
    return _moderation(row) if row else None


def of_submission(tx: Tx, submission_id: int) -> list[Moderation]:
    query = select(moderations).where(moderations.c.submission_id == submission_id).order_by(moderations.c.id)
    return [_moderation(row) for row in tx.execute(query)]


def of_responses(tx: Tx, response_ids: Sequence[int]) -> list[Moderation]:
    """The moderations of some responses, oldest first, at most the newest two hundred."""
    query = select(moderations).where(moderations.c.response_id.in_(list(response_ids)))
    newest = [_moderation(row) for row in tx.execute(query.order_by(moderations.c.id.desc()).limit(200))]
    return newest[::-1]


def move(tx: Tx, moderation_id: int, seen: ModerationState, to: ModerationState, now: datetime, **values: Any) -> bool:
    """Changes the state if it is still the one that was seen; False when somebody else was first."""
    mine = update(moderations).where(moderations.c.id == moderation_id, moderations.c.state == seen)
    return tx.execute(mine.values(state=to, changed_at=now, **values)).rowcount == 1


def overdue(tx: Tx, now: datetime, doing_since: datetime, limit: int = 100) -> list[Moderation]:
    """What should be done by now: scheduled ones, and those that somebody began before a moment and did not end."""
    due = (moderations.c.state == ModerationState.SCHEDULED) & (moderations.c.not_before <= now)
    left = (moderations.c.state == ModerationState.DOING) & (moderations.c.changed_at < doing_since)
    query = select(moderations).where(moderations.c.state.in_(WAITING), due | left)
    return [_moderation(row) for row in tx.execute(query.order_by(moderations.c.not_before).limit(limit))]


def live_on(tx: Tx, comment_id: int, states: Sequence[str]) -> int | None:
    """A response in one of these states that does something to a comment; at most one is let be."""
    query = (
        select(responses.c.id)
        .join(response_targets, response_targets.c.response_id == responses.c.id)
        .where(
            response_targets.c.comment_id == comment_id,
            responses.c.action != Action.REPLY,
            responses.c.state.in_(list(states)),
        )
    )
    return tx.execute(query.limit(1)).scalar()


def hold_after_restore(tx: Tx, now: datetime) -> int:
    """Holds whatever was to be done when the backup was made, until a person releases it; returns how many."""
    query = select(moderations.c.id, moderations.c.response_id).where(moderations.c.state.in_(WAITING))
    held = tx.execute(query).all()
    of_these = responses.c.id.in_([row.response_id for row in held])
    approved = update(responses).where(of_these, responses.c.state == ResponseState.APPROVED)
    tx.execute(approved.values(state=ResponseState.HELD, version=responses.c.version + 1))
    to = {"state": ModerationState.HELD, "changed_at": now, "problem": AFTER_A_RESTORE}
    tx.execute(update(moderations).where(moderations.c.state.in_(WAITING)).values(**to))
    for row in held:
        audit.record(
            tx, "moderation.held", "response", row.response_id, by=None, at=now, moderation=row.id, restore=True
        )
    return len(held)


def forget_reasons(tx: Tx, comment_ids: Sequence[int]) -> None:
    """Takes the reasons given for what was done to some comments; what was decided when stays, and its hash."""
    about = (
        select(responses.c.id)
        .join(response_targets, response_targets.c.response_id == responses.c.id)
        .where(responses.c.action != Action.REPLY, response_targets.c.comment_id.in_(list(comment_ids)))
    )
    ids = list(tx.execute(about).scalars())
    tx.execute(update(response_versions).where(response_versions.c.response_id.in_(ids)).values(text=""))
    tx.execute(update(responses).where(responses.c.id.in_(ids)).values(draft=""))
