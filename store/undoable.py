"""Queries on what can be undone: how a case or a comment stands, what a person last did, and putting it back.

How something stands is a mapping of plain values that JSON can hold: ids, states, moments as ISO texts.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, insert, literal, select, update
from sqlalchemy.exc import IntegrityError

from store import cases as rows
from store import presence, rollups
from store.db import Tx
from store.rows import record
from store.schema import (
    case_comments,
    cases,
    claims,
    comments,
    decisions,
    escalations,
    looked_over,
    responses,
    snoozes,
    submissions,
    undoable,
)

KEPT = timedelta(hours=1)
"""After so long a row only takes up room."""
OF_CASE = ("state", "outcome", "closed_at", "closed_by", "close_reason_id", "wrongly")
_MOST = 100
"""Questions of a case that are told apart."""
_MOMENTS = {"closed_at", "since", "expires_at", "until", "at"}


@dataclass(frozen=True, slots=True)
class Undoable:
    """What a person last did, how it stood before and how right after; of several, each by its id as text.

    `case_id` is the case of a response, where `offered` has looked it up.
    """

    person_id: int
    token: str
    what: str
    subject: str
    subject_id: int
    count: int
    former: dict[str, Any]
    after: dict[str, Any]
    at: datetime
    case_id: int | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision on what somebody sent for approval, until `due_at`; `case_id` is that of the response."""

    id: int
    submission_id: int
    case_id: int | None
    kind: str
    due_at: datetime


def keep(tx: Tx, person_id: int, at: datetime, **values: Any) -> None:
    """Keeps the newest decision of a person in place of the one before, and drops what is long over."""
    tx.execute(delete(undoable).where(undoable.c.at < at - KEPT))
    values = {"count": 1} | values
    mine = update(undoable).where(undoable.c.person_id == person_id).values(**values, at=at)
    if tx.execute(mine).rowcount == 1:
        return
    try:
        with tx.begin_nested():
            tx.execute(insert(undoable).values(person_id=person_id, at=at, **values))
    except IntegrityError:  # this person's other tab was first
        tx.execute(mine)


def of(tx: Tx, person_id: int) -> Undoable | None:
    row = tx.execute(select(undoable).where(undoable.c.person_id == person_id)).first()
    return record(Undoable, row) if row else None


def offered(tx: Tx, person_id: int) -> Undoable | None:
    """The same without how it stood: what every page asks for, and what may be long stays where it is."""
    some = [undoable.c[name] for name in ("person_id", "token", "what", "subject", "subject_id", "count", "at")]
    sent = and_(undoable.c.subject.in_(("response", "handed")), responses.c.id == undoable.c.subject_id)
    query = select(*some, responses.c.case_id).outerjoin(responses, sent)
    row = tx.execute(query.where(undoable.c.person_id == person_id)).first()
    return Undoable(**row._mapping, former={}, after={}) if row else None


def forget(tx: Tx, person_id: int) -> None:
    tx.execute(delete(undoable).where(undoable.c.person_id == person_id))


def forget_sent(tx: Tx, person_id: int, response_id: int) -> None:
    """That a person sent a response is nothing to undo any more; whatever else they did last stays."""
    mine = undoable.c.person_id == person_id, undoable.c.subject == "response", undoable.c.subject_id == response_id
    tx.execute(delete(undoable).where(*mine))


def last_decided(tx: Tx, person_id: int, now: datetime) -> Decided | None:
    """The newest decision of a person on what waited for them that can still be undone.

    Each becomes final at the same time after it was made, so the newest is the one that is open longest: by that it is
    found among the few that are open at all, however many the person has made.
    """
    # A sum, as SQLite would go through all that the person ever decided by their index.
    theirs = decisions.c.person_id + 0 == person_id
    query = (
        select(
            decisions.c.id,
            decisions.c.submission_id,
            responses.c.case_id,
            decisions.c.kind,
            decisions.c.due_at,
        )
        .join(submissions, submissions.c.id == decisions.c.submission_id)
        .join(responses, responses.c.id == submissions.c.response_id)
        .where(
            theirs,
            decisions.c.undone_at.is_(None),
            decisions.c.settled_at.is_(None),
            decisions.c.due_at > now,
        )
        .order_by(decisions.c.due_at.desc(), decisions.c.id.desc())
        .limit(1)
    )
    row = tx.execute(query).first()
    return record(Decided, row) if row else None


# --- how it stands ---------------------------------------------------------------------------------------------------


def _plain(row: Any) -> dict[str, Any]:
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in row._mapping.items()}


def _values(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: datetime.fromisoformat(value) if key in _MOMENTS and isinstance(value, str) else value
        for key, value in plain.items()
    }


def case_stands(tx: Tx, case_id: int) -> dict[str, Any]:
    """A case with its claim and who asks for it, its snooze, what was asked (id and whether it was answered), and what
    is spam of it."""
    return cases_stand(tx, [case_id])[case_id]


def cases_stand(tx: Tx, case_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The same of several, in a few statements; those that are gone are left out."""
    ids = list(case_ids)
    query = select(cases.c.id, *(cases.c[name] for name in OF_CASE)).where(cases.c.id.in_(ids))
    found = {row.id: {name: _plain(row)[name] for name in OF_CASE} for row in tx.execute(query)}
    for name, table in (("claim", claims), ("snooze", snoozes)):
        rows = {row.case_id: _plain(row) for row in tx.execute(select(table).where(table.c.case_id.in_(ids)))}
        for case_id, stands in found.items():
            stands[name] = rows.get(case_id)
    asks = presence.open_of(tx, ids)
    for case_id, stands in found.items():
        stands.update(asked=[], spam={}, asks=asks.get(case_id))
    answered = escalations.c.answer_id.is_not(None)
    asked = select(escalations.c.case_id, escalations.c.id, answered).where(escalations.c.case_id.in_(ids))
    for case_id, number, is_answered in tx.execute(asked.order_by(escalations.c.id.desc()).limit(_MOST * len(ids))):
        if len(found[case_id]["asked"]) < _MOST:
            found[case_id]["asked"].append([int(number), bool(is_answered)])
    for case_id, comment_id, spam in _spam(tx, ids):
        found[case_id]["spam"][str(comment_id)] = bool(spam)
    return found


def _spam(tx: Tx, case_ids: Sequence[int]) -> Iterator[Any]:
    """Which comments of cases are spam; at most 500 of a case, as whoever marks them takes no more."""
    if len(case_ids) == 1:
        (only,) = case_ids
        some = comments.c.id.in_(rows.comment_ids(tx, only))
        yield from tx.execute(select(literal(only), comments.c.id, comments.c.spam).where(some))
        return
    query = select(case_comments.c.case_id, comments.c.id, comments.c.spam).distinct()
    joined = query.join(comments, comments.c.id == case_comments.c.comment_id)
    yield from tx.execute(joined.where(case_comments.c.case_id.in_(case_ids)))


def comment_stands(tx: Tx, comment_id: int) -> dict[str, Any]:
    """A comment without a case: its revision, whether it is spam, and whether this text was looked over."""
    gone = {"revision": 0, "spam": {}, "looked": None}
    return comments_stand(tx, [comment_id]).get(comment_id, gone)


def comments_stand(tx: Tx, comment_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The same of several; those that are gone are left out."""
    ids = list(comment_ids)
    query = select(comments.c.id, comments.c.revision, comments.c.spam).where(comments.c.id.in_(ids))
    found: dict[int, dict[str, Any]] = {
        row.id: {"revision": row.revision, "spam": {str(row.id): bool(row.spam)}, "looked": None}
        for row in tx.execute(query)
    }
    for row in tx.execute(select(looked_over).where(looked_over.c.comment_id.in_(ids))):
        if row.comment_id in found and found[row.comment_id]["revision"] == row.revision:
            found[row.comment_id]["looked"] = _plain(row)
    return found


# --- putting it back -------------------------------------------------------------------------------------------------


def row_of(stands: Mapping[str, Any]) -> dict[str, Any]:
    """How a case stood, with its moments as such: those of its own row, of its claim and of its snooze."""
    apart = {name: stands[name] and _values(stands[name]) for name in ("claim", "snooze")}
    return {**_values({name: stands[name] for name in OF_CASE}), **apart}


def case_again(tx: Tx, case_id: int, version: int, former: Mapping[str, Any]) -> None:
    """Puts back what a case's own row held, where that is in `former`; its version moves on in any case."""
    rows.change(tx, case_id, version, **_values({key: former[key] for key in OF_CASE if key in former}))


def claim_again(tx: Tx, case_id: int, after: Mapping[str, Any] | None, former: Mapping[str, Any] | None) -> bool:
    """Puts a claim back, if it is still as it was `after`; False when somebody was quicker."""
    if after is None:
        try:
            with tx.begin_nested():
                tx.execute(insert(claims).values(_values(former or {})))
        except IntegrityError:
            return False
        return True
    mine = claims.c.case_id == case_id, claims.c.person_id == after["person_id"]
    if former is None:
        return tx.execute(delete(claims).where(*mine)).rowcount == 1
    return tx.execute(update(claims).where(*mine).values(_values(former))).rowcount == 1


def snooze_again(tx: Tx, case_id: int, former: Mapping[str, Any] | None) -> None:
    tx.execute(delete(snoozes).where(snoozes.c.case_id == case_id))
    if former is not None:
        tx.execute(insert(snoozes).values(_values(former)))


def spam_again(tx: Tx, former: Mapping[str, bool]) -> None:
    for spam in (True, False):
        ids = [int(key) for key, value in former.items() if value is spam]
        with rollups.recounted(tx, ids):
            tx.execute(update(comments).where(comments.c.id.in_(ids)).values(spam=spam))


def take_back(tx: Tx, escalation_id: int) -> int | None:
    """A question or a level that was not answered goes; returns the id of its words, None when it was answered."""
    gone = delete(escalations).where(escalations.c.id == escalation_id, escalations.c.answer_id.is_(None))
    return tx.execute(gone.returning(escalations.c.words_id)).scalar()


def unlook(tx: Tx, comment_id: int, revision: int) -> None:
    mine = looked_over.c.comment_id == comment_id, looked_over.c.revision == revision
    tx.execute(delete(looked_over).where(*mine))
