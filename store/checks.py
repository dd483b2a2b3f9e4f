"""Queries on the weekly checks: comments that nothing raised, some of them drawn by chance and put before a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, insert, select, update
from sqlalchemy.exc import IntegrityError

from model.comment import BINNED
from store.db import Tx
from store.rows import record, records
from store.schema import check_weeks, checks, comments, revisions, sources, threads

LOOKED_THROUGH = 50_000
"""Comments of a week, the newest, among which those of a check are drawn."""
KEPT_WEEKS = 12
"""So many weeks are counted for what was missed."""
_A_WEEK = 50


@dataclass(frozen=True, slots=True)
class Calm:
    """A comment that nothing raised."""

    id: int
    revision: int
    channel: str
    language: str


@dataclass(frozen=True, slots=True)
class Week:
    """A week's check: with `seed` the same comments can be drawn again of the `population` of the week before."""

    week: str
    seed: str
    population: int
    drawn: int
    cut: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Check:
    """A comment that was drawn, with its text as it was then, and what was answered."""

    week: str
    place: int
    comment_id: int | None
    revision: int
    channel: str
    language: str
    population: int
    drawn: int
    answer: str
    by: int | None
    at: datetime | None
    text: str = ""
    thread_title: str = ""
    url: str = ""


def calm(tx: Tx, since: datetime, until: datetime) -> list[Calm]:
    """The comments read in a time that nothing raised, the newest: neither ours nor spam, and still there."""
    c = comments.c
    query = (
        select(c.id, c.revision, sources.c.channel, c.language)
        .join(sources, sources.c.id == c.source_id)
        .where(
            c.read_at >= since,
            c.read_at < until,
            ~c.flagged,
            ~c.spam,
            ~c.ours,
            c.status.not_in([*BINNED, "undone", "spam"]),
            c.deleted_at.is_(None),
            c.erased_at.is_(None),
        )
        .order_by(c.read_at.desc(), c.id.desc())
        .limit(LOOKED_THROUGH)
    )
    return records(Calm, tx.execute(query))


def week(tx: Tx, named: str) -> Week | None:
    row = tx.execute(select(check_weeks).where(check_weeks.c.week == named)).first()
    return record(Week, row) if row else None


def newest_week(tx: Tx) -> Week | None:
    row = tx.execute(select(check_weeks).order_by(check_weeks.c.week.desc()).limit(1)).first()
    return record(Week, row) if row else None


def add(tx: Tx, drawn: Week, rows: Sequence[Mapping[str, Any]]) -> bool:
    """A week's check; False when another worker has drawn it."""
    try:
        with tx.begin_nested():
            values = {name: getattr(drawn, name) for name in ("week", "seed", "population", "drawn", "cut", "at")}
            tx.execute(insert(check_weeks).values(values))
    except IntegrityError:
        return False
    if rows:
        tx.execute(insert(checks), [{"week": drawn.week, "answer": "", **row} for row in rows])
    return True


def of_week(tx: Tx, named: str) -> list[Check]:
    """All that was drawn in a week, in its order; without a text where the comment is gone."""
    query = (
        select(checks, revisions.c.text, threads.c.title.label("thread_title"), comments.c.url)
        .outerjoin(comments, comments.c.id == checks.c.comment_id)
        .outerjoin(
            revisions, and_(revisions.c.comment_id == checks.c.comment_id, revisions.c.number == checks.c.revision)
        )
        .outerjoin(threads, threads.c.id == comments.c.thread_id)
        .where(checks.c.week == named)
        .order_by(checks.c.place)
        .limit(_A_WEEK)
    )
    return records(Check, tx.execute(query))


def get(tx: Tx, named: str, place: int) -> Check | None:
    row = tx.execute(select(checks).where(checks.c.week == named, checks.c.place == place)).first()
    return record(Check, row) if row else None


def answer(tx: Tx, named: str, place: int, seen: str, said: str, by: int | None, at: datetime | None) -> bool:
    """Keeps an answer in the place of the one that was seen; False when somebody else was first."""
    mine = checks.c.week == named, checks.c.place == place, checks.c.answer == seen
    return tx.execute(update(checks).where(*mine).values(answer=said, by=by, at=at)).rowcount == 1


def lately(tx: Tx) -> list[Check]:
    """All that was drawn in the last KEPT_WEEKS checks, whatever was answered."""
    some = select(check_weeks.c.week).order_by(check_weeks.c.week.desc()).limit(KEPT_WEEKS)
    query = select(checks).where(checks.c.week.in_(some)).order_by(checks.c.week.desc(), checks.c.place)
    return records(Check, tx.execute(query.limit(KEPT_WEEKS * _A_WEEK)))


def left(tx: Tx) -> int:
    """How many comments of the newest check nobody has answered for."""
    newest = select(check_weeks.c.week).order_by(check_weeks.c.week.desc()).limit(1).scalar_subquery()
    open_ones = checks.c.answer == "", checks.c.week == newest, checks.c.comment_id.is_not(None)
    return len(tx.execute(select(checks.c.place).where(*open_ones).limit(_A_WEEK)).all())
