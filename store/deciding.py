"""Queries behind My approvals: what waits for a person, what waits because of them, what they decided and have seen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, delete, func, insert, or_, select, update

from model.words import Action, ResponseState
from store.comments import flagged_severity
from store.db import Tx
from store.rows import record, records
from store.schema import (
    cases,
    comments,
    decisions,
    escalations,
    handed_on,
    level_times,
    people,
    policy_notes,
    response_targets,
    response_versions,
    responses,
    revisions,
    seen_versions,
    submissions,
    threads,
    waits,
    words,
)

PAGE = 25
"""So many rows of a list are on one page."""
_NO_REPLY_TOO = 280


@dataclass(frozen=True, slots=True)
class Row:
    """A submission in one of the lists. `text` is how it begins, `about` how the comment does that it is about, and
    `about_severity` that of this comment where it was flagged, else 0.

    `since` is when the step began, or when it was decided; `name` who decided or is asked, where the list says so.
    """

    submission_id: int
    response_id: int
    case_id: int | None
    version_number: int
    action: str
    state: str
    author_id: int
    author: str
    text: str
    about: str | None
    about_severity: int
    commenter: str | None
    channel: str | None
    severity: int | None
    route: dict[str, Any]
    since: datetime
    step: int = 0
    stood_in: int | None = None
    kind: str = ""
    reason: str = ""
    settled_at: datetime | None = None


def _rows(*more: ColumnElement[Any]) -> Select[Any]:
    target = select(func.min(response_targets.c.id)).where(response_targets.c.response_id == responses.c.id)
    version = and_(
        response_versions.c.response_id == responses.c.id,
        response_versions.c.number == submissions.c.version_number,
    )
    answered = and_(
        revisions.c.comment_id == response_targets.c.comment_id,
        revisions.c.number == response_targets.c.comment_revision,
    )
    return (
        select(
            submissions.c.id.label("submission_id"),
            submissions.c.response_id,
            submissions.c.version_number,
            submissions.c.route,
            responses.c.case_id,
            responses.c.action,
            responses.c.state,
            responses.c.author_id,
            people.c.name.label("author"),
            func.substr(response_versions.c.text, 1, _NO_REPLY_TOO).label("text"),
            func.substr(revisions.c.text, 1, _NO_REPLY_TOO).label("about"),
            flagged_severity().label("about_severity"),
            comments.c.author.label("commenter"),
            response_targets.c.channel,
            cases.c.severity,
            *more,
        )
        .join(responses, responses.c.id == submissions.c.response_id)
        .join(people, people.c.id == responses.c.author_id)
        .join(response_versions, version)
        .outerjoin(response_targets, response_targets.c.id == target.correlate(responses).scalar_subquery())
        .outerjoin(comments, comments.c.id == response_targets.c.comment_id)
        .outerjoin(revisions, answered)
        .outerjoin(cases, cases.c.id == responses.c.case_id)
    )


def waiting(tx: Tx, person_id: int, page: int = 0, size: int = PAGE) -> list[Row]:
    """What waits for a person's decision, longest first."""
    query = _rows(waits.c.since, waits.c.step, waits.c.stood_in).join(
        waits, and_(waits.c.submission_id == submissions.c.id, waits.c.person_id == person_id)
    )
    return records(Row, tx.execute(query.order_by(waits.c.since, submissions.c.id).limit(size).offset(page * size)))


def asked(tx: Tx, person_id: int, limit: int = 1000) -> frozenset[int]:
    """The submissions that wait for a person's decision, a thousand at most."""
    query = select(waits.c.submission_id).where(waits.c.person_id == person_id)
    return frozenset(tx.execute(query.order_by(waits.c.submission_id).limit(limit)).scalars())


def is_asked(tx: Tx, person_id: int, submission_id: int) -> bool:
    """Whether this submission waits for this person's decision."""
    mine = waits.c.submission_id == submission_id, waits.c.person_id == person_id
    return tx.execute(select(waits.c.step).where(*mine)).first() is not None


def longest(tx: Tx, person_id: int) -> datetime | None:
    """Since when the oldest of them waits."""
    return tx.execute(select(func.min(waits.c.since)).where(waits.c.person_id == person_id)).scalar()


def one(tx: Tx, submission_id: int) -> Row | None:
    """One submission as a row, whoever is asked; its step is that of the last decision."""
    made = select(func.coalesce(func.max(decisions.c.step), 0)).where(
        decisions.c.submission_id == submissions.c.id, decisions.c.undone_at.is_(None)
    )
    step = made.scalar_subquery().label("step")
    query = _rows(submissions.c.at.label("since"), step).where(submissions.c.id == submission_id)
    row = tx.execute(query).first()
    return record(Row, row) if row else None


def _mine(person_id: int) -> ColumnElement[bool]:
    raised = select(escalations.c.case_id).where(escalations.c.by == person_id, escalations.c.to_level.is_not(None))
    return and_(
        submissions.c.ended_at.is_(None),
        responses.c.state == ResponseState.WAITING,
        or_(responses.c.author_id == person_id, submissions.c.by == person_id, responses.c.case_id.in_(raised)),
    )


def because(tx: Tx, person_id: int, page: int = 0, size: int = PAGE) -> list[Row]:
    """What a person wrote, sent or escalated to a level, and what waits for somebody's decision; longest first."""
    still = and_(level_times.c.submission_id == submissions.c.id, level_times.c.ended_at.is_(None))
    query = _rows(level_times.c.began_at.label("since"), level_times.c.step).join(level_times, still)
    mine = query.where(_mine(person_id)).order_by(level_times.c.began_at, submissions.c.id)
    return records(Row, tx.execute(mine.limit(size).offset(page * size)))


def count_because(tx: Tx, person_id: int) -> int:
    query = select(func.count()).select_from(submissions)
    query = query.join(responses, responses.c.id == submissions.c.response_id).where(_mine(person_id))
    return int(tx.execute(query).scalar_one())


def asked_names(tx: Tx, submission_ids: Sequence[int]) -> dict[int, list[str]]:
    """Who is asked about each submission now, by name."""
    query = (
        select(waits.c.submission_id, people.c.name)
        .join(people, people.c.id == waits.c.person_id)
        .where(waits.c.submission_id.in_(submission_ids))
        .order_by(people.c.name)
        .limit(2000)
    )
    found: dict[int, list[str]] = {}
    for row in tx.execute(query):
        found.setdefault(row.submission_id, []).append(row.name)
    return found


@dataclass(frozen=True, slots=True)
class Question:
    """A question that a person asked another one, and that has no answer yet."""

    case_id: int
    name: str
    text: str
    at: datetime


def asked_by(tx: Tx, person_id: int, limit: int = PAGE) -> list[Question]:
    """The questions of a person that nobody answered yet, longest first."""
    query = (
        select(escalations.c.case_id, escalations.c.at, people.c.name, words.c.text)
        .join(people, people.c.id == escalations.c.to_person_id)
        .join(words, words.c.id == escalations.c.words_id)
        .where(escalations.c.by == person_id, escalations.c.answer_id.is_(None))
        .order_by(escalations.c.id)
        .limit(limit)
    )
    return records(Question, tx.execute(query))


def _made(person_id: int) -> ColumnElement[bool]:
    return and_(decisions.c.person_id == person_id, decisions.c.undone_at.is_(None))


def decided(tx: Tx, person_id: int, page: int = 0, size: int = PAGE) -> list[Row]:
    """What a person decided, newest first."""
    more = (
        decisions.c.at.label("since"),
        decisions.c.step,
        decisions.c.stood_in,
        decisions.c.kind,
        decisions.c.settled_at,
        func.coalesce(words.c.text, "").label("reason"),
    )
    query = (
        _rows(*more)
        .join(decisions, decisions.c.submission_id == submissions.c.id)
        .outerjoin(words, words.c.id == decisions.c.words_id)
        .where(_made(person_id))
        .order_by(decisions.c.id.desc())
    )
    return records(Row, tx.execute(query.limit(size).offset(page * size)))


def count_decided(tx: Tx, person_id: int) -> int:
    return int(tx.execute(select(func.count()).select_from(decisions).where(_made(person_id))).scalar_one())


@dataclass(frozen=True, slots=True)
class Earlier:
    """A reply to the same author that was approved before."""

    response_id: int
    text: str
    at: datetime
    thread_title: str


def earlier_replies(tx: Tx, source_id: int, author: str, other_than: int, limit: int = 3) -> list[Earlier]:
    """The newest replies to an author of a source that were approved, other than one response."""
    query = (
        select(
            responses.c.id.label("response_id"),
            response_versions.c.text,
            response_versions.c.at,
            threads.c.title.label("thread_title"),
        )
        .join(response_targets, response_targets.c.response_id == responses.c.id)
        .join(comments, comments.c.id == response_targets.c.comment_id)
        .join(threads, threads.c.id == comments.c.thread_id)
        .join(submissions, submissions.c.response_id == responses.c.id)
        .join(
            response_versions,
            and_(
                response_versions.c.response_id == responses.c.id,
                response_versions.c.number == submissions.c.version_number,
            ),
        )
        .where(
            comments.c.source_id == source_id,
            comments.c.author == author,
            responses.c.action == Action.REPLY,
            responses.c.state.in_((ResponseState.APPROVED, ResponseState.PUBLISHED)),
            submissions.c.ended_at.is_(None),
            responses.c.id != other_than,
        )
    )
    return records(Earlier, tx.execute(query.order_by(responses.c.id.desc()).limit(limit)))


# --- what somebody has seen ------------------------------------------------------------------------------------------


def last_seen(tx: Tx, person_id: int, response_id: int, version: int) -> int:
    """The number of the version that a person saw last before this one; 0 for none."""
    mine = seen_versions.c.person_id == person_id, seen_versions.c.response_id == response_id
    row = tx.execute(select(seen_versions).where(*mine)).first()
    if row is None:
        return 0
    return int(row.before if row.version >= version else row.version)


def has_seen(tx: Tx, person_id: int, response_id: int, version: int) -> bool:
    """Whether this version is the one that a person saw last."""
    mine = seen_versions.c.person_id == person_id, seen_versions.c.response_id == response_id
    return tx.execute(select(seen_versions.c.version).where(*mine)).scalar() == version


def looked_at(tx: Tx, person_id: int, response_id: int, version: int) -> datetime | None:
    """When a person first had this version on the screen; None where that is not known (any more)."""
    mine = seen_versions.c.person_id == person_id, seen_versions.c.response_id == response_id
    return tx.execute(select(seen_versions.c.at).where(*mine, seen_versions.c.version == version)).scalar()


def saw(tx: Tx, person_id: int, response_id: int, version: int, now: datetime) -> None:
    """A person has had this version on the screen. One row for each person and response, whatever is seen."""
    mine = seen_versions.c.person_id == person_id, seen_versions.c.response_id == response_id
    known = tx.execute(select(seen_versions.c.version).where(*mine)).scalar()
    if known is None:
        values = {"person_id": person_id, "response_id": response_id, "version": version, "before": 0, "at": now}
        tx.execute(insert(seen_versions).values(values))
    elif known < version:
        tx.execute(update(seen_versions).where(*mine).values(before=known, version=version, at=now))


# --- notes to whoever owns the policy --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PolicyNote:
    """What an approver said to the policy's owner, and which rules had asked for the approval."""

    decision_id: int
    name: str
    text: str
    at: datetime
    rules: tuple[str, ...]


def add_notes(tx: Tx, decision_id: int, rules: Sequence[str], words_id: int) -> None:
    """The words of an approval for the policy's owner, under each rule that asked for it."""
    tx.execute(
        insert(policy_notes), [{"decision_id": decision_id, "rule": rule, "words_id": words_id} for rule in rules]
    )


def notes(tx: Tx, limit: int = 50) -> list[PolicyNote]:
    """The newest notes whose approval has passed on."""
    newest = (
        select(policy_notes.c.decision_id)
        .join(decisions, decisions.c.id == policy_notes.c.decision_id)
        .where(decisions.c.settled_at.is_not(None))
        .group_by(policy_notes.c.decision_id)
        .order_by(policy_notes.c.decision_id.desc())
        .limit(limit)
    )
    query = (
        select(policy_notes.c.decision_id, policy_notes.c.rule, people.c.name, words.c.text, decisions.c.at)
        .join(decisions, decisions.c.id == policy_notes.c.decision_id)
        .join(people, people.c.id == decisions.c.person_id)
        .join(words, words.c.id == policy_notes.c.words_id)
        .where(policy_notes.c.decision_id.in_(newest))
        .order_by(policy_notes.c.decision_id.desc(), policy_notes.c.id)
    )
    found: dict[int, PolicyNote] = {}
    for row in tx.execute(query):
        before = found[row.decision_id].rules if row.decision_id in found else ()
        found[row.decision_id] = PolicyNote(row.decision_id, row.name, row.text, row.at, (*before, row.rule))
    return list(found.values())


def notes_by_rule(tx: Tx) -> dict[str, int]:
    """How often it was said of each rule, most often first."""
    query = (
        select(policy_notes.c.rule, func.count().label("times"))
        .join(decisions, decisions.c.id == policy_notes.c.decision_id)
        .where(decisions.c.settled_at.is_not(None))
        .group_by(policy_notes.c.rule)
        .order_by(func.count().desc(), policy_notes.c.rule)
    )
    return {row.rule: int(row.times) for row in tx.execute(query.limit(100))}


# --- handing on ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Handed:
    """Somebody who was asked handed the decision on."""

    id: int
    step: int
    from_person_id: int
    to_person_id: int
    from_name: str
    to_name: str
    reason: str
    at: datetime


def hand_on(tx: Tx, **values: Any) -> int:
    """Somebody hands a decision on; returns the number of that."""
    return int(tx.execute(insert(handed_on).values(**values).returning(handed_on.c.id)).scalar_one())


def take_back(tx: Tx, handed_id: int) -> int | None:
    """A decision was not handed on; returns the id of the words of its reason, None when that is gone already."""
    gone = delete(handed_on).where(handed_on.c.id == handed_id)
    return tx.execute(gone.returning(handed_on.c.words_id)).scalar()


def _handed() -> Select[Any]:
    first, second = people.alias("first"), people.alias("second")
    return (
        select(
            handed_on,
            first.c.name.label("from_name"),
            second.c.name.label("to_name"),
            words.c.text.label("reason"),
        )
        .join(first, first.c.id == handed_on.c.from_person_id)
        .join(second, second.c.id == handed_on.c.to_person_id)
        .join(words, words.c.id == handed_on.c.words_id)
        .where(handed_on.c.submission_id == bindparam("submission"))
        .order_by(handed_on.c.id)
        .limit(100)
    )


_HANDED = _handed()


def handed(tx: Tx, submission_id: int) -> list[Handed]:
    """How a submission was handed on, in the order in which it was; at most a hundred times."""
    return records(Handed, tx.execute(_HANDED, {"submission": submission_id}))


def sent_since(tx: Tx, since: datetime, limit: int) -> list[int]:
    """The responses that were sent for approval since a moment, the last one sent first, each once.

    Of the newest submissions by their number, at most twice as many as are asked for.
    """
    newest = select(submissions.c.response_id, submissions.c.at).order_by(submissions.c.id.desc()).limit(2 * limit)
    found = dict.fromkeys(row.response_id for row in tx.execute(newest) if row.at >= since)
    return list(found)[:limit]


def count_sent_since(tx: Tx, since: datetime) -> int:
    """How many responses were sent for approval since a moment."""
    sent = select(func.count(submissions.c.response_id.distinct())).where(submissions.c.at >= since)
    return int(tx.execute(sent).scalar_one())
