"""Queries on cases, claims and escalations."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, func, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from model.errors import Conflict
from store.db import Tx
from store.rows import record, records
from store.schema import (
    assessments,
    case_comments,
    cases,
    claims,
    comments,
    escalations,
    people,
    revisions,
    sources,
    threads,
    words,
)

QUEUE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Case:
    """One open (or closed) matter in one thread. `version` grows with each change: a decision names what it saw."""

    id: int
    thread_id: int
    lead_comment_id: int
    lead_revision: int
    state: str
    outcome: str
    severity: int
    headline: str
    matters: list[str]
    opened_at: datetime
    due_at: datetime
    opened_by: int | None
    closed_at: datetime | None
    closed_by: int | None
    close_reason_id: int | None
    previous_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A case as the queue shows it. `at` is when the comment that matters was left; `focus_start` and `focus_end` span
    the sentence that matters in `text`."""

    id: int
    severity: int
    headline: str
    at: datetime
    due_at: datetime
    state: str
    outcome: str
    text: str
    focus_start: int
    focus_end: int
    author: str
    channel: str
    thread_title: str
    joined: int
    claimed_by: int | None
    claimed_name: str | None
    claimed_until: datetime | None


@dataclass(frozen=True, slots=True)
class Claim:
    case_id: int
    person_id: int
    name: str
    since: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Escalation:
    """A question or reason put to a person or a level; `text` and `answer` are what was typed."""

    id: int
    case_id: int
    by: int
    by_name: str
    to_person_id: int | None
    to_level: int | None
    text: str
    answer: str | None
    at: datetime


def get(tx: Tx, case_id: int) -> Case | None:
    row = tx.execute(select(cases).where(cases.c.id == case_id)).first()
    return record(Case, row) if row else None


def open_of_thread(tx: Tx, thread_id: int) -> Case | None:
    row = tx.execute(select(cases).where(cases.c.thread_id == thread_id, cases.c.state == "open")).first()
    return record(Case, row) if row else None


def latest_of_thread(tx: Tx, thread_id: int) -> Case | None:
    """The newest case of a thread, open or closed."""
    row = tx.execute(select(cases).where(cases.c.thread_id == thread_id).order_by(cases.c.id.desc()).limit(1)).first()
    return record(Case, row) if row else None


def add(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(cases).values(**values).returning(cases.c.id)).scalar_one())


def join(tx: Tx, case_id: int, comment_id: int, revision: int, at: datetime) -> None:
    """Records that a comment's revision belongs to a case; once."""
    key = {"case_id": case_id, "comment_id": comment_id, "revision": revision}
    there = select(case_comments.c.case_id).where(*(case_comments.c[name] == value for name, value in key.items()))
    if tx.execute(there).first() is None:
        tx.execute(insert(case_comments).values(**key, at=at))


def seen_before(tx: Tx, comment_id: int, revision: int) -> bool:
    """Whether this revision of a comment already belonged to some case."""
    query = select(case_comments.c.case_id).where(
        case_comments.c.comment_id == comment_id, case_comments.c.revision == revision
    )
    return tx.execute(query.limit(1)).first() is not None


def comment_ids(tx: Tx, case_id: int) -> list[int]:
    """The comments that joined a case, at most 500."""
    query = select(case_comments.c.comment_id).where(case_comments.c.case_id == case_id).distinct().limit(500)
    return list(tx.execute(query).scalars())


def cases_of_comments(tx: Tx, ids: list[int]) -> dict[int, int]:
    """The newest case of each comment that has one."""
    query = (
        select(case_comments.c.comment_id, func.max(case_comments.c.case_id))
        .where(case_comments.c.comment_id.in_(ids))
        .group_by(case_comments.c.comment_id)
    )
    return {int(row[0]): int(row[1]) for row in tx.execute(query)}


def change(tx: Tx, case_id: int, seen_version: int, **values: Any) -> None:
    """Changes a case if it is still at the version that was seen. Raises Conflict when somebody else was first."""
    mine = update(cases).where(cases.c.id == case_id, cases.c.version == seen_version)
    if tx.execute(mine.values(**values, version=seen_version + 1)).rowcount != 1:
        raise Conflict("Something was added to this case since you opened it. Look again before you go on.")


def joined_since(tx: Tx, case_id: int, moment: datetime, other_than: frozenset[int]) -> bool:
    """Whether a comment joined after a moment, other than those named and those of ours."""
    query = (
        select(case_comments.c.comment_id)
        .join(comments, comments.c.id == case_comments.c.comment_id)
        .where(
            case_comments.c.case_id == case_id,
            case_comments.c.at > moment,
            case_comments.c.comment_id.not_in(sorted(other_than)),
            ~comments.c.ours,
        )
    )
    return tx.execute(query.limit(1)).first() is not None


def queue(
    tx: Tx, now: datetime, *, state: str = "open", person_id: int | None = None, limit: int = QUEUE_LIMIT
) -> list[QueueRow]:
    """Cases by severity, then by their due time; closed ones by when they were closed, newest first.

    With `person_id`, only those this person has claimed.
    """
    joined = (
        select(func.count(func.distinct(case_comments.c.comment_id)))
        .where(case_comments.c.case_id == cases.c.id)
        .correlate(cases)
        .scalar_subquery()
    )
    newest = (
        select(func.max(assessments.c.id))
        .where(assessments.c.comment_id == cases.c.lead_comment_id, assessments.c.revision == cases.c.lead_revision)
        .correlate(cases)
        .scalar_subquery()
    )
    order = [cases.c.severity.desc(), cases.c.due_at, cases.c.id] if state == "open" else [cases.c.closed_at.desc()]
    # Which rows are shown is settled first, on the cases alone: the rest is looked up for those few.
    first = select(cases.c.id).where(cases.c.state == state).order_by(*order).limit(limit)
    if person_id is not None:
        held = and_(claims.c.case_id == cases.c.id, claims.c.person_id == person_id, claims.c.expires_at > now)
        first = first.join(claims, held)
    shown = first.subquery()
    query = (
        select(
            cases,
            revisions.c.text,
            func.coalesce(assessments.c.focus_start, 0).label("focus_start"),
            func.coalesce(assessments.c.focus_end, 0).label("focus_end"),
            comments.c.author,
            comments.c.at,
            sources.c.channel,
            threads.c.title.label("thread_title"),
            joined.label("joined"),
            claims.c.person_id.label("claimed_by"),
            people.c.name.label("claimed_name"),
            claims.c.expires_at.label("claimed_until"),
        )
        .join(shown, shown.c.id == cases.c.id)
        .join(comments, comments.c.id == cases.c.lead_comment_id)
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == cases.c.lead_revision))
        .join(threads, threads.c.id == cases.c.thread_id)
        .join(sources, sources.c.id == comments.c.source_id)
        .outerjoin(assessments, assessments.c.id == newest)
        .outerjoin(claims, and_(claims.c.case_id == cases.c.id, claims.c.expires_at > now))
        .outerjoin(people, people.c.id == claims.c.person_id)
        .order_by(*order)
    )
    return records(QueueRow, tx.execute(query))


def count_open(tx: Tx) -> int:
    return int(tx.execute(select(func.count()).select_from(cases).where(cases.c.state == "open")).scalar_one())


# --- claims ----------------------------------------------------------------------------------------------------------


def claim_of(tx: Tx, case_id: int, now: datetime) -> Claim | None:
    """Who has a case now; an expired claim is none."""
    row = tx.execute(
        select(claims, people.c.name)
        .join(people, people.c.id == claims.c.person_id)
        .where(claims.c.case_id == case_id, claims.c.expires_at > now)
    ).first()
    return record(Claim, row) if row else None


def claim(tx: Tx, case_id: int, person_id: int, now: datetime, expires_at: datetime) -> bool:
    """Takes or prolongs a claim; False when another person has it."""
    free = update(claims).where(
        claims.c.case_id == case_id, (claims.c.person_id == person_id) | (claims.c.expires_at <= now)
    )
    if tx.execute(free.where(claims.c.person_id == person_id).values(expires_at=expires_at)).rowcount == 1:
        return True
    if tx.execute(free.values(person_id=person_id, since=now, expires_at=expires_at)).rowcount == 1:
        return True
    try:
        with tx.begin_nested():
            values = {"case_id": case_id, "person_id": person_id, "since": now, "expires_at": expires_at}
            tx.execute(insert(claims).values(values))
    except IntegrityError:  # the row is there, and it is another's
        return False
    return True


def release(tx: Tx, case_id: int, person_id: int | None = None) -> bool:
    """Ends the claim (of this person, when named)."""
    gone = delete(claims).where(claims.c.case_id == case_id)
    if person_id is not None:
        gone = gone.where(claims.c.person_id == person_id)
    return tx.execute(gone).rowcount == 1


# --- escalations -----------------------------------------------------------------------------------------------------


def escalate(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(escalations).values(**values).returning(escalations.c.id)).scalar_one())


def answer(tx: Tx, escalation_id: int, person_id: int, words_id: int) -> int | None:
    """Stores the answer of the person who was asked, and returns the case; None when it was answered already, or
    another was asked."""
    mine = update(escalations).where(
        escalations.c.id == escalation_id,
        escalations.c.to_person_id == person_id,
        escalations.c.answer_id.is_(None),
    )
    return tx.execute(mine.values(answer_id=words_id).returning(escalations.c.case_id)).scalar()


def escalations_of(tx: Tx, case_id: int) -> list[Escalation]:
    """What was asked in a case, oldest first, at most a hundred."""
    answers = words.alias("answers")
    query = (
        select(escalations, people.c.name.label("by_name"), words.c.text, answers.c.text.label("answer"))
        .join(people, people.c.id == escalations.c.by)
        .join(words, words.c.id == escalations.c.words_id)
        .outerjoin(answers, answers.c.id == escalations.c.answer_id)
        .where(escalations.c.case_id == case_id)
        .order_by(escalations.c.id)
        .limit(100)
    )
    return records(Escalation, tx.execute(query))


def asked_of(tx: Tx, person_id: int) -> list[Escalation]:
    """Open questions to one person, oldest first, at most a hundred."""
    query = (
        select(escalations, people.c.name.label("by_name"), words.c.text, null().label("answer"))
        .join(people, people.c.id == escalations.c.by)
        .join(words, words.c.id == escalations.c.words_id)
        .where(escalations.c.to_person_id == person_id, escalations.c.answer_id.is_(None))
        .order_by(escalations.c.id)
        .limit(100)
    )
    return records(Escalation, tx.execute(query))


def count_asked(tx: Tx, person_id: int) -> int:
    """How many questions wait for a person's answer."""
    query = select(func.count()).where(escalations.c.to_person_id == person_id, escalations.c.answer_id.is_(None))
    return int(tx.execute(query).scalar_one())


def asked_levels(tx: Tx, case_id: int) -> frozenset[int]:
    """The levels that a case was escalated to."""
    query = select(escalations.c.to_level).where(escalations.c.case_id == case_id, escalations.c.to_level.is_not(None))
    return frozenset(level for level in tx.execute(query.distinct().limit(10)).scalars() if level is not None)
