"""Queries on comments that wait for a second look, and on what a second look is made from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, delete, func, select, update

from model.assessment import Subject
from store import jobs
from store.bulk import add_rows
from store.db import Tx
from store.rows import parted
from store.schema import case_comments, cases, comments, looked_over, revisions, second_looks, sources, threads
from store.sources import hosts

JOB = "assess"
"""The job that takes second looks; what it is about is a batch."""
FACT = "second look"
"""The fact that says why none can be taken; empty once one could, absent while that is not known."""
_LOOKED_THROUGH = 5_000
MOST = 1_000
"""As far as what waits is counted."""


_c, _parent, _its_words = comments.c, comments.alias(), revisions.alias()
_answered = and_(
    _parent.c.source_id == _c.source_id,
    _parent.c.identity == _c.parent_identity,
    _c.parent_identity != "",
)
# Put together once: that takes as long as asking.
_WAITING = (
    select(
        second_looks.c.comment_id,
        second_looks.c.revision.label("waits_for"),
        second_looks.c.may,
        *(_c.source_id, _c.thread_id, _c.revision, _c.status, _c.ours, _c.flagged, _c.spam, _c.severity, _c.author),
        *(_c.near_key, _c.erased_at, _c.deleted_at),
        revisions.c.text,
        threads.c.title,
        threads.c.text.label("post"),
        func.coalesce(_its_words.c.text, "").label("parent"),
        *(sources.c.channel, sources.c.site_url, sources.c.feed_url),
    )
    .join(comments, _c.id == second_looks.c.comment_id)
    .join(revisions, and_(revisions.c.comment_id == _c.id, revisions.c.number == _c.revision))
    .join(threads, threads.c.id == _c.thread_id)
    .join(sources, sources.c.id == _c.source_id)
    .outerjoin(_parent, _answered)
    .outerjoin(_its_words, and_(_its_words.c.comment_id == _parent.c.id, _its_words.c.number == _parent.c.revision))
    .order_by(second_looks.c.comment_id)
)


class May(StrEnum):
    """How far a second look may go: open a case; the same, and the first look waits for it with what it flags; only be
    listed; only be found by what is like it."""

    CASE = "case"
    HELD = "held"
    LIST = "list"
    LIKENESS = "likeness"


@dataclass(frozen=True, slots=True)
class Looked:
    """A comment that waits, as it stands: the revision that waits, the present one (a later one waits for itself), and
    what decides how far the look may go. `tells`: its text is long enough to be told from others."""

    comment_id: int
    source_id: int
    channel: str
    thread_id: int
    waits_for: int
    may: May
    subject: Subject
    revision: int
    status: str
    ours: bool
    gone: bool
    deleted: bool
    flagged: bool
    spam: bool
    severity: int
    tells: bool

    @property
    def held(self) -> bool:
        """Whether what the first look has flagged waits for the second, and nothing else has raised it meanwhile."""
        return self.may is May.HELD and not self.flagged

    @property
    def opens(self) -> bool:
        """Whether it may become a case. One that was held does so even when it is deleted by now: had it not waited, it
        would be one."""
        return self.held or (self.may in (May.CASE, May.HELD) and not self.deleted)

    @property
    def counts(self) -> bool:
        """Whether there is anything to look at: it was not edited or erased since, and is not ours."""
        return self.revision == self.waits_for and not (self.ours or self.gone)


def add(tx: Tx, rows: Sequence[tuple[int, int, May]], batch: int, now: datetime) -> None:
    """Comments (id and revision) begin to wait; a former revision of one waits no more."""
    forget(tx, [comment_id for comment_id, _, _ in rows])
    names = ("comment_id", "revision", "may")
    add_rows(tx, second_looks, [{**dict(zip(names, row, strict=True)), "batch": batch, "at": now} for row in rows])


def forget(tx: Tx, comment_ids: Sequence[int]) -> None:
    """Whatever of these waits does so no more."""
    for part in parted(comment_ids):
        tx.execute(delete(second_looks).where(second_looks.c.comment_id.in_(part)))


def forget_some(tx: Tx, limit: int) -> int:
    """The same for any that wait, the oldest first; how many did."""
    some = list(tx.execute(select(second_looks.c.comment_id).order_by(second_looks.c.at).limit(limit)).scalars())
    forget(tx, some)
    return len(some)


def held(tx: Tx, before: datetime, limit: int) -> list[int]:
    """Comments with which the first look has waited since a moment or longer, the longest first."""
    query = select(second_looks.c.comment_id).where(second_looks.c.may == May.HELD, second_looks.c.at <= before)
    return list(tx.execute(query.order_by(second_looks.c.at).limit(limit)).scalars())


def wait_no_more(tx: Tx, comment_ids: Sequence[int]) -> list[Looked]:
    """The first look waits with these no more; they are returned as they stood. Their second look is taken all the
    same, when it can be."""
    mine = second_looks.c.comment_id.in_(comment_ids)
    found = _looked(tx, mine, len(comment_ids))
    tx.execute(update(second_looks).where(mine, second_looks.c.may == May.HELD).values(may=May.CASE))
    return found


def of_batch(tx: Tx, batch: int, limit: int) -> list[Looked]:
    """Those of a batch that still wait, in the order in which they came."""
    return _looked(tx, second_looks.c.batch == batch, limit)


def _looked(tx: Tx, which: ColumnElement[bool], limit: int) -> list[Looked]:
    return [
        Looked(
            comment_id=row.comment_id,
            source_id=row.source_id,
            channel=row.channel,
            thread_id=row.thread_id,
            waits_for=row.waits_for,
            may=May(row.may),
            subject=Subject(
                text=row.text,
                parent=row.parent,
                thread_title=row.title,
                thread_text=row.post,
                author=row.author,
                our_hosts=hosts(row.site_url, row.feed_url),
            ),
            revision=row.revision,
            status=row.status,
            ours=row.ours,
            gone=row.erased_at is not None or row.status == "undone",
            deleted=row.deleted_at is not None,
            flagged=row.flagged,
            spam=row.spam,
            severity=row.severity,
            tells=bool(row.near_key),
        )
        for row in tx.execute(_WAITING.where(which).limit(limit))
    ]


def take(tx: Tx, batch: int, comment_ids: Sequence[int]) -> list[Looked]:
    """Those of these that still wait in this batch, as they stand now; they wait no more. Whoever else has taken one
    before has written what there was to write."""
    mine = and_(second_looks.c.batch == batch, second_looks.c.comment_id.in_(comment_ids))
    found = _looked(tx, mine, len(comment_ids))
    tx.execute(delete(second_looks).where(mine))
    return found


def decided(tx: Tx, revisions_of: Sequence[tuple[int, int]]) -> set[int]:
    """Those of these comments (id and revision) that a person has looked over or that belong to closed cases alone."""
    ids = [comment_id for comment_id, _ in revisions_of]
    present = set(revisions_of)
    over = select(looked_over.c.comment_id, looked_over.c.revision).where(looked_over.c.comment_id.in_(ids))
    joined = (
        select(case_comments.c.comment_id, case_comments.c.revision, cases.c.state)
        .join(cases, cases.c.id == case_comments.c.case_id)
        .where(case_comments.c.comment_id.in_(ids))
    )
    found = {row[0] for row in tx.execute(over) if (row[0], row[1]) in present}
    states = [(row[0], row[2]) for row in tx.execute(joined) if (row[0], row[1]) in present]
    closed = {one for one, state in states if state != "open"} - {one for one, state in states if state == "open"}
    return found | closed


def left_over(tx: Tx, before: datetime, limit: int) -> list[int]:
    """Batches in which a comment has waited since before a moment, and that no job is about, the oldest first."""
    oldest = (
        select(second_looks.c.batch, second_looks.c.at).order_by(second_looks.c.batch).limit(_LOOKED_THROUGH).subquery()
    )
    some = select(oldest.c.batch).where(oldest.c.at < before).distinct().subquery()
    query = select(some.c.batch).where(~jobs.about(JOB, some.c.batch)).order_by(some.c.batch)
    return list(tx.execute(query.limit(limit)).scalars())


def waiting(tx: Tx) -> tuple[int, datetime | None]:
    """How many comments wait, counted up to MOST, and since when the one that has waited longest does."""
    some = select(second_looks.c.at).order_by(second_looks.c.at).limit(MOST).subquery()
    count, since = tx.execute(select(func.count(), func.min(some.c.at)).select_from(some)).one()
    return int(count), since
