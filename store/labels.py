"""Queries on labels, on what they are made of, and on how far the record has been followed for them."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, select, update

from model.label import Judged, Label
from store import people
from store.cost import MOST_EVENTS, Happened
from store.db import Tx
from store.rows import record, records
from store.schema import (
    audit,
    case_comments,
    cases,
    checks,
    comments,
    decisions,
    escalations,
    labels,
    looked_over,
    response_targets,
    responses,
    sources,
    submissions,
)

MOST = 3_000
"""So many labels, the newest, are learnt from and shown."""
_MARK = "labels followed"
_CASES_EACH = 5


@dataclass(frozen=True, slots=True)
class Stand:
    """How a case stands that a comment is in. `lead`: the case is about this comment first of all."""

    comment_id: int
    revision: int
    case_id: int
    lead: bool
    outcome: str
    wrongly: bool
    opened_at: datetime
    opened_by: int | None
    closed_at: datetime | None
    closed_by: int | None


@dataclass(frozen=True, slots=True)
class Deed:
    """Something done in a case: it was escalated (`comment_id` is None), or an answer to a comment was decided on."""

    case_id: int
    comment_id: int | None
    at: datetime
    by: int


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody said of one revision of a comment: 'spam', 'not spam', or the answer of a weekly check, which
    stands for `weight` comments."""

    comment_id: int
    revision: int
    said: str
    at: datetime
    by: int | None
    weight: float = 1.0


# --- following the record --------------------------------------------------------------------------------------------


def happened(tx: Tx) -> list[Happened]:
    """The next lines of the record that were not looked at for labels; MOST_EVENTS at most."""
    query = select(audit.c.seq, audit.c.action, audit.c.subject, func.coalesce(audit.c.subject_id, 0))
    seen = int(people.fact(tx, _MARK) or 0)
    return [
        Happened(*row) for row in tx.execute(query.where(audit.c.seq > seen).order_by(audit.c.seq).limit(MOST_EVENTS))
    ]


def move_mark(tx: Tx, seq: int) -> None:
    people.set_fact(tx, _MARK, seq)


def case_of_response(tx: Tx, response_id: int) -> int | None:
    return tx.execute(select(responses.c.case_id).where(responses.c.id == response_id)).scalar()


# --- what a label is made of -----------------------------------------------------------------------------------------


def stands(tx: Tx, comment_id: int) -> list[Stand]:
    """The newest few cases that a comment is in, the oldest first."""
    query = (
        select(
            case_comments.c.comment_id,
            case_comments.c.revision,
            case_comments.c.case_id,
            and_(
                cases.c.lead_comment_id == case_comments.c.comment_id, cases.c.lead_revision == case_comments.c.revision
            ).label("lead"),
            *(cases.c[name] for name in ("outcome", "wrongly", "opened_at", "opened_by", "closed_at", "closed_by")),
        )
        .join(cases, cases.c.id == case_comments.c.case_id)
        .where(case_comments.c.comment_id == comment_id)
        .order_by(case_comments.c.case_id.desc())
        .limit(_CASES_EACH)
    )
    return records(Stand, tx.execute(query))[::-1]


def deeds(tx: Tx, case_ids: Sequence[int]) -> tuple[list[Deed], list[Deed]]:
    """What was escalated in some cases, and what was decided on answers in them; the newest few, the oldest first."""
    asked = select(escalations.c.case_id, escalations.c.at, escalations.c.by)
    asked = asked.where(escalations.c.case_id.in_(case_ids)).order_by(escalations.c.id.desc())
    escalated = [
        Deed(row.case_id, None, row.at, row.by) for row in tx.execute(asked.limit(_CASES_EACH * len(case_ids)))
    ]
    said = (
        select(responses.c.case_id, response_targets.c.comment_id, decisions.c.at, decisions.c.person_id.label("by"))
        .join(submissions, submissions.c.response_id == responses.c.id)
        .join(decisions, decisions.c.submission_id == submissions.c.id)
        .join(response_targets, response_targets.c.response_id == responses.c.id)
        .where(
            responses.c.case_id.in_(case_ids),
            responses.c.action == "reply",
            decisions.c.undone_at.is_(None),
            decisions.c.settled_at.is_not(None),
        )
        .order_by(decisions.c.id.desc())
        .limit(_CASES_EACH * len(case_ids))
    )
    return escalated[::-1], records(Deed, tx.execute(said))[::-1]


def told(tx: Tx, comment_id: int) -> list[Told]:
    """What was said of a comment beside its cases: that it is spam or none, and in the weekly checks."""
    looked = select(looked_over).where(looked_over.c.comment_id == comment_id).limit(_CASES_EACH)
    found = [Told(row.comment_id, row.revision, row.found, row.at, row.by) for row in tx.execute(looked)]
    asked = select(checks).where(checks.c.comment_id == comment_id, checks.c.answer != "").limit(_CASES_EACH)
    for row in tx.execute(asked):
        weight = row.population / max(1, row.drawn)
        found.append(Told(row.comment_id, row.revision, f"check: {row.answer}", row.at, row.by, weight))
    return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where a comment was left, in which language; `gone`: its words were erased, or it is one of ours by now."""

    channel: str
    language: str
    gone: bool


def place(tx: Tx, comment_id: int) -> Place | None:
    """The place of a comment; None where its row was cleared away."""
    query = (
        select(
            sources.c.channel, comments.c.language, (comments.c.ours | comments.c.erased_at.is_not(None)).label("gone")
        )
        .join(sources, sources.c.id == comments.c.source_id)
        .where(comments.c.id == comment_id)
    )
    row = tx.execute(query).first()
    return record(Place, row) if row else None


# --- the labels ------------------------------------------------------------------------------------------------------


def keep(tx: Tx, comment_id: int, found: Sequence[Label]) -> None:
    """The labels of a comment, in place of those it had."""
    tx.execute(delete(labels).where(labels.c.comment_id == comment_id))
    if found:
        tx.execute(insert(labels), [_row(one) for one in found])


def _row(one: Label) -> dict[str, Any]:
    return asdict(replace(one, scores=dict(one.scores), chances=dict(one.chances)))


def forget(tx: Tx, comment_ids: Sequence[int]) -> None:
    """What is said of comments goes with their words; of a weekly check only the answer stays, which names none."""
    tx.execute(delete(labels).where(labels.c.comment_id.in_(comment_ids)))
    tx.execute(update(checks).where(checks.c.comment_id.in_(comment_ids)).values(comment_id=None))


def newest(tx: Tx, limit: int = MOST) -> list[Label]:
    """The newest labels, newest first."""
    found = records(
        Label, tx.execute(select(labels).order_by(labels.c.at.desc(), labels.c.comment_id.desc()).limit(limit))
    )
    return [
        replace(one, judged=Judged(one.judged), raised=tuple(one.raised), matters=tuple(one.matters)) for one in found
    ]


def count_since(tx: Tx, moment: datetime | None, most: int) -> int:
    """How many labels there are since a moment (None: at all), counted up to `most`."""
    query = select(labels.c.comment_id)
    query = query.where(labels.c.at > moment) if moment else query
    return int(tx.execute(select(func.count()).select_from(query.limit(most).subquery())).scalar_one())
