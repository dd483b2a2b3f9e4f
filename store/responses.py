"""Queries on responses, their versions, submissions and decisions."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from model.content import Content, Target
from model.errors import Conflict
from model.language import _
from model.route import Step
from model.words import Action, Channel, Quorum, ResponseState
from store import jobs
from store.db import Tx
from store.rows import record, records
from store.schema import (
    decisions,
    level_times,
    people,
    response_editors,
    response_targets,
    response_versions,
    responses,
    revisions,
    submissions,
    waits,
    words,
)

LIVE = (
    ResponseState.DRAFT,
    ResponseState.WAITING,
    ResponseState.CHANGES_REQUESTED,
    ResponseState.APPROVED,
    ResponseState.HELD,
)


@dataclass(frozen=True, slots=True)
class Response:
    """`draft` is what is being written, or the reason for an action that is no reply; `version` grows with each change
    of the row."""

    id: int
    case_id: int | None
    state: ResponseState
    action: Action
    author_id: int
    draft: str
    saved_at: datetime
    saved_by: int
    created_at: datetime
    version: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version as it was sent for approval."""

    id: int
    response_id: int
    number: int
    content: Content
    content_hash: str
    by: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """One sending for approval: the version, the policy version and the route as they were at that moment."""

    id: int
    response_id: int
    version_number: int
    content_hash: str
    policy_id: int
    steps: tuple[Step, ...]
    because: tuple[tuple[str, str], ...]
    by: int
    at: datetime
    approval_until: datetime
    send_until: datetime
    ended_at: datetime | None
    ended_as: str


@dataclass(frozen=True, slots=True)
class Decision:
    """`due_at` is the end of the time in which it can be undone; until `settled_at` nobody else sees it. `stood_in` is
    the level that it was made from, when that was in the place of the step's own."""

    id: int
    submission_id: int
    step: int
    person_id: int
    name: str
    kind: str
    reason: str
    at: datetime
    due_at: datetime
    settled_at: datetime | None
    stood_in: int | None
    span_start: int | None = None
    span_end: int | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission that waits for a person. `about` is the text of the comment that it is an answer to, or about;
    `stood_in` the level that this person is asked from, when in the place of the step's own."""

    submission_id: int
    response_id: int
    case_id: int | None
    step: int
    since: datetime
    author: str
    text: str
    version_number: int
    action: str
    about: str | None
    stood_in: int | None


def add(
    tx: Tx,
    case_id: int | None,
    author_id: int,
    targets: tuple[Target, ...],
    now: datetime,
    action: Action = Action.REPLY,
) -> int:
    values = {
        "action": action,
        "case_id": case_id,
        "state": ResponseState.DRAFT,
        "author_id": author_id,
        "draft": "",
        "version": 1,
        "saved_by": author_id,
    }
    made = tx.execute(insert(responses).values(**values, saved_at=now, created_at=now).returning(responses.c.id))
    response_id = int(made.scalar_one())
    tx.execute(insert(response_targets), [{"response_id": response_id, **asdict(target)} for target in targets])
    return response_id


def get(tx: Tx, response_id: int) -> Response | None:
    row = tx.execute(select(responses).where(responses.c.id == response_id)).first()
    return _response(row) if row else None


def _response(row: Any) -> Response:
    values = {**row._mapping, "state": ResponseState(row.state), "action": Action(row.action)}
    return Response(**{name: values[name] for name in Response.__dataclass_fields__})


def live_of_case(tx: Tx, case_id: int) -> Response | None:
    """The reply of a case that is neither sent nor given up."""
    mine = responses.c.case_id == case_id, responses.c.action == Action.REPLY, responses.c.state.in_(LIVE)
    query = select(responses).where(*mine)
    row = tx.execute(query.order_by(responses.c.id.desc()).limit(1)).first()
    return _response(row) if row else None


def last_of_case(tx: Tx, case_id: int) -> Response | None:
    """The newest reply of a case, whatever became of it."""
    query = select(responses).where(responses.c.case_id == case_id, responses.c.action == Action.REPLY)
    found = tx.execute(query.order_by(responses.c.id.desc()).limit(1)).first()
    return _response(found) if found else None


def of_case(tx: Tx, case_id: int) -> list[Response]:
    """The newest fifty responses of a case, oldest first."""
    query = select(responses).where(responses.c.case_id == case_id).order_by(responses.c.id.desc()).limit(50)
    return [_response(row) for row in tx.execute(query)][::-1]


def of_author(tx: Tx, person_id: int, limit: int = 200) -> list[Response]:
    """What a person writes or has under way, oldest first."""
    mine = select(responses).where(responses.c.author_id == person_id, responses.c.state.in_(LIVE))
    return [_response(row) for row in tx.execute(mine.order_by(responses.c.id).limit(limit))]


def own(tx: Tx, limit: int = 30) -> list[Response]:
    """Those with no comment behind them, the newest first."""
    query = select(responses).where(responses.c.case_id.is_(None), responses.c.action == Action.REPLY)
    return [_response(row) for row in tx.execute(query.order_by(responses.c.id.desc()).limit(limit))]


def count_of_case(tx: Tx, case_id: int) -> int:
    query = select(func.count()).select_from(responses).where(responses.c.case_id == case_id)
    return int(tx.execute(query).scalar_one())


def live_in_case(tx: Tx, case_id: int, limit: int = 100) -> list[Response]:
    """All responses of a case that are neither done nor given up, oldest first."""
    query = select(responses).where(responses.c.case_id == case_id, responses.c.state.in_(LIVE))
    return [_response(row) for row in tx.execute(query.order_by(responses.c.id).limit(limit))]


def acts(tx: Tx, case_id: int, comment_ids: Sequence[int], limit: int = 50) -> list[Response]:
    """What is or was to be done to comments: those of a case, and those about some comments whatever their case. Oldest
    first; where there are more than `limit`, what is live stays, and the newest of the others."""
    about = select(response_targets.c.response_id).where(response_targets.c.comment_id.in_(list(comment_ids)))
    query = select(responses).where(
        responses.c.action != Action.REPLY, or_(responses.c.case_id == case_id, responses.c.id.in_(about))
    )
    newest = query.order_by(responses.c.state.in_(LIVE).desc(), responses.c.id.desc()).limit(limit)
    return sorted((_response(row) for row in tx.execute(newest)), key=lambda one: one.id)


def change(tx: Tx, response_id: int, seen_version: int, **values: Any) -> None:
    """Changes a response if it is still at the version that was seen. Raises Conflict when somebody else was first."""
    mine = update(responses).where(responses.c.id == response_id, responses.c.version == seen_version)
    if tx.execute(mine.values(**values, version=seen_version + 1)).rowcount != 1:
        raise Conflict(_("Somebody changed this response at the same moment. Look again before you go on."))


def targets(tx: Tx, response_id: int) -> tuple[Target, ...]:
    rows = tx.execute(
        select(response_targets).where(response_targets.c.response_id == response_id).order_by(response_targets.c.id)
    )
    return tuple(
        Target(Channel(row.channel), row.source_id, row.thread_id, row.comment_id, row.comment_revision) for row in rows
    )


def set_targets(tx: Tx, response_id: int, wanted: tuple[Target, ...]) -> None:
    """The response goes there from now on, and nowhere else."""
    tx.execute(delete(response_targets).where(response_targets.c.response_id == response_id))
    tx.execute(insert(response_targets), [{"response_id": response_id, **asdict(target)} for target in wanted])


def answer_revision(tx: Tx, response_id: int, comment_id: int, revision: int) -> None:
    """The response answers this revision of the comment from now on: its author has seen it."""
    mine = update(response_targets).where(
        response_targets.c.response_id == response_id, response_targets.c.comment_id == comment_id
    )
    tx.execute(mine.values(comment_revision=revision))


def add_editor(tx: Tx, response_id: int, person_id: int) -> None:
    """Records that a person wrote or edited a version; once, and for good."""
    if person_id not in editors(tx, response_id):
        tx.execute(insert(response_editors).values(response_id=response_id, person_id=person_id))


def editors(tx: Tx, response_id: int) -> frozenset[int]:
    query = select(response_editors.c.person_id).where(response_editors.c.response_id == response_id)
    return frozenset(tx.execute(query).scalars())


# --- versions --------------------------------------------------------------------------------------------------------


def add_version(
    tx: Tx, response_id: int, number: int, content: Content, content_hash: str, by: int, at: datetime
) -> None:
    tx.execute(
        insert(response_versions).values(
            response_id=response_id,
            number=number,
            action=content.action,
            text=content.text,
            targets=[asdict(target) for target in content.targets],
            attachments=list(content.attachments),
            send_from=content.send_from,
            send_until=content.send_until,
            content_hash=content_hash,
            by=by,
            at=at,
        )
    )


def versions(tx: Tx, response_id: int) -> list[Version]:
    """All versions, oldest first."""
    rows = tx.execute(
        select(response_versions)
        .where(response_versions.c.response_id == response_id)
        .order_by(response_versions.c.number)
    )
    return [_version(row) for row in rows]


def version(tx: Tx, response_id: int, number: int) -> Version:
    """One version; it must exist."""
    return _version(
        tx.execute(
            select(response_versions).where(
                response_versions.c.response_id == response_id, response_versions.c.number == number
            )
        ).one()
    )


def _version(row: Any) -> Version:
    aimed = tuple(Target(**{**target, "channel": Channel(target["channel"])}) for target in row.targets)
    content = Content(row.text, aimed, tuple(row.attachments), row.send_from, row.send_until, action=Action(row.action))
    return Version(row.id, row.response_id, row.number, content, row.content_hash, row.by, row.at)


# --- submissions and decisions ---------------------------------------------------------------------------------------


def submit(tx: Tx, *, steps: tuple[Step, ...], because: tuple[tuple[str, str], ...], **values: Any) -> int:
    """A new submission with its route as a snapshot. Raises IntegrityError when the response has a live one."""
    route = {"steps": [asdict(step) for step in steps], "because": [list(pair) for pair in because]}
    made = tx.execute(insert(submissions).values(**values, route=route).returning(submissions.c.id))
    return int(made.scalar_one())


def submission(tx: Tx, submission_id: int) -> Submission | None:
    """One submission."""
    row = tx.execute(select(submissions).where(submissions.c.id == submission_id)).first()
    return _submission(row) if row else None


def is_live(tx: Tx, submission_id: int) -> bool:
    """Whether a submission has not ended."""
    query = select(submissions.c.id).where(submissions.c.id == submission_id, submissions.c.ended_at.is_(None))
    return tx.execute(query).first() is not None


def live_submission(tx: Tx, response_id: int) -> Submission | None:
    """The submission of a response that has not ended."""
    query = select(submissions).where(submissions.c.response_id == response_id, submissions.c.ended_at.is_(None))
    row = tx.execute(query).first()
    return _submission(row) if row else None


def submissions_of(tx: Tx, response_id: int) -> list[Submission]:
    """All submissions of a response, oldest first."""
    query = select(submissions).where(submissions.c.response_id == response_id).order_by(submissions.c.id)
    return [_submission(row) for row in tx.execute(query)]


def _submission(row: Any) -> Submission:
    steps = tuple(
        Step(
            level=step["level"],
            name=step["name"],
            quorum=Quorum(step["quorum"]) if isinstance(step["quorum"], str) else step["quorum"],
            answers_within_s=step["answers_within_s"],
            because=tuple(step["because"]),
        )
        for step in row.route["steps"]
    )
    values = {**row._mapping, "steps": steps, "because": tuple((r, s) for r, s in row.route["because"])}
    return Submission(**{name: values[name] for name in Submission.__dataclass_fields__})


def end_submission(tx: Tx, submission_id: int, as_what: str, at: datetime) -> None:
    """Ends a submission: it waits for nobody any more, and whatever was approved under it is history."""
    tx.execute(update(submissions).where(submissions.c.id == submission_id).values(ended_at=at, ended_as=as_what))
    end_waits(tx, submission_id, at)


def decide(tx: Tx, **values: Any) -> int | None:
    """Stores a decision; None when this person has already decided on this submission."""
    try:
        with tx.begin_nested():
            return int(tx.execute(insert(decisions).values(**values).returning(decisions.c.id)).scalar_one())
    except IntegrityError:
        return None


def decisions_of(tx: Tx, submission_id: int) -> list[Decision]:
    """The decisions on a submission that were not undone, in the order they were made."""
    query = (
        select(decisions, people.c.name, func.coalesce(words.c.text, "").label("reason"))
        .join(people, people.c.id == decisions.c.person_id)
        .outerjoin(words, words.c.id == decisions.c.words_id)
        .where(decisions.c.submission_id == submission_id, decisions.c.undone_at.is_(None))
        .order_by(decisions.c.id)
    )
    return records(Decision, tx.execute(query))


def decision(tx: Tx, decision_id: int) -> Decision | None:
    """One decision that was not undone."""
    query = (
        select(decisions, people.c.name, func.coalesce(words.c.text, "").label("reason"))
        .join(people, people.c.id == decisions.c.person_id)
        .outerjoin(words, words.c.id == decisions.c.words_id)
        .where(decisions.c.id == decision_id, decisions.c.undone_at.is_(None))
    )
    row = tx.execute(query).first()
    return record(Decision, row) if row else None


def unsettled(tx: Tx, response_ids: list[int]) -> frozenset[int]:
    """The decisions on some responses that can still be undone."""
    query = (
        select(decisions.c.id)
        .join(submissions, submissions.c.id == decisions.c.submission_id)
        .where(submissions.c.response_id.in_(response_ids), decisions.c.settled_at.is_(None))
        .where(decisions.c.undone_at.is_(None))
    )
    return frozenset(tx.execute(query).scalars())


def undo(tx: Tx, decision_id: int, person_id: int, now: datetime) -> bool:
    """Undoes one's own decision while its time runs; False when it is over."""
    mine = update(decisions).where(
        decisions.c.id == decision_id,
        decisions.c.person_id == person_id,
        decisions.c.undone_at.is_(None),
        decisions.c.settled_at.is_(None),
        decisions.c.due_at > now,
    )
    return tx.execute(mine.values(undone_at=now)).rowcount == 1


def settle(tx: Tx, decision_id: int, now: datetime) -> bool:
    """Marks a decision as final; False when it was undone or settled already."""
    mine = update(decisions).where(
        decisions.c.id == decision_id, decisions.c.undone_at.is_(None), decisions.c.settled_at.is_(None)
    )
    return tx.execute(mine.values(settled_at=now)).rowcount == 1


def not_passed_on(tx: Tx, late: datetime, limit: int = 200) -> list[int]:
    """Decisions that should have passed on by then, and that no job is about."""
    query = select(decisions.c.id).where(
        decisions.c.settled_at.is_(None),
        decisions.c.undone_at.is_(None),
        decisions.c.due_at < late,
        ~jobs.about("settle", decisions.c.id),
    )
    return list(tx.execute(query.order_by(decisions.c.due_at).limit(limit)).scalars())


def asked(tx: Tx, submission_id: int) -> frozenset[tuple[int, int, int | None]]:
    """Who is asked now: person, step, and the level they are asked from when in the place of the step's own."""
    rows = tx.execute(select(waits).where(waits.c.submission_id == submission_id))
    return frozenset((row.person_id, row.step, row.stood_in) for row in rows)


def set_waits(
    tx: Tx,
    submission_id: int,
    at: tuple[int, Step],
    wanted: frozenset[int],
    now: datetime,
    instead: frozenset[tuple[int, int]] = frozenset(),
) -> None:
    """Records who is asked at which step (its index, and itself) from now on, and that the steps before have ended.

    `instead` has those of the wanted who are asked in the place of the step's level, each with the level they do it
    from. A response waits for everybody at a step since that step began, and for those others since it went up, so that
    undoing a decision restores what was.
    """
    index, step = at
    mine = level_times.c.submission_id == submission_id
    tx.execute(
        update(level_times)
        .where(mine, level_times.c.ended_at.is_(None), level_times.c.step != index)
        .values(ended_at=now)
    )
    begun = tx.execute(select(level_times).where(mine, level_times.c.step == index)).first()
    if begun is None:
        due = now + timedelta(seconds=step.answers_within_s)
        values = {"submission_id": submission_id, "step": index, "level": step.level, "began_at": now, "due_at": due}
        tx.execute(insert(level_times).values(values))
    elif begun.ended_at:
        tx.execute(update(level_times).where(mine, level_times.c.step == index).values(ended_at=None))
    since = begun.began_at if begun else now
    raised = (begun.raised_at if begun else None) or (begun.deputies_at if begun else None) or since
    # Each stands in since it went to them: deputies, who do it from the step's own level, came before those above.
    beside = (begun.deputies_at if begun else None) or since
    tx.execute(delete(waits).where(waits.c.submission_id == submission_id))
    from_level = dict(instead)
    rows = [
        {
            "submission_id": submission_id,
            "person_id": person,
            "step": index,
            "since": since if person not in from_level else beside if from_level[person] == step.level else raised,
            "stood_in": from_level.get(person),
        }
        for person in sorted(wanted)
    ]
    if rows:
        tx.execute(insert(waits), rows)


def end_waits(tx: Tx, submission_id: int, now: datetime) -> None:
    """Nobody is asked any more, and the last step has ended."""
    tx.execute(delete(waits).where(waits.c.submission_id == submission_id))
    still = and_(level_times.c.submission_id == submission_id, level_times.c.ended_at.is_(None))
    tx.execute(update(level_times).where(still).values(ended_at=now))


def add_step(tx: Tx, mine: Submission, step: Step, because: tuple[str, str]) -> None:
    """A submission gains a step at the end of its route; it never loses one."""
    route = {
        "steps": [asdict(one) for one in (*mine.steps, step)],
        "because": [list(pair) for pair in (*mine.because, because)],
    }
    tx.execute(update(submissions).where(submissions.c.id == mine.id).values(route=route))


def set_send_until(tx: Tx, submission_id: int, until: datetime) -> None:
    tx.execute(update(submissions).where(submissions.c.id == submission_id).values(send_until=until))


def waiting_for(tx: Tx, person_id: int, limit: int = 100) -> list[Waiting]:
    """What waits for a person's decision, longest first."""
    about = (
        select(revisions.c.text)
        .join(
            response_targets,
            and_(
                response_targets.c.comment_id == revisions.c.comment_id,
                response_targets.c.comment_revision == revisions.c.number,
            ),
        )
        .where(response_targets.c.response_id == responses.c.id)
        .order_by(response_targets.c.id)
        .limit(1)
        .correlate(responses)
        .scalar_subquery()
    )
    query = (
        select(
            waits.c.submission_id,
            waits.c.step,
            waits.c.since,
            waits.c.stood_in,
            submissions.c.response_id,
            submissions.c.version_number,
            responses.c.case_id,
            people.c.name.label("author"),
            response_versions.c.text,
            response_versions.c.action,
            about.label("about"),
        )
        .join(submissions, submissions.c.id == waits.c.submission_id)
        .join(responses, responses.c.id == submissions.c.response_id)
        .join(people, people.c.id == responses.c.author_id)
        .join(
            response_versions,
            and_(
                response_versions.c.response_id == responses.c.id,
                response_versions.c.number == submissions.c.version_number,
            ),
        )
        .where(waits.c.person_id == person_id)
        .order_by(waits.c.since)
        .limit(limit)
    )
    return records(Waiting, tx.execute(query))


def count_waiting(tx: Tx, person_id: int) -> int:
    return int(tx.execute(select(func.count()).select_from(waits).where(waits.c.person_id == person_id)).scalar_one())


def waiting_submissions(tx: Tx, limit: int = 1000) -> list[int]:
    """The live submissions of responses that wait for approval."""
    query = (
        select(submissions.c.id)
        .join(responses, responses.c.id == submissions.c.response_id)
        .where(submissions.c.ended_at.is_(None), responses.c.state == ResponseState.WAITING)
        .limit(limit)
    )
    return list(tx.execute(query).scalars())
