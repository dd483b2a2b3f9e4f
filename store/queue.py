"""Queries on the views of the queue: which rows, in what order, how many, and what each row says.

Which rows are shown is settled first, on few columns and with an index; the rest is looked up for those alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    select,
    union,
)

from model.queue import BY_KEY, VIEWS, WAITING, Filters, Held, Of, View
from model.words import PublicationState, ResponseState
from store.db import Tx
from store.rows import record, records
from store.schema import (
    Utc,
    assessments,
    audit_head,
    case_comments,
    cases,
    claims,
    comments,
    escalations,
    looked_over,
    people,
    publications,
    responses,
    revisions,
    snoozes,
    sources,
    threads,
)

SHOWN = 100
COUNTED = 1000
"""Cases of a view are counted up to here; more are 'more than'."""
ALIKE = 100
COUNTED_COMMENTS = 200
"""Comments of a view without a case: there are many times more, and each is looked up at every rerun."""
_LOOKED_AT = 2000
"""So many of the newest comments without a case are looked at for questions and spam, and as many that are like one."""
_RECENT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Row:
    """A case, or a comment without one, as the queue shows it; `version` is the case's, or the comment's revision. `at`
    is when the comment that matters was left, `focus_start` and `focus_end` span the sentence that matters in `text`;
    `same` is how many others of its thread say the same, counted up to `ALIKE`.
    """

    id: int
    version: int
    severity: int
    headline: str
    matters: list[str]
    at: datetime
    text: str
    focus_start: int
    focus_end: int
    author: str
    status: str
    deleted_at: datetime | None
    channel: str
    thread_title: str
    degraded: list[str] | None
    reasons: list[dict[str, Any]] | None
    sentiment: float | None
    opened_at: datetime | None = None
    due_at: datetime | None = None
    state: str = ""
    outcome: str = ""
    same: int = 0
    claimed_by: int | None = None
    claimed_name: str | None = None
    claimed_until: datetime | None = None
    snoozed_until: datetime | None = None


def changes(tx: Tx) -> int:
    """A number that grows with every change of state; asked for every few seconds by every open page."""
    return int(tx.execute(select(audit_head.c.seq)).scalar_one())


# --- moments of a query ----------------------------------------------------------------------------------------------

_Ago = Callable[[timedelta], Any]
"""The moment that lies so long before the present one: a value, or what stands for it in a statement made once."""
_NOW = timedelta()


def _before(now: datetime) -> _Ago:
    return lambda back: now - back


def _named(back: timedelta) -> Any:
    return bindparam(_name(back), type_=Utc())


def _name(back: timedelta) -> str:
    return f"ago_{int(back.total_seconds())}"


# --- which rows ------------------------------------------------------------------------------------------------------


def snoozed(now: Any) -> ColumnElement[bool]:
    """Whether a case is put off: until then, or until a further comment joins it."""
    put = snoozes.alias()
    joined = exists().where(case_comments.c.case_id == put.c.case_id, case_comments.c.at > put.c.at)
    return exists().where(put.c.case_id == cases.c.id, put.c.until > now, ~joined)


def _claimed(now: Any, person_id: Any = None) -> ColumnElement[bool]:
    held = exists().where(claims.c.case_id == cases.c.id, claims.c.expires_at > now)
    return held if person_id is None else held.where(claims.c.person_id == person_id)


def _asked() -> ColumnElement[bool]:
    to_somebody = escalations.c.to_person_id.is_not(None), escalations.c.answer_id.is_(None)
    return exists().where(escalations.c.case_id == cases.c.id, *to_somebody)


def _reply(state: str) -> ColumnElement[bool]:
    return exists().where(responses.c.case_id == cases.c.id, responses.c.state == state)


def _handed_off() -> ColumnElement[bool]:
    waiting = (
        select(responses.c.case_id)
        .join(publications, publications.c.response_id == responses.c.id)
        .where(publications.c.state == PublicationState.HAND_OFF, responses.c.case_id.is_not(None))
    )
    return cases.c.id.in_(waiting)


def _answering() -> ColumnElement[bool]:
    """A reply that did not get out is held, so that its case needs somebody again."""
    return _reply(ResponseState.WAITING) | _reply(ResponseState.APPROVED)


def _view_of_cases(view: View, person_id: Any, ago: _Ago) -> list[ColumnElement[bool]]:
    now = ago(_NOW)
    parts: list[ColumnElement[bool]] = []
    if view.open is not None:
        parts.append(cases.c.state == ("open" if view.open else "closed"))
    if view.closed_within:
        parts.append(cases.c.closed_at >= ago(view.closed_within))
    if view.snoozed is not None:
        parts.append(snoozed(now) if view.snoozed else ~snoozed(now))
    if view.held is Held.BY_ME:
        parts.append(_claimed(now, person_id))
    elif view.held is Held.BY_NOBODY:
        parts.append(~_claimed(now))
    if view.asked is not None:
        parts.append(_asked() if view.asked else ~_asked())
    if view.reply:
        parts.append(_reply(view.reply))
    if view.answering is not None:
        parts.append(_answering() if view.answering else ~_answering())
    if view.handed_off is not None:
        parts.append(_handed_off() if view.handed_off else ~_handed_off())
    return parts


def _narrowed(filters: Filters, ago: _Ago) -> list[ColumnElement[bool]]:
    """Filters on the comment that matters."""
    mine: list[ColumnElement[bool]] = []
    if filters.source:
        mine.append(comments.c.source_id == filters.source)
    if filters.channel:
        here = select(sources.c.id).where(sources.c.channel == filters.channel)
        mine.append(comments.c.source_id.in_(here))
    if filters.author:
        mine.append(comments.c.author == filters.author)
    if filters.age:
        mine.append(comments.c.at >= ago(timedelta(days=filters.age)))
    if filters.language:
        mine.append(comments.c.language == filters.language)
    return mine


def _like(comment_id: int) -> Any:
    """Comments that are like one: nearly the same words anywhere, and all of its author's at its source.

    Each by an index and so many at most. An author is the source's authenticated id where there is one, else a name.
    """
    that = comments.alias("that")

    def its(name: str) -> Any:
        return select(that.c[name]).where(that.c.id == comment_id).scalar_subquery()

    here = comments.c.source_id == its("source_id")
    same = comments.c.near_key == its("near_key"), comments.c.near_key != ""
    alike = select(comments.c.id).where(*same).limit(_LOOKED_AT)
    by_name = comments.c.author == its("author"), comments.c.author != ""
    named = *by_name, comments.c.author_id == "", its("author_id") == ""
    vouched = comments.c.author_id == its("author_id"), comments.c.author_id != ""
    theirs = [
        select(comments.c.id).where(here, *by).order_by(comments.c.at.desc()).limit(_LOOKED_AT)
        for by in (named, vouched)
    ]
    parts = [one.subquery() for one in (alike, *theirs)]
    return union(*(select(part.c.id) for part in parts), select(literal(comment_id)))


def _cases(view: View, filters: Filters, person_id: Any, ago: _Ago) -> Any:
    parts = _view_of_cases(view, person_id, ago)
    if filters.like:
        parts.append(cases.c.lead_comment_id.in_(_like(filters.like)))
    if narrowed := _narrowed(filters, ago):
        parts.append(exists().where(comments.c.id == cases.c.lead_comment_id, *narrowed))
    if filters.severity:
        parts.append(cases.c.severity >= filters.severity)
    if filters.waiting:
        some = WAITING[filters.waiting]
        parts += [cases.c.opened_at <= ago(some.least)] if some.least else []
        parts += [cases.c.opened_at > ago(some.below)] if some.below else []
    if filters.matter:
        # The keys of matters are plain letters, so one is found in the list as it is stored.
        parts.append(cast(cases.c.matters, String).like(f'%"{filters.matter}"%'))
    return select(cases.c.id).where(*parts)


def _comments(view: View, filters: Filters, ago: _Ago) -> Any:
    """Comments without a case: the newest are taken by an index, and of those the ones nobody has looked at yet."""
    kind = comments.c.asks if view.of is Of.QUESTIONS else comments.c.spam
    newest = (
        select(comments.c.id.label("id"))
        .where(kind, comments.c.at >= ago(_RECENT))
        .order_by(comments.c.at.desc())
        .limit(_LOOKED_AT)
        .subquery()
    )
    ours = comments.alias("ours")
    answered = exists().where(
        ours.c.source_id == comments.c.source_id,
        ours.c.parent_identity == comments.c.identity,
        ours.c.ours,
        ours.c.deleted_at.is_(None),
    )
    seen = exists().where(looked_over.c.comment_id == comments.c.id, looked_over.c.revision == comments.c.revision)
    parts = [
        ~comments.c.ours,
        ~comments.c.flagged,
        comments.c.deleted_at.is_(None),
        comments.c.erased_at.is_(None),
        comments.c.status.not_in(("spam", "trash")),
        ~seen,
        ~exists().where(case_comments.c.comment_id == comments.c.id),
    ]
    if view.of is Of.QUESTIONS:
        parts += [~comments.c.spam, ~answered]
    parts += _narrowed(filters, ago)
    if filters.like:
        parts.append(comments.c.id.in_(_like(filters.like)))
    if filters.severity or filters.matter or filters.waiting:
        parts.append(literal(False))  # only what is an alarm has these
    return select(comments.c.id).join(newest, newest.c.id == comments.c.id).where(*parts)


def _matching(view: View, filters: Filters, person_id: Any, ago: _Ago) -> Any:
    return _cases(view, filters, person_id, ago) if view.of is Of.CASES else _comments(view, filters, ago)


def _order(view: View) -> list[Any]:
    """As `model.queue.priority` says; what is over and what is no alarm, the newest first."""
    if view.of is not Of.CASES:
        return [comments.c.at.desc(), comments.c.id.desc()]
    if view.open is False:
        return [cases.c.closed_at.desc(), cases.c.id.desc()]
    return [cases.c.severity.desc(), cases.c.due_at, cases.c.id]


def ids(tx: Tx, view: View, filters: Filters, person_id: int, now: datetime, limit: int = SHOWN) -> list[int]:
    """What a view holds, in its order."""
    query = _matching(view, filters, person_id, _before(now)).order_by(*_order(view)).limit(limit)
    return list(tx.execute(query).scalars())


def still(tx: Tx, view: View, filters: Filters, person_id: int, now: datetime, some: Sequence[int]) -> set[int]:
    """Which of these the view still holds."""
    if not some:
        return set()
    column = cases.c.id if view.of is Of.CASES else comments.c.id
    query = _matching(view, filters, person_id, _before(now)).where(column.in_(list(some)))
    return set(tx.execute(query).scalars())


def counted_to(view: View) -> int:
    """The most that is counted of a view; so many stand for any number from there on."""
    return COUNTED if view.of is Of.CASES else COUNTED_COMMENTS


def counts(tx: Tx, person_id: int, now: datetime) -> dict[str, int]:
    """How many each view holds, up to `counted_to`; one statement."""
    moments = {_name(back): now - back for back in _BACKS}
    return dict(tx.execute(_counting(), {"person_id": person_id, **moments}).one()._mapping)


_BACKS = {_NOW, _RECENT, *(view.closed_within for view in VIEWS if view.closed_within)}


@cache
def _counting() -> Select[Any]:
    # Made once: putting it together takes longer than its execution.
    person_id = bindparam("person_id", type_=Integer())
    return select(
        *(
            select(func.count())
            .select_from(_matching(view, Filters(), person_id, _named).limit(counted_to(view)).subquery())
            .scalar_subquery()
            .label(view.key)
            for view in VIEWS
        )
    )


def count_to_do(tx: Tx, now: datetime) -> int:
    """How many cases need somebody now, up to `COUNTED`."""
    some = _matching(BY_KEY["todo"], Filters(), 0, _before(now)).limit(COUNTED).subquery()
    return int(tx.execute(select(func.count()).select_from(some)).scalar_one())


def read_since(tx: Tx, moment: datetime) -> tuple[int, int]:
    """How many comments were read since a moment, counted up to `COUNTED`, and how many of those were flagged."""
    read = select(comments.c.flagged).where(comments.c.read_at >= moment, ~comments.c.ours)
    newest = read.order_by(comments.c.read_at.desc()).limit(COUNTED).subquery()
    alarming = func.count().filter(newest.c.flagged)
    row = tx.execute(select(func.count(), alarming).select_from(newest)).one()
    return int(row[0]), int(row[1])


# --- what each says --------------------------------------------------------------------------------------------------


def rows(tx: Tx, view: View, some: Sequence[int], now: datetime) -> list[Row]:
    """These of a view, in the order given."""
    if not some:
        return []
    found = {row.id: row for row in (_case_rows if view.of is Of.CASES else _comment_rows)(tx, some, now)}
    return [found[number] for number in some if number in found]


def _said() -> tuple[Any, ...]:
    return (
        func.coalesce(assessments.c.focus_start, 0).label("focus_start"),
        func.coalesce(assessments.c.focus_end, 0).label("focus_end"),
        assessments.c.degraded,
        assessments.c.reasons,
        assessments.c.sentiment,
        revisions.c.text,
        comments.c.author,
        comments.c.at,
        comments.c.status,
        comments.c.deleted_at,
        sources.c.channel,
        threads.c.title.label("thread_title"),
    )


def _newest(comment_id: Any, revision: Any, inside: Any) -> Any:
    mine = assessments.c.comment_id == comment_id, assessments.c.revision == revision
    return select(func.max(assessments.c.id)).where(*mine).correlate(inside).scalar_subquery()


def _case_rows(tx: Tx, some: Sequence[int], now: datetime) -> list[Row]:
    return records(Row, tx.execute(_case_query(), {"some": list(some), _name(_NOW): now}))


def _same(lead: Any) -> Any:
    """How many others of a thread say the same as the comment that matters: in nearly the same words, or flagged for
    the same strongest reason. Both by an index, and so many at most."""
    that = comments.alias("that")
    around = cases, comments, lead
    words = that.c.near_key == comments.c.near_key, comments.c.near_key != "", that.c.thread_id == cases.c.thread_id
    reason = case_comments.c.rule == lead.c.rule, lead.c.rule != "", case_comments.c.case_id == cases.c.id
    parts = [
        select(that.c.id.label("id")).where(*words).limit(ALIKE + 1).correlate(*around).subquery(),
        select(case_comments.c.comment_id.label("id")).where(*reason).limit(ALIKE + 1).correlate(*around).subquery(),
    ]
    both = union(*(select(part.c.id) for part in parts)).subquery()
    others = select(func.count()).select_from(both).where(both.c.id != cases.c.lead_comment_id)
    return others.correlate(*around).scalar_subquery()


@cache
def _case_query() -> Select[Any]:
    now = _named(_NOW)
    lead = case_comments.alias("lead")
    itself = (
        lead.c.case_id == cases.c.id,
        lead.c.comment_id == cases.c.lead_comment_id,
        lead.c.revision == cases.c.lead_revision,
    )
    return (
        select(
            cases,
            *_said(),
            _same(lead).label("same"),
            claims.c.person_id.label("claimed_by"),
            people.c.name.label("claimed_name"),
            claims.c.expires_at.label("claimed_until"),
            snoozes.c.until.label("snoozed_until"),
        )
        .join(comments, comments.c.id == cases.c.lead_comment_id)
        .outerjoin(lead, and_(*itself))
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == cases.c.lead_revision))
        .join(threads, threads.c.id == cases.c.thread_id)
        .join(sources, sources.c.id == comments.c.source_id)
        .outerjoin(assessments, assessments.c.id == _newest(cases.c.lead_comment_id, cases.c.lead_revision, cases))
        .outerjoin(claims, and_(claims.c.case_id == cases.c.id, claims.c.expires_at > now))
        .outerjoin(people, people.c.id == claims.c.person_id)
        .outerjoin(snoozes, and_(snoozes.c.case_id == cases.c.id, snoozes.c.until > now))
        .where(cases.c.id.in_(bindparam("some", expanding=True)))
    )


def _comment_rows(tx: Tx, some: Sequence[int], _now: datetime) -> list[Row]:
    query = (
        select(
            comments.c.id,
            comments.c.revision.label("version"),
            comments.c.severity,
            literal("").label("headline"),
            assessments.c.matters,
            *_said(),
        )
        .join(revisions, and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision))
        .join(threads, threads.c.id == comments.c.thread_id)
        .join(sources, sources.c.id == comments.c.source_id)
        .outerjoin(assessments, assessments.c.id == _newest(comments.c.id, comments.c.revision, comments))
        .where(comments.c.id.in_(list(some)))
    )
    return [record(Row, row) for row in tx.execute(query)]


def asked_levels(tx: Tx, some: Sequence[int]) -> dict[int, frozenset[int]]:
    """The levels that each of these cases was escalated to."""
    query = select(escalations.c.case_id, escalations.c.to_level).where(
        escalations.c.case_id.in_(list(some)), escalations.c.to_level.is_not(None)
    )
    found: dict[int, set[int]] = {}
    for row in tx.execute(query.limit(1000)):
        found.setdefault(row.case_id, set()).add(row.to_level)
    return {case_id: frozenset(levels) for case_id, levels in found.items()}
