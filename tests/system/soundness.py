"""What must hold of an installation's rows whatever has happened to it."""

from collections import Counter
from collections.abc import Mapping

from sqlalchemy import and_, func, or_, select

from model.words import PublicationState, ResponseState
from store import audit
from store.db import Store, Tx
from store.schema import (
    assessments,
    case_comments,
    cases,
    comments,
    publications,
    responses,
    revisions,
    submissions,
)

R, P = ResponseState, PublicationState
ALLOWED: dict[R, tuple[bool, frozenset[P] | None]] = {
    # A response's state: whether a submission of it is live, and where its publications may stand (None: it has none).
    R.DRAFT: (False, None),
    R.WAITING: (True, None),
    R.CHANGES_REQUESTED: (False, None),
    R.REJECTED: (False, None),
    R.APPROVED: (True, frozenset(P) - {P.HELD, P.FAILED, P.UNCONFIRMED}),
    R.HELD: (True, frozenset(P)),
    R.PUBLISHED: (False, frozenset({P.PUBLISHED, P.DROPPED})),
    R.WITHDRAWN: (False, None),
}


def faults(store: Store, sent: Mapping[int, int] | None = None) -> list[str]:
    """What does not hold, a sentence each; empty when all does. `sent` has, by source, how many comments were left."""
    with store.read() as tx:
        found = [*_counted(tx, sent or {}), *_whole(tx), *_cases(tx), *_responses(tx)]
        verdict = audit.verify(tx)
    return found if verdict.holds else [*found, f"the audit log is broken at event {verdict.broken_at}"]


def _counted(tx: Tx, sent: Mapping[int, int]) -> list[str]:
    rows = tx.execute(select(comments.c.source_id, func.count()).group_by(comments.c.source_id))
    there = {int(row[0]): int(row[1]) for row in rows}
    return [
        f"source {source}: {there.get(source, 0)} of {number} comments are there"
        for source, number in sent.items()
        if there.get(source, 0) != number
    ]


def _whole(tx: Tx) -> list[str]:
    """Each comment has the text and the assessment of its present revision."""
    text = and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision)
    said = and_(assessments.c.comment_id == comments.c.id, assessments.c.revision == comments.c.revision)
    query = (
        select(func.count())
        .select_from(comments)
        .outerjoin(revisions, text)
        .outerjoin(assessments, said)
        .where(or_(revisions.c.id.is_(None), assessments.c.id.is_(None)))
    )
    lacking = tx.execute(query).scalar_one()
    return [f"{lacking} comments have no text or no assessment"] if lacking else []


def _cases(tx: Tx) -> list[str]:
    """Each flagged comment belongs to a case, and each thread has one open case at the most."""
    lost = tx.execute(
        select(func.count())
        .select_from(comments)
        .outerjoin(case_comments, case_comments.c.comment_id == comments.c.id)
        .where(comments.c.flagged, ~comments.c.ours, case_comments.c.case_id.is_(None))
    ).scalar_one()
    opened = tx.execute(select(cases.c.thread_id).where(cases.c.state == "open")).scalars()
    twice = [thread for thread, number in Counter(opened).items() if number > 1]
    found = [f"{lost} flagged comments belong to no case"] if lost else []
    return [*found, *(f"thread {thread} has two open cases" for thread in twice)]


def _responses(tx: Tx) -> list[str]:
    """Each response is in one legal state: what it says of itself, of its submission and of its publications agree."""
    live = set(tx.execute(select(submissions.c.response_id).where(submissions.c.ended_at.is_(None))).scalars())
    newest: dict[int, int] = {}
    for row in tx.execute(select(submissions.c.response_id, submissions.c.id).order_by(submissions.c.id)):
        newest[row.response_id] = row.id
    standing: dict[int, set[P]] = {}
    for row in tx.execute(select(publications.c.response_id, publications.c.submission_id, publications.c.state)):
        if row.submission_id == newest.get(row.response_id):
            standing.setdefault(row.response_id, set()).add(P(row.state))
    found = []
    for row in tx.execute(select(responses.c.id, responses.c.state)):
        state = R(row.state)
        lives, allowed = ALLOWED[state]
        if (row.id in live) != lives:
            found.append(
                f"response {row.id} is '{state}', and its submission is {'' if row.id in live else 'not '}live"
            )
        if allowed is not None and not standing.get(row.id, set()) <= allowed:
            found.append(f"response {row.id} is '{state}', and its publications are {sorted(standing[row.id])}")
    return found
