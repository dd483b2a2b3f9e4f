"""The roll-ups of what we did: what went out by hour and by day, and the cases that were closed by hour, each kept in
the transaction that changes it.

Words without a case are our own: each counts once, when the first of it was out, and is a statement where it went to
more than one channel. What is erased goes on counting. docs/metrics.md says the same to those who read the figures.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Dialect, Integer, cast, delete, extract, func, select
from sqlalchemy.dialects import postgresql, sqlite

from model.tally import Ours
from model.words import CaseState, PublicationState
from store.db import Tx
from store.rollups import DAY_S, HOUR_S
from store.rows import parted
from store.schema import cases, closed_hours, publications, published_days, published_hours, responses

Out = tuple[int, str, datetime]
"""A publication that is out: its id, its channel, and since when."""


# --- what went out ---------------------------------------------------------------------------------------------------


def count_published(tx: Tx, publication_id: int) -> None:
    """Counts what has just become published."""
    mine = select(publications.c.response_id).where(publications.c.id == publication_id)
    # The response is held until the end, so that two of its parts that go out at once see each other.
    of = select(responses.c.id, responses.c.case_id).where(responses.c.id == mine.scalar_subquery()).with_for_update()
    response_id, case_id = tx.execute(of).one()
    query = select(publications.c.id, publications.c.target["channel"].as_string(), publications.c.published_at)
    out = query.where(
        publications.c.response_id == response_id,
        publications.c.state == PublicationState.PUBLISHED,
        publications.c.published_at.is_not(None),
    )
    now: list[Out] = [tuple(row) for row in tx.execute(out)]
    own = case_id is None
    changes = counts(now, own=own)
    changes.subtract(counts([one for one in now if one[0] != publication_id], own=own))
    add_published(tx, changes)


def add_published(tx: Tx, changes: Mapping[tuple[datetime, Ours], int]) -> None:
    """Adds so many of each to the hour and the day."""
    insert: Any = sqlite.insert if tx.dialect.name == "sqlite" else postgresql.insert
    for table, slot, length in ((published_hours, "hour", HOUR_S), (published_days, "day", DAY_S)):
        lines: Counter[tuple[int, Ours]] = Counter()
        for (at, what), n in changes.items():
            lines[int(at.timestamp()) // length, what] += n
        into = insert(table)
        adds = into.on_conflict_do_update(index_elements=[slot, "what"], set_={"n": table.c.n + into.excluded.n})
        if rows := [{slot: at, "what": what, "n": n} for (at, what), n in lines.items() if n]:
            tx.execute(adds, rows)


def counts(out: Iterable[Out], *, own: bool) -> Counter[tuple[datetime, Ours]]:
    """What the publications of one response count for, and when; `own`: it has no case. Pure."""
    if not own:
        return Counter((at, Ours.REPLY) for _id, _channel, at in out)
    found = list(out)
    if not found:
        return Counter()
    several = len({channel for _id, channel, _at in found}) > 1
    return Counter({(min(at for *_, at in found), Ours.STATEMENT if several else Ours.POST): 1})


PAGE = 25


@dataclass(frozen=True, slots=True)
class WentOut:
    """What one publication, or one response of our own, counts as: `id` is where to go on from, `at` when it was out
    first."""

    id: int
    response_id: int
    case_id: int | None
    channels: tuple[str, ...]
    at: datetime


def went_out(tx: Tx, what: Ours, begin: datetime, end: datetime, before: int | None = None) -> list[WentOut]:
    """What is behind such a count of a time, from a moment on, before another: those that were made last first, one
    more than a page has; `before` goes on from an id."""
    out = publications.c.state == PublicationState.PUBLISHED
    within = out, publications.c.published_at >= begin, publications.c.published_at < end
    channel = publications.c.target["channel"].as_string()
    joined = publications.join(responses, responses.c.id == publications.c.response_id)
    if what is Ours.REPLY:
        key = publications.c.id
        one = key, publications.c.response_id, responses.c.case_id, channel, publications.c.published_at
        query = select(*one).select_from(joined).where(*within, responses.c.case_id.is_not(None))
        query = query.where(key < before) if before is not None else query
        rows = tx.execute(query.order_by(key.desc()).limit(PAGE + 1))
        return [WentOut(row[0], row[1], row[2], (row[3],), row[4]) for row in rows]
    key, first = publications.c.response_id, func.min(publications.c.published_at)
    there = select(key).select_from(joined).where(*within, responses.c.case_id.is_(None))
    several = func.count(channel.distinct())
    own = select(key, first).where(out, key.in_(there)).group_by(key).order_by(key.desc()).limit(PAGE + 1)
    own = own.having(first >= begin, several > 1 if what is Ours.STATEMENT else several == 1)
    own = own.where(key < before) if before is not None else own
    found = tx.execute(own).all()
    channels: dict[int, set[str]] = {}
    for response_id, name in tx.execute(select(key, channel).where(out, key.in_([row[0] for row in found]))):
        channels.setdefault(response_id, set()).add(name)
    return [WentOut(row[0], row[0], None, tuple(sorted(channels[row[0]])), row[1]) for row in found]


# --- what was closed -------------------------------------------------------------------------------------------------


@contextmanager
def closing(tx: Tx, case_ids: Sequence[int]) -> Iterator[None]:
    """Around a change of cases that may close them or open them again."""
    hour, *_ended = _of_closed(tx.dialect)
    before: set[int] = set()
    for part in parted(case_ids):
        before |= set(tx.execute(select(hour).where(*_CLOSED, cases.c.id.in_(part)).distinct()).scalars())
    yield
    for slot in sorted(before):
        _anew(tx, slot)
    for part in parted(case_ids):
        _add(tx, cases.c.id.in_(part))


_CLOSED = cases.c.state == CaseState.CLOSED, cases.c.closed_at.is_not(None)


def _anew(tx: Tx, hour: int) -> None:
    """Works out an hour from its cases. Its line is held until the end: who closes one meanwhile adds it afterwards."""
    mine = closed_hours.c.hour == hour
    tx.execute(select(closed_hours.c.hour).where(mine).with_for_update())
    tx.execute(delete(closed_hours).where(mine))
    begin, end = (datetime.fromtimestamp(of * HOUR_S, UTC) for of in (hour, hour + 1))
    _add(tx, (cases.c.closed_at >= begin) & (cases.c.closed_at < end))


def _add(tx: Tx, which: ColumnElement[bool]) -> None:
    hour, opened, longest = _of_closed(tx.dialect)
    on_sqlite = tx.dialect.name == "sqlite"
    insert: Any = sqlite.insert if on_sqlite else postgresql.insert
    found = select(hour, func.min(opened), func.max(longest)).where(*_CLOSED, which).group_by(hour)
    into = insert(closed_hours).from_select(["hour", "opened_at", "longest_s"], found)
    least, most = (func.min, func.max) if on_sqlite else (func.least, func.greatest)
    was, new = closed_hours.c, into.excluded
    kept = {"opened_at": least(was.opened_at, new.opened_at), "longest_s": most(was.longest_s, new.longest_s)}
    tx.execute(into.on_conflict_do_update(index_elements=["hour"], set_=kept))


def _of_closed(dialect: Dialect) -> tuple[ColumnElement[int], ColumnElement[datetime], ColumnElement[int]]:
    """The hour in which a case was closed, when it was opened, and how many seconds lie between."""

    def seconds(column: ColumnElement[Any]) -> ColumnElement[int]:
        if dialect.name == "sqlite":
            return cast(func.strftime("%s", column), Integer)
        return cast(func.floor(extract("epoch", column)), BigInteger)

    closed, opened = seconds(cases.c.closed_at), seconds(cases.c.opened_at)
    return closed // HOUR_S, cases.c.opened_at, closed - opened
