"""Queries on a part of a thread: what stands around one comment, or a page of what was written before or after.

However long a thread is, each reads a bounded number of rows.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import and_, func, or_, select, tuple_

from store.comments import Comment, present
from store.db import Tx
from store.rows import record
from store.schema import assessments, comments, revisions

NEAR = 3
"""Comments before and after the one that a thread is opened at."""
PAGE = 30
COUNTED = 1000
TOLD_OF = 200
"""Comments of a thread whose signals are read: the newest."""
_ANSWERS, _ALSO, _MOST_HTML = 10, 20, 100_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody reads on: the page of those written `way` a comment."""

    way: Literal["before", "after"]
    comment_id: int


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a thread, in the order in which it was written.

    `earlier` and `later` count what was written before and after it, up to 1,000; `first` and `last` are the ids of its
    ends. `apart` are those that stand elsewhere in the thread and are shown all the same. `parents` are comments that
    are answered here and not shown, by identity. `html` is what came as HTML of those with links or images, by id.
    `around` says that it is the part around the comment that matters.
    """

    comments: tuple[Comment, ...]
    earlier: int
    later: int
    first: int
    last: int
    apart: frozenset[int]
    parents: dict[str, Comment]
    html: dict[int, str]
    around: bool = True


def part(tx: Tx, lead: Comment, place: Place | None = None, also: Collection[int] = ()) -> Part:
    """The part around a comment: it, three before and three after, what it answers and what answers it (ten), and the
    newest twenty of those named in `also`; or the page of thirty at a place. A place that is gone is none."""
    if place and (found := _page(tx, lead, place)):
        return found
    here = _moment(tx, lead.id) or (lead.published_at or lead.read_at, lead.id)
    before, after = _run(tx, lead.thread_id, "before", here, NEAR), _run(tx, lead.thread_id, "after", here, NEAR)
    mine = tx.execute(present().where(comments.c.id == lead.id)).all()
    run = [*reversed(before), *mine, *after]
    there = {row.id for row in run}
    more = [row for row in _related(tx, lead, also) if row.id not in there]
    shown = sorted({row.id: row for row in (*run, *more)}.values(), key=lambda row: (row.at, row.id))
    return _part(tx, lead, shown, run, frozenset(row.id for row in more), around=True)


def turns(tx: Tx, lead: Comment, limit: int) -> list[Comment]:
    """The last comments that were written before one and still stand, in the order in which they were."""
    here = _moment(tx, lead.id)
    rows = _run(tx, lead.thread_id, "before", here, limit) if here else []
    found = (record(Comment, row) for row in reversed(rows))
    return [one for one in found if one.deleted_at is None and one.erased_at is None]


def signals(tx: Tx, thread_id: int) -> list[dict[str, float]]:
    """The scores of the signals of each of a thread's newest comments; neither ours nor those that are gone."""
    counts = comments.c.thread_id == thread_id, ~comments.c.ours, comments.c.deleted_at.is_(None)
    newest = (
        select(comments.c.id, comments.c.revision)
        .where(*counts)
        .order_by(comments.c.at.desc(), comments.c.id.desc())
        .limit(TOLD_OF)
        .subquery()
    )
    mine = and_(assessments.c.comment_id == newest.c.id, assessments.c.revision == newest.c.revision)
    rows = select(newest.c.id, assessments.c.signals).join(assessments, mine).order_by(assessments.c.id)
    last = {row.id: row.signals for row in tx.execute(rows)}
    return [{name: score for name, (score, *_) in one["said"].items()} for one in last.values() if one]


def _page(tx: Tx, lead: Comment, place: Place) -> Part | None:
    here = _moment(tx, place.comment_id)
    rows = _run(tx, lead.thread_id, place.way, here, PAGE) if here else []
    if not rows:
        return None
    rows = rows[::-1] if place.way == "before" else rows
    return _part(tx, lead, rows, rows, frozenset(), around=False)


def _part(
    tx: Tx, lead: Comment, shown: Sequence[Any], run: Sequence[Any], apart: frozenset[int], *, around: bool
) -> Part:
    found = tuple(record(Comment, row) for row in shown)
    first, last = run[0], run[-1]
    return Part(
        comments=found,
        earlier=_count(tx, lead.thread_id, "before", (first.at, first.id)),
        later=_count(tx, lead.thread_id, "after", (last.at, last.id)),
        first=first.id,
        last=last.id,
        apart=apart,
        parents=_parents(tx, lead.source_id, found),
        html=html_of(tx, [one.id for one in found]),
        around=around,
    )


def _moment(tx: Tx, comment_id: int) -> tuple[datetime, int] | None:
    row = tx.execute(select(comments.c.at, comments.c.id).where(comments.c.id == comment_id)).first()
    return (row.at, row.id) if row else None


def _side(thread_id: int, way: str, here: tuple[datetime, int]) -> Any:
    place = tuple_(comments.c.at, comments.c.id)
    there = tuple_(*here)
    return and_(comments.c.thread_id == thread_id, place < there if way == "before" else place > there)


def _run(tx: Tx, thread_id: int, way: str, here: tuple[datetime, int], limit: int) -> list[Any]:
    """The next comments on one side of a place, the nearest first."""
    order = (comments.c.at, comments.c.id) if way == "after" else (comments.c.at.desc(), comments.c.id.desc())
    return list(tx.execute(present().where(_side(thread_id, way, here)).order_by(*order).limit(limit)))


def _count(tx: Tx, thread_id: int, way: str, here: tuple[datetime, int]) -> int:
    some = select(comments.c.id).where(_side(thread_id, way, here)).limit(COUNTED).subquery()
    return int(tx.execute(select(func.count()).select_from(some)).scalar_one())


def _related(tx: Tx, lead: Comment, also: Collection[int]) -> list[Any]:
    here = and_(comments.c.source_id == lead.source_id, comments.c.thread_id == lead.thread_id)
    answers = present().where(here, comments.c.parent_identity == lead.identity)
    found = list(tx.execute(answers.order_by(comments.c.at.desc(), comments.c.id.desc()).limit(_ANSWERS)))
    if lead.parent_identity:
        found += tx.execute(present().where(here, comments.c.identity == lead.parent_identity))
    if others := sorted(set(also) - {lead.id})[-_ALSO:]:
        found += tx.execute(present().where(comments.c.id.in_(others)))
    return found


def _parents(tx: Tx, source_id: int, found: Sequence[Comment]) -> dict[str, Comment]:
    here = {one.identity for one in found}
    wanted = sorted({one.parent_identity for one in found} - here - {""})
    if not wanted:
        return {}
    rows = tx.execute(present().where(comments.c.source_id == source_id, comments.c.identity.in_(wanted)))
    return {one.identity: replace(one, text=one.text[:200]) for one in (record(Comment, row) for row in rows)}


def html_of(tx: Tx, comment_ids: Sequence[int]) -> dict[int, str]:
    """The HTML of the present text of those of some comments that have a link or an image in it, as it came."""
    source = revisions.c.html
    query = (
        select(comments.c.id, func.substr(source, 1, _MOST_HTML).label("html"))
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .where(comments.c.id.in_(list(comment_ids)), or_(source.ilike("%<a%"), source.ilike("%<img%")))
    )
    return {row.id: row.html for row in tx.execute(query)}
