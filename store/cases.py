"""Queries on cases, claims and escalations."""

from collections.abc import Container, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from model.errors import Conflict
from model.language import _
from store import done
from store.bulk import add_rows
from store.db import Tx
from store.rows import parted, record, records
from store.schema import (
    case_comments,
    cases,
    claims,
    comments,
    escalations,
    former_reasons,
    people,
    words,
)


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
    wrongly: bool = False


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
    answered_at: datetime | None


def get(tx: Tx, case_id: int) -> Case | None:
    row = tx.execute(select(cases).where(cases.c.id == case_id)).first()
    return record(Case, row) if row else None


def open_of_thread(tx: Tx, thread_id: int) -> Case | None:
    row = tx.execute(select(cases).where(cases.c.thread_id == thread_id, cases.c.state == "open")).first()
    return record(Case, row) if row else None


def open_of_threads(tx: Tx, thread_ids: Sequence[int]) -> dict[int, Case]:
    """The open case of each thread that has one."""
    query = select(cases).where(cases.c.state == "open")
    rows = (row for part in parted(thread_ids) for row in tx.execute(query.where(cases.c.thread_id.in_(part))))
    return {row.thread_id: record(Case, row) for row in rows}


def newest_of_threads(tx: Tx, thread_ids: Sequence[int]) -> dict[int, int]:
    """The id of the newest case of each thread that has one, open or closed."""
    query = select(cases.c.thread_id, func.max(cases.c.id)).group_by(cases.c.thread_id)
    rows = (row for part in parted(thread_ids) for row in tx.execute(query.where(cases.c.thread_id.in_(part))))
    return {int(row[0]): int(row[1]) for row in rows}


def add_all(tx: Tx, rows: Sequence[dict[str, Any]]) -> dict[int, int]:
    """New open cases, one a thread; their ids by thread."""
    if not rows:
        return {}
    add_rows(tx, cases, rows)
    return {thread: case.id for thread, case in open_of_threads(tx, [row["thread_id"] for row in rows]).items()}


def join_all(tx: Tx, joined: Mapping[tuple[int, int, int], str], at: datetime) -> None:
    """Records that comments belong to cases, each once: case, comment and revision, with the rule of the reason."""
    query = select(case_comments.c.case_id, case_comments.c.comment_id, case_comments.c.revision)
    ids = list({comment_id for _, comment_id, _ in joined})
    there = {
        tuple(row) for part in parted(ids) for row in tx.execute(query.where(case_comments.c.comment_id.in_(part)))
    }
    names = ("case_id", "comment_id", "revision")
    rows = [
        {**dict(zip(names, key, strict=True)), "rule": rule, "at": at}
        for key, rule in joined.items()
        if key not in there
    ]
    add_rows(tx, case_comments, rows)


def seen(tx: Tx, comment_ids: Sequence[int]) -> set[tuple[int, int]]:
    """Those revisions of comments that already belonged to some case, as pairs of comment and revision."""
    query = select(case_comments.c.comment_id, case_comments.c.revision).distinct()
    rows = (
        row for part in parted(comment_ids) for row in tx.execute(query.where(case_comments.c.comment_id.in_(part)))
    )
    return {(int(row[0]), int(row[1])) for row in rows}


def comment_ids(tx: Tx, case_id: int) -> list[int]:
    """The comments that joined a case, at most 500."""
    query = select(case_comments.c.comment_id).where(case_comments.c.case_id == case_id).distinct().limit(500)
    return list(tx.execute(query).scalars())


def leave(tx: Tx, case_id: int, comment_id: int, revision: int) -> None:
    """Takes a comment's revision out of a case."""
    key = (case_comments.c.case_id == case_id) & (case_comments.c.comment_id == comment_id)
    tx.execute(delete(case_comments).where(key, case_comments.c.revision == revision))


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
    with _counted(tx, [case_id], values):
        if tx.execute(mine.values(**values, version=seen_version + 1)).rowcount != 1:
            raise Conflict(_("Something was added to this case since you opened it. Look again before you go on."))


def change_all(tx: Tx, changed: Sequence[tuple[Case, Mapping[str, Any]]]) -> None:
    """`change` for many cases in one statement; each names what changes of it. Raises Conflict when one of them is no
    longer as it was seen."""
    if not changed:
        return
    names = sorted({name for _, values in changed for name in values})
    rows = [
        {"seen_id": case.id, "seen_version": case.version}
        | {f"new_{name}": values[name] if name in values else getattr(case, name) for name in names}
        for case, values in changed
    ]
    mine = update(cases).where(cases.c.id == bindparam("seen_id"), cases.c.version == bindparam("seen_version"))
    new = {name: bindparam(f"new_{name}", type_=cases.c[name].type) for name in names}
    with _counted(tx, [case.id for case, _ in changed], names):
        if tx.execute(mine.values(new | {"version": cases.c.version + 1}), rows).rowcount != len(rows):
            raise Conflict(_("Something was added to a case meanwhile. Nothing was changed; it is tried again."))


def _counted(tx: Tx, case_ids: Sequence[int], changed: Container[str]) -> AbstractContextManager[None]:
    """Around a change of these columns: what is closed by it, or no longer, is counted."""
    return done.closing(tx, case_ids) if "state" in changed or "closed_at" in changed else nullcontext()


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


def claims_of(tx: Tx, person_id: int, now: datetime, limit: int = 200) -> list[Claim]:
    """The cases that a person has now."""
    query = (
        select(claims, people.c.name)
        .join(people, people.c.id == claims.c.person_id)
        .where(claims.c.person_id == person_id, claims.c.expires_at > now)
        .order_by(claims.c.case_id)
    )
    return records(Claim, tx.execute(query.limit(limit)))


# --- escalations -----------------------------------------------------------------------------------------------------


def escalate(tx: Tx, **values: Any) -> int:
    return int(tx.execute(insert(escalations).values(**values).returning(escalations.c.id)).scalar_one())


def answer(tx: Tx, escalation_id: int, person_id: int, words_id: int, now: datetime) -> Escalation | None:
    """Stores the answer of the person who was asked, and returns the question; None when it was answered already, or
    another was asked."""
    mine = update(escalations).where(
        escalations.c.id == escalation_id,
        escalations.c.to_person_id == person_id,
        escalations.c.answer_id.is_(None),
    )
    if tx.execute(mine.values(answer_id=words_id, answered_at=now)).rowcount != 1:
        return None
    return escalation(tx, escalation_id)


def unanswer(tx: Tx, escalation_id: int, words_id: int) -> bool:
    """A question has no answer again; False where it has another one, or these words were erased."""
    mine = update(escalations).where(escalations.c.id == escalation_id, escalations.c.answer_id == words_id)
    return tx.execute(mine.values(answer_id=None, answered_at=None)).rowcount == 1


def put_to(tx: Tx, escalation_id: int, old: int, new: int) -> bool:
    """A question that was put to one person and has no answer is put to another; False when it is not so any more."""
    mine = update(escalations).where(
        escalations.c.id == escalation_id, escalations.c.to_person_id == old, escalations.c.answer_id.is_(None)
    )
    return tx.execute(mine.values(to_person_id=new)).rowcount == 1


def escalation(tx: Tx, escalation_id: int) -> Escalation | None:
    """One question or reason, with its answer."""
    row = tx.execute(_asked().where(escalations.c.id == escalation_id)).first()
    return record(Escalation, row) if row else None


def _asked() -> Any:
    answers = words.alias("answers")
    return (
        select(escalations, people.c.name.label("by_name"), words.c.text, answers.c.text.label("answer"))
        .join(people, people.c.id == escalations.c.by)
        .join(words, words.c.id == escalations.c.words_id)
        .outerjoin(answers, answers.c.id == escalations.c.answer_id)
    )


def escalations_of(tx: Tx, case_id: int) -> list[Escalation]:
    """What was asked in a case, oldest first, at most a hundred."""
    query = _asked().where(escalations.c.case_id == case_id).order_by(escalations.c.id)
    return records(Escalation, tx.execute(query.limit(100)))


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


def keep_reason(tx: Tx, case_id: int, words_id: int) -> None:
    """Remembers why a case was closed that is opened again, so that an erasure still finds the words."""
    tx.execute(insert(former_reasons).values(case_id=case_id, words_id=words_id))


def drop_reason(tx: Tx, case_id: int, words_id: int) -> None:
    """Why a case was closed is its own reason again, and no earlier one."""
    this = former_reasons.c.case_id == case_id, former_reasons.c.words_id == words_id
    tx.execute(delete(former_reasons).where(*this))
