"""Queries on uploads: what each row of a file became, and taking that away again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, insert, select, update

from model.words import CaseOutcome
from store import labels, our_people, rollups, same_people
from store.db import Tx
from store.rows import record, records
from store.schema import (
    assessments,
    audit,
    case_comments,
    cases,
    comments,
    escalations,
    looked_over,
    people,
    responses,
    revisions,
    second_looks,
    sources,
    threads,
    upload_rows,
    uploads,
    vectors,
)

SHOWN = 20
UNDONE = "undone"
"""The status of a comment whose upload was undone: it stands in its closed case alone, and in no list."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file and how far it is: 'saving', 'saved', 'undoing' or 'undone'. `rows` are all its rows, `done` those that
    are settled; comments older than `open_days` when it was uploaded open no case."""

    id: int
    name: str
    channel: str
    zone: str
    open_days: int
    with_erased: bool | None
    state: str
    rows: int
    done: int
    cases: int
    by: int
    by_name: str
    at: datetime
    saved_at: datetime | None
    undone_at: datetime | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the report. `comment_id` is None for what became no comment, or was taken away again."""

    line: int
    outcome: str
    says: str
    comment_id: int | None
    revision: int | None
    author: str | None
    at: datetime | None
    text: str | None
    thread: str | None
    case_id: int | None


@dataclass(frozen=True, slots=True)
class Brought:
    """A comment that a row brought, as it is now.

    `present` is its present revision, None when it is gone; `erased` says whether its words were taken for good.
    """

    line: int
    outcome: str
    comment_id: int
    revision: int
    present: int | None
    erased: bool


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(uploads).values(**values).returning(uploads.c.id)).scalar_one())


def change(tx: Tx, upload_id: int, *seen: str, **values: Any) -> bool:
    """Changes an upload if its state is one of those seen; whether it was."""
    mine = update(uploads).where(uploads.c.id == upload_id, uploads.c.state.in_(seen))
    return tx.execute(mine.values(**values)).rowcount == 1


def _fields() -> Any:
    told = [column for column in uploads.c if column.name != "body"]
    return select(*told, people.c.name.label("by_name")).join(people, people.c.id == uploads.c.by)


def get(tx: Tx, upload_id: int) -> Upload | None:
    row = tx.execute(_fields().where(uploads.c.id == upload_id)).first()
    return record(Upload, row) if row else None


def newest(tx: Tx, limit: int = SHOWN) -> list[Upload]:
    """The uploads, newest first."""
    return records(Upload, tx.execute(_fields().order_by(uploads.c.id.desc()).limit(limit)))


def body(tx: Tx, upload_id: int) -> bytes | None:
    """The file as it was packed; None once it was saved."""
    return tx.execute(select(uploads.c.body).where(uploads.c.id == upload_id)).scalar()


def add_rows(tx: Tx, rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        tx.execute(insert(upload_rows), list(rows))


def settled(tx: Tx, upload_id: int, lines: Sequence[int]) -> set[int]:
    """Those of the lines that are settled."""
    mine = upload_rows.c.upload_id == upload_id
    return set(tx.execute(select(upload_rows.c.line).where(mine, upload_rows.c.line.in_(lines))).scalars())


def counts(tx: Tx, upload_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many rows of each upload came to what."""
    query = select(upload_rows.c.upload_id, upload_rows.c.outcome, func.count())
    mine = query.where(upload_rows.c.upload_id.in_(upload_ids))
    found: dict[int, dict[str, int]] = {}
    for upload_id, outcome, count in tx.execute(mine.group_by(upload_rows.c.upload_id, upload_rows.c.outcome)):
        found.setdefault(upload_id, {})[outcome] = count
    return found


def report(tx: Tx, upload_id: int, *, only: Sequence[str] = (), after: int = 0, limit: int = 1000) -> list[Line]:
    """Rows of an upload in their order, from the line after `after`; `only` names outcomes, none: all."""
    case = (
        select(func.max(case_comments.c.case_id))
        .where(case_comments.c.comment_id == upload_rows.c.comment_id)
        .correlate(upload_rows)
        .scalar_subquery()
    )
    query = (
        select(
            upload_rows,
            comments.c.author,
            comments.c.at,
            revisions.c.text,
            func.coalesce(func.nullif(threads.c.title, ""), threads.c.url).label("thread"),
            case.label("case_id"),
        )
        .outerjoin(comments, comments.c.id == upload_rows.c.comment_id)
        .outerjoin(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .outerjoin(threads, threads.c.id == comments.c.thread_id)
        .where(upload_rows.c.upload_id == upload_id, upload_rows.c.line > after)
        .order_by(upload_rows.c.line)
        .limit(limit)
    )
    return records(Line, tx.execute(query.where(upload_rows.c.outcome.in_(only)) if only else query))


def source_of(tx: Tx, kind: str, channel: str) -> int | None:
    """The source of this kind and channel; the first one that was made."""
    query = select(sources.c.id).where(sources.c.kind == kind, sources.c.channel == channel).order_by(sources.c.id)
    return tx.execute(query.limit(1)).scalar()


# --- taking away what an upload brought ------------------------------------------------------------------------------


def brought(tx: Tx, upload_id: int, after: int, limit: int) -> list[Brought]:
    """What an upload brought and that still stands, in the order of its lines."""
    erased = comments.c.erased_at.is_not(None).label("erased")
    query = (
        select(upload_rows, comments.c.revision.label("present"), erased)
        .outerjoin(comments, comments.c.id == upload_rows.c.comment_id)
        .where(
            upload_rows.c.upload_id == upload_id,
            upload_rows.c.line > after,
            upload_rows.c.outcome.in_(("new", "edited")),
            upload_rows.c.comment_id.is_not(None),
        )
        .order_by(upload_rows.c.line)
    )
    return records(Brought, tx.execute(query.limit(limit)))


def others_with(tx: Tx, upload_id: int, comment_ids: Sequence[int]) -> dict[int, int]:
    """The comments that another upload, which was not undone, holds as well; each with that upload."""
    query = (
        select(upload_rows.c.comment_id, func.min(upload_rows.c.upload_id))
        .join(uploads, uploads.c.id == upload_rows.c.upload_id)
        .where(
            upload_rows.c.comment_id.in_(comment_ids),
            upload_rows.c.upload_id != upload_id,
            upload_rows.c.outcome == "known",
            uploads.c.state.in_(("saving", "saved")),
        )
        .group_by(upload_rows.c.comment_id)
    )
    return {int(row[0]): int(row[1]) for row in tx.execute(query)}


def mark(tx: Tx, upload_id: int, lines: Sequence[int], **values: Any) -> None:
    mine = update(upload_rows).where(upload_rows.c.upload_id == upload_id, upload_rows.c.line.in_(lines))
    tx.execute(mine.values(**values))


def hand_on(tx: Tx, comment_id: int, to_upload: int) -> None:
    """The other upload holds the comment from now on: undoing that one takes it away."""
    other = update(upload_rows).where(upload_rows.c.comment_id == comment_id, upload_rows.c.upload_id == to_upload)
    tx.execute(other.values(outcome="new"))


def cases_of(tx: Tx, comment_ids: Sequence[int]) -> dict[int, set[int]]:
    """All cases that each comment belongs to."""
    query = select(case_comments.c.comment_id, case_comments.c.case_id)
    found: dict[int, set[int]] = {}
    for comment_id, case_id in tx.execute(query.where(case_comments.c.comment_id.in_(comment_ids))):
        found.setdefault(comment_id, set()).add(case_id)
    return found


def worked_on(tx: Tx, case_ids: Sequence[int]) -> set[int]:
    """The cases in which somebody has done something: decided, written, asked, claimed; or that are closed.

    What the undo of an upload did does not count.
    """
    touched = exists().where(
        audit.c.subject == "case",
        audit.c.subject_id == cases.c.id,
        audit.c.person_id.is_not(None),
        audit.c.action.not_in(("case.left", "case.upload_undone")),
    )
    answered = exists().where(responses.c.case_id == cases.c.id)
    asked = exists().where(escalations.c.case_id == cases.c.id)
    shut = (cases.c.state != "open") & (cases.c.outcome != CaseOutcome.UPLOAD_UNDONE)
    query = select(cases.c.id).where(cases.c.id.in_(case_ids), shut | touched | answered | asked)
    return set(tx.execute(query).scalars())


def closed_by_undo(tx: Tx, case_id: int) -> bool:
    query = select(cases.c.id).where(cases.c.id == case_id, cases.c.outcome == CaseOutcome.UPLOAD_UNDONE)
    return tx.execute(query).first() is not None


def acted_on(tx: Tx, comment_ids: Sequence[int]) -> set[int]:
    """The comments on which somebody has done something outside of a case."""
    query = select(audit.c.subject_id).where(
        audit.c.subject == "comment", audit.c.subject_id.in_(comment_ids), audit.c.person_id.is_not(None)
    )
    return {found for found in tx.execute(query).scalars() if found is not None}


def others_in_case(tx: Tx, case_id: int, upload_id: int) -> bool:
    """Whether a case holds something that this upload did not bring, or that stays."""
    mine = exists().where(
        upload_rows.c.comment_id == case_comments.c.comment_id,
        upload_rows.c.upload_id == upload_id,
        upload_rows.c.revision == case_comments.c.revision,
        upload_rows.c.outcome.in_(("new", "edited")),
    )
    query = select(case_comments.c.comment_id).where(case_comments.c.case_id == case_id, ~mine)
    return tx.execute(query.limit(1)).first() is not None


def remove(tx: Tx, comment_ids: Sequence[int], now: datetime) -> None:
    """Comments that belong to no case are gone as if they had never been brought.

    The newest of all is only set aside: SQLite would give its id to another comment, and the audit log tells comments
    by their ids.
    """
    newest = tx.execute(select(func.max(comments.c.id))).scalar()
    gone = [comment_id for comment_id in comment_ids if comment_id != newest]
    set_aside(tx, [comment_id for comment_id in comment_ids if comment_id == newest], now)
    if not gone:
        return
    rollups.uncount(tx, gone)
    our_people.forget_answers(tx, gone)
    same_people.forget(tx, gone)
    labels.forget(tx, gone)
    for table in (assessments, looked_over, second_looks, vectors, revisions):
        tx.execute(delete(table).where(table.c.comment_id.in_(gone)))
    tx.execute(delete(comments).where(comments.c.id.in_(gone)))


def set_aside(tx: Tx, comment_ids: Sequence[int], now: datetime) -> None:
    """Comments that their closed case still shows, and nothing else: the same ones may be brought again."""
    values = {"status": UNDONE, "deleted_at": now, "flagged": False, "spam": False, "asks": False, "near_key": ""}
    rollups.uncount(tx, comment_ids)
    for comment_id in comment_ids:
        mine = update(comments).where(comments.c.id == comment_id)
        tx.execute(mine.values(**values, identity=f"undone:{comment_id}"))
