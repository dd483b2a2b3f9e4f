"""Queries on what approval costs and how long first answers take: the raw rows, and what is worked out of them.
`store.cost_sums` has the same added up."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    delete,
    func,
    insert,
    select,
    tuple_,
)

from model.content import Target
from model.cost import ONCE, SEVERAL, FirstResponse, LevelCost
from model.words import Action, CaseState, Channel, DecisionKind, PublicationState
from store import audit as the_record
from store import cost_sums, people
from store.db import Tx
from store.rows import record, records
from store.schema import (
    answered_there,
    audit,
    cases,
    comments,
    decisions,
    first_responses,
    level_costs,
    level_times,
    publications,
    response_goals,
    response_targets,
    response_versions,
    responses,
    revisions,
    sources,
    submissions,
    threads,
)

MOST_EVENTS = 400
"""Events of the record that are looked at in one step."""
MOST_OPEN = 5_000
PAGE = 25
_MARK = "costs counted up to"  # the fact that says how far the record was followed


# --- the record, followed --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Happened:
    """A line of the record about a case, a response or a comment."""

    seq: int
    action: str
    subject: str
    subject_id: int


def happened(tx: Tx) -> list[Happened]:
    """The next lines of the record that were not looked at, whatever they are about; MOST_EVENTS at most."""
    query = select(audit.c.seq, audit.c.action, audit.c.subject, func.coalesce(audit.c.subject_id, 0))
    rows = tx.execute(query.where(audit.c.seq > mark(tx)).order_by(audit.c.seq).limit(MOST_EVENTS))
    return [Happened(*row) for row in rows]


def mark(tx: Tx) -> int:
    """Up to which line of the record everything is counted."""
    return int(people.fact(tx, _MARK) or 0)


def followed(tx: Tx) -> str:
    """The line of the record up to which everything is counted, as its hash; empty before the first one. While it is
    the same, so is all that was added up."""
    return str(tx.execute(select(audit.c.hash).where(audit.c.seq == mark(tx))).scalar() or "")


def to_go(tx: Tx) -> int:
    """How many lines of the record are still to be looked at."""
    return max(0, the_record.head(tx) - mark(tx))


def move_mark(tx: Tx, seq: int) -> None:
    people.set_fact(tx, _MARK, seq)


def about_comments(tx: Tx, comment_ids: Sequence[int]) -> list[int]:
    """The responses to some comments that were sent for approval, the newest few of each."""
    query = (
        select(response_targets.c.response_id)
        .where(response_targets.c.comment_id.in_(comment_ids))
        .order_by(response_targets.c.response_id.desc())
    )
    return list(tx.execute(query.limit(20 * len(comment_ids))).scalars())


def expired(tx: Tx, now: datetime, limit: int = 20) -> list[int]:
    """The responses that wait though they can no longer be approved, and are not counted as cold."""
    other = level_costs.alias()
    cold = select(other.c.level).where(other.c.response_id == level_costs.c.response_id, other.c.cold != "")
    query = (
        select(level_costs.c.response_id)
        .join(submissions, submissions.c.response_id == level_costs.c.response_id)
        .where(
            level_costs.c.since.is_not(None),
            ~cold.exists(),
            submissions.c.ended_at.is_(None),
            submissions.c.approval_until <= now,
        )
    )
    return list(tx.execute(query.limit(limit)).scalars())


# --- the raw rows of one response ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending for approval, with the text and the targets of its version."""

    id: int
    version_number: int
    at: datetime
    approval_until: datetime
    ended_at: datetime | None
    ended_as: str
    text: str
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """One step of a submission: its level, since when and until when it was asked."""

    submission_id: int
    step: int
    level: int
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Said:
    """A decision that has passed on; `looked_at` is when its person first had the version on the screen."""

    submission_id: int
    step: int
    kind: DecisionKind
    at: datetime
    looked_at: datetime | None


def sent(tx: Tx, response_id: int) -> list[Sent]:
    """How often a response was sent for approval, oldest first."""
    version = and_(
        response_versions.c.response_id == submissions.c.response_id,
        response_versions.c.number == submissions.c.version_number,
    )
    query = (
        select(submissions, response_versions.c.text, response_versions.c.targets)
        .join(response_versions, version)
        .where(submissions.c.response_id == response_id)
        .order_by(submissions.c.id)
    )
    names = [one.name for one in fields(Sent) if one.name != "targets"]
    return [
        Sent(**{name: row._mapping[name] for name in names}, targets=_targets(row.targets))
        for row in tx.execute(query.limit(500))
    ]


def _targets(stored: Iterable[Mapping[str, Any]]) -> tuple[Target, ...]:
    return tuple(Target(**{**one, "channel": Channel(one["channel"])}) for one in stored)


def stays(tx: Tx, response_id: int) -> list[Stay]:
    """The steps at which a response waits or has waited, in their order."""
    query = (
        select(level_times)
        .join(submissions, submissions.c.id == level_times.c.submission_id)
        .where(submissions.c.response_id == response_id)
        .order_by(level_times.c.submission_id, level_times.c.step)
    )
    return records(Stay, tx.execute(query.limit(2_000)))


def said(tx: Tx, response_id: int) -> list[Said]:
    """The decisions on a response that have passed on, in the order they were made."""
    query = (
        select(decisions)
        .join(submissions, submissions.c.id == decisions.c.submission_id)
        .where(
            submissions.c.response_id == response_id,
            decisions.c.settled_at.is_not(None),
            decisions.c.undone_at.is_(None),
        )
        .order_by(decisions.c.id)
    )
    return [
        Said(row.submission_id, row.step, DecisionKind(row.kind), row.at, row.looked_at)
        for row in tx.execute(query.limit(2_000))
    ]


def channel(targets: Sequence[Target]) -> str:
    """The channel of a response's targets, in one word."""
    there = {target.channel.value for target in targets}
    return there.pop() if len(there) == 1 else SEVERAL


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of a comment: when it was deleted, and when it was edited after the revision that was answered."""

    deleted_at: datetime | None
    edited_at: datetime | None


def became(tx: Tx, comment_id: int, revision: int) -> Changed:
    """What became of a comment since one of its revisions, as far as we know of it."""
    deleted = tx.execute(select(comments.c.deleted_at).where(comments.c.id == comment_id)).scalar()
    later = revisions.c.comment_id == comment_id, revisions.c.number > revision
    return Changed(deleted, tx.execute(select(func.min(revisions.c.read_at)).where(*later)).scalar())


def answered_by_others(tx: Tx, comment_id: int, response_id: int) -> list[datetime]:
    """When words of ours other than this response reached a comment: sent from here, or written there by one of us."""
    from_here = select(publications.c.response_id, publications.c.published_at, publications.c.external_id).where(
        publications.c.comment_id == comment_id, publications.c.state == PublicationState.PUBLISHED
    )
    rows = tx.execute(from_here.order_by(publications.c.id).limit(100)).all()
    found = [row.published_at for row in rows if row.response_id != response_id]
    answered = select(comments.c.source_id, comments.c.identity).where(comments.c.id == comment_id)
    if one := tx.execute(answered).first():
        there = select(comments.c.identity, comments.c.published_at, comments.c.read_at).where(
            comments.c.source_id == one.source_id, comments.c.ours, comments.c.parent_identity == one.identity
        )
        known = {row.external_id for row in rows}
        found += [
            row.published_at or row.read_at
            for row in tx.execute(there.order_by(comments.c.id).limit(100))
            if row.identity not in known
        ]
    return [moment for moment in found if moment is not None]


# --- the raw rows of one case ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case as far as its first answer goes: `answered_at` is when words of ours first reached its channel."""

    case_id: int
    channel: str
    severity: int
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    answered_at: datetime | None


def waiting(tx: Tx, case_id: int) -> Waiting | None:
    """One case; None when there is none."""
    row = tx.execute(_cases().where(cases.c.id == case_id)).first()
    return Waiting(**row._mapping, answered_at=_first_words(tx, case_id)) if row else None


def waiting_cases(tx: Tx, since: datetime, until: datetime | None = None) -> list[Waiting]:
    """The open cases since a moment, before another, that have no words of ours yet, the oldest first; MOST_OPEN at
    most."""
    without = ~select(first_responses.c.case_id).where(first_responses.c.case_id == cases.c.id).exists()
    query = _cases().where(cases.c.state == CaseState.OPEN, cases.c.opened_at >= since, without)
    if until is not None:
        query = query.where(cases.c.opened_at < until)
    rows = tx.execute(query.order_by(cases.c.opened_at).limit(MOST_OPEN))
    return [Waiting(**row._mapping, answered_at=None) for row in rows]


def _cases() -> Select[Any]:
    return (
        select(
            cases.c.id.label("case_id"),
            sources.c.channel,
            cases.c.severity,
            cases.c.opened_at,
            cases.c.closed_at,
            cases.c.outcome,
        )
        .join(threads, threads.c.id == cases.c.thread_id)
        .join(sources, sources.c.id == threads.c.source_id)
    )


def _first_words(tx: Tx, case_id: int) -> datetime | None:
    """When words of ours first reached the channel of a case: sent from here, or written there by one of us."""
    from_here = (
        select(func.min(publications.c.published_at))
        .join(responses, responses.c.id == publications.c.response_id)
        .where(
            responses.c.case_id == case_id,
            responses.c.action == Action.REPLY,
            publications.c.state == PublicationState.PUBLISHED,
        )
    )
    there = (
        select(func.min(comments.c.at))
        .join(answered_there, answered_there.c.comment_id == comments.c.id)
        .where(answered_there.c.case_id == case_id)
    )
    return min((moment for query in (from_here, there) if (moment := tx.execute(query).scalar())), default=None)


# --- what is worked out of them --------------------------------------------------------------------------------------

Tally = Mapping[tuple[str, int], int]
"""What a row adds to its day: so many of something, by the step of a length (0 where it is of none)."""
Tallies = Callable[[LevelCost], Tally]


def costs_of(tx: Tx, response_id: int) -> list[LevelCost]:
    """What one response has cost, by level."""
    mine = select(level_costs).where(level_costs.c.response_id == response_id).order_by(level_costs.c.level)
    return records(LevelCost, tx.execute(mine))


def keep_costs(tx: Tx, response_id: int, now_is: Sequence[LevelCost], tally: Tallies) -> bool:
    """Puts what a response has cost in the place of what was known of it, in its days too; False: nothing is new."""
    was = costs_of(tx, response_id)
    if was == sorted(now_is, key=lambda one: one.level):
        return False
    changes: Counter[tuple[Any, ...]] = Counter()
    for sign, rows in ((-1, was), (1, now_is)):
        _count(changes, rows, tally, sign)
    tx.execute(delete(level_costs).where(level_costs.c.response_id == response_id))
    if now_is:
        tx.execute(insert(level_costs), [asdict(one) for one in now_is])
    cost_sums.add(tx, cost_sums.COSTS, _COST_KEY, changes)
    goal_id = goal_of(tx, response_id)
    _add_to_goal(tx, goal_id, was, tally, -1)
    _add_to_goal(tx, goal_id, now_is, tally, 1)
    return True


_COST_KEY = ("day", "level", "channel", "action", "what", "step")


def _count(changes: Counter[tuple[Any, ...]], rows: Iterable[LevelCost], tally: Tallies, sign: int) -> None:
    """Adds what some rows add to their days, `sign` times."""
    for one in rows:
        for (what, step), n in tally(one).items():
            changes[one.day, one.level, one.channel, one.action, what, step] += sign * n


def goal_of(tx: Tx, response_id: int) -> int | None:
    """The goal that a response is tagged with."""
    return tx.execute(select(response_goals.c.goal_id).where(response_goals.c.response_id == response_id)).scalar()


def tag(tx: Tx, response_id: int, goal_id: int | None, tally: Tallies) -> None:
    """Tags a response with a goal in place of the one before, None: with none; what it has cost goes along."""
    rows = costs_of(tx, response_id)
    _add_to_goal(tx, goal_of(tx, response_id), rows, tally, -1)
    tx.execute(delete(response_goals).where(response_goals.c.response_id == response_id))
    if goal_id is not None:
        tx.execute(insert(response_goals).values(response_id=response_id, goal_id=goal_id))
    _add_to_goal(tx, goal_id, rows, tally, 1)


def _add_to_goal(tx: Tx, goal_id: int | None, rows: Sequence[LevelCost], tally: Tallies, sign: int) -> None:
    if goal_id is None or not rows:
        return
    changes: Counter[tuple[Any, ...]] = Counter()
    _count(changes, rows, tally, sign)
    first = min(rows, key=lambda one: (one.day, one.level))
    changes[first.day, first.level, first.channel, first.action, ONCE, 0] += sign
    cost_sums.add(tx, cost_sums.OF_GOALS, _COST_KEY, changes, goal_id=goal_id)


def keep_first(tx: Tx, case_id: int, now_is: FirstResponse | None, tally: Callable[[FirstResponse], Tally]) -> bool:
    """The same for a case and its first answer."""
    row = tx.execute(select(first_responses).where(first_responses.c.case_id == case_id)).first()
    was = record(FirstResponse, row) if row else None
    if was == now_is:
        return False
    changes: Counter[tuple[Any, ...]] = Counter()
    for sign, one in ((-1, was), (1, now_is)):
        for (what, step), n in (tally(one) if one else {}).items():
            changes[one.day, one.severity, one.channel, what, step] += sign * n  # type: ignore[union-attr]
    tx.execute(delete(first_responses).where(first_responses.c.case_id == case_id))
    if now_is:
        tx.execute(insert(first_responses).values(asdict(now_is)))
    cost_sums.add(tx, cost_sums.FIRST, ("day", "severity", "channel", "what", "step"), changes)
    return True


# --- what a page reads -----------------------------------------------------------------------------------------------


def waits_now(tx: Tx, since: str, until: str = "9999", goal_id: int | None = None) -> list[LevelCost]:
    """What waits for approval now and first came to its level since a day, before another, the longest first;
    MOST_OPEN at most. With `goal_id` only what is tagged with that goal."""
    query = select(level_costs).where(
        level_costs.c.since.is_not(None), level_costs.c.day >= since, level_costs.c.day < until
    )
    if goal_id is not None:
        tagged = response_goals.c.response_id == level_costs.c.response_id
        query = query.join(response_goals, tagged).where(response_goals.c.goal_id == goal_id)
    return records(LevelCost, tx.execute(query.order_by(level_costs.c.since).limit(MOST_OPEN)))


OUTCOMES: Mapping[str, ColumnElement[bool]] = {
    "changed": level_costs.c.changed != "",
    "refused": level_costs.c.refused,
    "cold": level_costs.c.cold != "",
}
"""What can be looked up; the words stand in an address."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A response behind a figure: what it cost at a level, and its case."""

    cost: LevelCost
    case_id: int | None
    state: str


def behind(
    tx: Tx,
    level: int,
    actions: Sequence[str],
    outcome: str = "",
    since: str = "",
    before: int | None = None,
    channel: str = "",
    until: str = "9999",
    goal_id: int | None = None,
) -> list[Behind]:
    """The responses behind a figure of a level, or of one channel of it, that do one of some things and came there
    since a day, before another, newest first, one more than a page has; `before` goes on from an id. With `goal_id`
    only what is tagged with that goal."""
    query = select(level_costs, responses.c.case_id, responses.c.state).join(
        responses, responses.c.id == level_costs.c.response_id
    )
    query = query.where(level_costs.c.level == level, level_costs.c.action.in_(actions), level_costs.c.day >= since)
    query = query.where(level_costs.c.day < until)
    if goal_id is not None:
        tagged = response_goals.c.response_id == level_costs.c.response_id
        query = query.join(response_goals, tagged).where(response_goals.c.goal_id == goal_id)
    if outcome in OUTCOMES:
        query = query.where(OUTCOMES[outcome])
    if channel:
        query = query.where(level_costs.c.channel == channel)
    if before is not None:
        query = query.where(level_costs.c.response_id < before)
    rows = tx.execute(query.order_by(level_costs.c.response_id.desc()).limit(PAGE + 1))
    return [Behind(record(LevelCost, row), row.case_id, row.state) for row in rows]


def beginnings(tx: Tx, response_ids: Sequence[int], most: int = 200) -> dict[int, str]:
    """How each response begins, as it reads now."""
    query = select(responses.c.id, func.substr(responses.c.draft, 1, most)).where(responses.c.id.in_(response_ids))
    return {row[0]: row[1] for row in tx.execute(query)}


def texts(tx: Tx, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """The texts of some versions, by response and number."""
    numbered = tuple_(response_versions.c.response_id, response_versions.c.number).in_(wanted)
    query = select(response_versions.c.response_id, response_versions.c.number, response_versions.c.text)
    return {(row[0], row[1]): row[2] for row in tx.execute(query.where(numbered))} if wanted else {}
