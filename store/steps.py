"""Queries on the steps of submissions that wait now: since when, how long they may, and how far up they went."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, select, update

from model.words import ResponseState
from store.db import Tx
from store.rows import record, records
from store.schema import level_times, responses, submissions, waits


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step that has begun and not ended.

    `due_at` is when those who are asked are reminded and then, later, others are asked as well; None: nobody is left to
    ask. `reminded_at` and `deputies_at` say when that was, if it was. `raised_to` is the
    highest level that is asked in the place of the step's own, if it went up. `own` counts those of the level itself
    that are asked now, `others` those who are asked in its place.
    """

    submission_id: int
    response_id: int
    case_id: int | None
    step: int
    level: int
    began_at: datetime
    due_at: datetime | None
    raised_to: int | None
    raised_at: datetime | None
    reminded_at: datetime | None
    deputies_at: datetime | None
    own: int
    others: int


def _open() -> Select[Any]:
    asked = select(func.count()).select_from(waits).where(waits.c.submission_id == level_times.c.submission_id)
    return (
        select(
            level_times,
            submissions.c.response_id,
            responses.c.case_id,
            asked.where(waits.c.stood_in.is_(None)).scalar_subquery().label("own"),
            asked.where(waits.c.stood_in.is_not(None)).scalar_subquery().label("others"),
        )
        .join(submissions, submissions.c.id == level_times.c.submission_id)
        .join(responses, responses.c.id == submissions.c.response_id)
        .where(level_times.c.ended_at.is_(None), submissions.c.ended_at.is_(None))
        .where(responses.c.state == ResponseState.WAITING)
    )


# Asked at each look: made once.
_LATE = (
    _open()
    .where(level_times.c.due_at <= bindparam("now"), submissions.c.approval_until > bindparam("now"))
    .order_by(level_times.c.due_at)
    .limit(bindparam("most"))
)
_RAISED = select(level_times.c.step, level_times.c.raised_to).where(
    level_times.c.submission_id == bindparam("submission"), level_times.c.raised_to.is_not(None)
)
_WITH_DEPUTIES = (
    select(level_times.c.step)
    .where(level_times.c.submission_id == bindparam("submission"), level_times.c.deputies_at.is_not(None))
    .order_by(level_times.c.step)
)


def of_submission(tx: Tx, submission_id: int) -> OpenStep | None:
    """The step at which a submission waits."""
    row = tx.execute(_open().where(level_times.c.submission_id == submission_id).limit(1)).first()
    return record(OpenStep, row) if row else None


def of_response(tx: Tx, response_id: int) -> OpenStep | None:
    """The step at which a response waits."""
    row = tx.execute(_open().where(submissions.c.response_id == response_id).limit(1)).first()
    return record(OpenStep, row) if row else None


def overdue(tx: Tx, now: datetime, limit: int = 200) -> list[int]:
    """The submissions whose step has had its time, longest first; not those that can no longer be approved."""
    return [row.submission_id for row in tx.execute(_LATE, {"now": now, "most": limit})]


def without_way(tx: Tx, now: datetime, limit: int = 20) -> list[OpenStep]:
    """The steps with nobody left to go up to, longest first."""
    stuck = _open().where(level_times.c.due_at.is_(None), submissions.c.approval_until > now)
    return records(OpenStep, tx.execute(stuck.order_by(level_times.c.began_at).limit(limit)))


def raised(tx: Tx, submission_id: int) -> dict[int, int]:
    """To which level each step of a submission went up; those that did not are left out."""
    return {row.step: row.raised_to for row in tx.execute(_RAISED, {"submission": submission_id})}


def with_deputies(tx: Tx, submission_id: int) -> list[int]:
    """The steps of a submission (by index) that went to the deputies of their people."""
    return list(tx.execute(_WITH_DEPUTIES, {"submission": submission_id}).scalars())


def change(tx: Tx, submission_id: int, step: int, **values: Any) -> None:
    """Changes a step: `due_at`, `raised_to`, `raised_at`, `reminded_at`, `deputies_at`."""
    mine = and_(level_times.c.submission_id == submission_id, level_times.c.step == step)
    tx.execute(update(level_times).where(mine).values(**values))
