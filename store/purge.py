"""Deleting what retention says is over, in steps so short that nobody who works waits for them.

What is to go is looked up in a reading transaction; the writing one only deletes, and checks again that it may. After
each step as long a pause follows: SQLite has no queue of writers, they come in when nobody holds it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    and_,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    true,
    tuple_,
    update,
)

from model.words import CaseState
from store import audit, engine, erasure, labels, opinions, same_people
from store.comments import identity_hash
from store.db import Store, Tx
from store.erasure import Some
from store.retention import Retention, in_force
from store.schema import (
    assessments,
    case_comments,
    cases,
    comments,
    hook_calls,
    links,
    log_in_attempts,
    looked_over,
    metadata,
    raw_items,
    revisions,
    second_looks,
    sessions,
    sources,
    threads,
    tombstones,
    vectors,
)
from store.scrub import scrub

AIM_S = 0.07
"""How long a step should hold the database, its commit with it: a third of what a writer may: rows cost unequally."""
_LEAST_S = 0.03
"""A step deletes for at least this long. On a disk that is slow to commit, shorter steps would not hold less: there
would only be more commits."""
_MOST, _LEAST = 2000, 10
_ALONG = (
    *("revisions", "assessments", "looked_over", "same_people", "second_looks", "vectors", "labels", "checks"),
    "opinions",
)

Say = Callable[[str, int], None]


@dataclass(slots=True)
class Pace:
    """How many rows a step takes: fewer after one that took long."""

    size: int = 100

    def took(self, deleting: float, committing: float) -> None:
        """Seconds that a step of `size` rows spent on the rows, and on its commit."""
        aim = max(_LEAST_S, AIM_S - committing)
        fitting = int(self.size * aim / max(deleting, 0.001))
        self.size = max(_LEAST, min(_MOST, fitting, self.size * 3 // 2 + 1))


@dataclass(slots=True)
class Purge:
    """A purge under way. It can be stopped between two steps and begun again: what is gone is gone."""

    store: Store
    stop: threading.Event = field(default_factory=threading.Event)
    until: float = float("inf")
    say: Say = lambda _name, _count: None
    done: dict[str, int] = field(default_factory=dict)

    def run(self, kinds: Sequence[str] = ()) -> bool:
        """Deletes all that is over; True when nothing is left to delete, False when it was stopped before."""
        now = datetime.now(UTC)
        with self.store.read() as tx:
            rules = in_force(tx)
        for name, steps in _STEPS.items():
            before = rules.before(name, now)
            if before is None or (kinds and name not in kinds):
                continue
            self.done.setdefault(name, 0)
            for count in steps(self.store, before):
                self.done[name] += count
                self.say(name, self.done[name])
                if self._over():
                    return False
        # Only now is it gone from the files too.
        return scrub(self.store, lambda: not self._over()) or not self._over()

    def _over(self) -> bool:
        return self.stop.is_set() or time.monotonic() > self.until


def waiting(tx: Tx, rules: Retention, now: datetime) -> dict[str, int]:
    """How much of each kind is over and would go now."""
    found = {}
    for name, count in _COUNTS.items():
        before = rules.before(name, now)
        found[name] = 0 if before is None else count(tx, before)
    return found


def _step(store: Store, pace: Pace, change: Callable[[Tx], int]) -> int:
    """One short write transaction, and the pause after it."""
    with store.write() as tx:
        began = time.monotonic()
        count = change(tx)
        deleted = time.monotonic()
    held = time.monotonic() - began
    pace.took(deleted - began, began + held - deleted)
    time.sleep(max(0.005, min(held, 1.0)))
    return count


# --- comments without a case ------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _free() -> ColumnElement[bool]:
    """Nothing refers to the comment but what goes with it."""
    parts = [
        ~exists().where(column == comments.c.id)
        for table in metadata.sorted_tables
        if table.name not in _ALONG
        for column in table.columns
        if column.references(comments.c.id)
    ]
    return and_(*parts)


def _over(before: datetime) -> ColumnElement[bool]:
    return and_(comments.c.read_at < before, _free())


def _comments(store: Store, before: datetime) -> Iterator[int]:
    pace, place = Pace(), (datetime.min.replace(tzinfo=UTC), 0)
    fields = (comments.c.id, comments.c.read_at, comments.c.source_id, comments.c.identity)
    while True:
        with store.read() as tx:
            newest = tx.execute(select(func.max(comments.c.id))).scalar()
            later = tuple_(comments.c.read_at, comments.c.id) > tuple_(*place)
            query = select(*fields).where(_over(before), later).order_by(comments.c.read_at, comments.c.id)
            rows = tx.execute(query.limit(max(pace.size, 500))).all()
        if not rows:
            return
        place = (rows[-1].read_at, rows[-1].id)
        # The newest id stays, so that SQLite gives it to nobody else; the audit log tells comments by it.
        left = [row for row in rows if row.id != newest]
        while left:
            part, left = left[: pace.size], left[pace.size :]
            yield _step(store, pace, lambda tx, part=part: _drop_comments(tx, part, before))  # type: ignore[misc]


def _drop_comments(tx: Tx, rows: Sequence[Any], before: datetime) -> int:
    wanted = {row.id: row for row in rows}
    still = select(comments.c.id).where(comments.c.id.in_(list(wanted)), _over(before))
    ids = list(tx.execute(still).scalars())
    if not ids:
        return 0
    now = datetime.now(UTC)
    _bury(tx, {(wanted[i].source_id, identity_hash(wanted[i].identity)) for i in ids}, now)
    same_people.forget(tx, ids)
    labels.forget(tx, ids)
    opinions.forget(tx, ids)
    for table, column in (
        (assessments, assessments.c.comment_id),
        (looked_over, looked_over.c.comment_id),
        (second_looks, second_looks.c.comment_id),
        (vectors, vectors.c.comment_id),
        (revisions, revisions.c.comment_id),
        (comments, comments.c.id),
    ):
        tx.execute(delete(table).where(column.in_(ids)))
    _record(tx, "comments", len(ids), now, first=min(ids), last=max(ids))
    return len(ids)


def _bury(tx: Tx, stones: set[tuple[int, bytes]], now: datetime) -> None:
    # By both parts of the key: by the second alone each step would read all stones, and a purge lays one a comment.
    laid = and_(
        tombstones.c.source_id.in_({source for source, _ in stones}),
        tombstones.c.identity_hash.in_([digest for _, digest in stones]),
    )
    there = tx.execute(select(tombstones.c.source_id, tombstones.c.identity_hash).where(laid))
    new = stones - {(row.source_id, row.identity_hash) for row in there}
    if new:
        rows = [{"source_id": source, "identity_hash": digest, "at": now} for source, digest in sorted(new)]
        tx.execute(insert(tombstones), rows)


# --- closed cases -----------------------------------------------------------------------------------------------------


def _old_cases(before: datetime) -> ColumnElement[bool]:
    return and_(cases.c.state == CaseState.CLOSED, cases.c.erased_at.is_(None), cases.c.closed_at < before)


def _cases(store: Store, before: datetime) -> Iterator[int]:
    """The words of closed cases go, of their comments and of what was typed about them; what was decided when stays."""
    pace = Pace(size=5)
    while True:
        with store.read() as tx:
            ids = list(tx.execute(select(cases.c.id).where(_old_cases(before)).limit(min(pace.size, 100))).scalars())
        if not ids:
            return
        yield _step(store, pace, lambda tx, ids=ids: _blank_cases(tx, ids, before))  # type: ignore[misc]


def _blank_cases(tx: Tx, case_ids: Sequence[int], before: datetime) -> int:
    now = datetime.now(UTC)
    ids = list(tx.execute(select(cases.c.id).where(cases.c.id.in_(case_ids), _old_cases(before))).scalars())
    theirs = select(case_comments.c.comment_id).where(case_comments.c.case_id.in_(ids))
    other = case_comments.alias()
    elsewhere = (
        select(other.c.comment_id)
        .join(cases, cases.c.id == other.c.case_id)
        .where(cases.c.erased_at.is_(None), cases.c.id.not_in(ids))
    )
    mine = select(comments.c.id).where(
        comments.c.id.in_(theirs), comments.c.id.not_in(elsewhere), comments.c.erased_at.is_(None)
    )
    erasure.blank(tx, list(tx.execute(mine).scalars()), now)
    erasure.forget_words(tx, erasure.words_of_cases(tx, ids), now)
    filled = erasure.fields_of_cases(tx, ids)
    erasure.empty_fields(tx, {one: dict.fromkeys(values, "") for one, values in filled.items()})
    tx.execute(update(cases).where(cases.c.id.in_(ids)).values(erased_at=now))
    _record(tx, "cases", len(ids), now, cases=ids)
    return len(ids)


# --- rows that only go ------------------------------------------------------------------------------------------------


def _rows(name: str, table: Table, column: str) -> Callable[[Store, datetime], Iterator[int]]:
    """Deletes rows by age; the newest id stays, so that SQLite gives it to nobody else."""

    def steps(store: Store, before: datetime) -> Iterator[int]:
        pace = Pace()
        while True:
            with store.read() as tx:
                query = select(table.c.id).where(_aged(table, column, before)).limit(pace.size)
                ids = list(tx.execute(query).scalars())
            if not ids:
                return

            def change(tx: Tx, ids: Sequence[int] = tuple(ids)) -> int:
                gone = tx.execute(delete(table).where(table.c.id.in_(ids))).rowcount
                _record(tx, name, gone, datetime.now(UTC))
                return int(gone)

            yield _step(store, pace, change)

    return steps


def _aged(table: Table, column: str, before: datetime) -> ColumnElement[bool]:
    newest = select(func.max(table.c.id)).scalar_subquery()
    old = and_(table.c[column] < before, table.c.id < newest)
    # What an erasure emptied is the stone that keeps the same from coming back.
    return and_(old, raw_items.c.raw != "") if table is raw_items else old


def _runs(store: Store, before: datetime) -> Iterator[int]:
    """Deletes what the engine behind background work keeps of runs that have ended."""
    pace = Pace()
    while True:
        with store.read() as tx:
            runs = engine.old(tx, before, pace.size)
        if not runs:
            return

        def change(tx: Tx, runs: Sequence[str] = tuple(runs)) -> int:
            gone = engine.drop(tx, runs)
            _record(tx, "runs", gone, datetime.now(UTC))
            return gone

        yield _step(store, pace, change)


def _record(tx: Tx, kind: str, count: int, now: datetime, **data: object) -> None:
    audit.record(tx, "retention.purged", "retention", None, by=None, at=now, kind=kind, count=count, **data)


_ROWS: dict[str, tuple[Table, str]] = {
    "raw": (raw_items, "at"),
    "sessions": (sessions, "expires_at"),
    "links": (links, "expires_at"),
    "attempts": (log_in_attempts, "at"),
    "calls": (hook_calls, "at"),
    "vectors": (vectors, "at"),
}
_STEPS: dict[str, Callable[[Store, datetime], Iterator[int]]] = {
    "comments": _comments,
    "cases": _cases,
    **{name: _rows(name, table, column) for name, (table, column) in _ROWS.items()},
    "runs": _runs,
}


def _number(tx: Tx, table: Table, which: ColumnElement[bool]) -> int:
    return int(tx.execute(select(func.count()).select_from(table).where(which)).scalar_one())


def _counting(table: Table, column: str) -> Callable[[Tx, datetime], int]:
    return lambda tx, before: _number(tx, table, _aged(table, column, before))


_COUNTS: dict[str, Callable[[Tx, datetime], int]] = {
    "comments": lambda tx, before: _number(tx, comments, _over(before)),
    "cases": lambda tx, before: _number(tx, cases, _old_cases(before)),
    **{name: _counting(table, column) for name, (table, column) in _ROWS.items()},
    "runs": engine.ended,
}


@dataclass(frozen=True, slots=True)
class Going:
    """What of one kind would go: how much, and the oldest few of it where it holds what people wrote."""

    count: int
    few: tuple[Some, ...] = ()


def preview(tx: Tx, name: str, before: datetime | None, few: int = 3) -> Going:
    """What of a kind would go that is older than a moment; nothing where there is none."""
    if before is None:
        return Going(0)
    oldest = _OLDEST.get(name)
    some = tx.execute(oldest(before).limit(few)) if oldest else ()
    return Going(_COUNTS[name](tx, before), tuple(Some(*row) for row in some))


def _oldest_comments(before: datetime) -> Select[Any]:
    newest = and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision)
    return (
        select(comments.c.id, comments.c.author, sources.c.name, comments.c.at, revisions.c.text)
        .join(sources, sources.c.id == comments.c.source_id)
        .join(revisions, newest)
        .where(_over(before))
        .order_by(comments.c.read_at, comments.c.id)
    )


def _oldest_cases(before: datetime) -> Select[Any]:
    return (
        select(cases.c.id, literal(""), threads.c.title, cases.c.closed_at, cases.c.headline)
        .join(threads, threads.c.id == cases.c.thread_id)
        .where(_old_cases(before))
        .order_by(cases.c.closed_at, cases.c.id)
    )


_OLDEST: dict[str, Callable[[datetime], Select[Any]]] = {"comments": _oldest_comments, "cases": _oldest_cases}


def amounts(tx: Tx) -> dict[str, int]:
    """How much of each kind there is, whatever its age."""
    return {
        "comments": _number(tx, comments, comments.c.erased_at.is_(None)),
        "cases": _number(tx, cases, cases.c.state == CaseState.CLOSED),
        **{name: _number(tx, table, true()) for name, (table, _) in _ROWS.items()},
        "runs": engine.ended(tx),
    }
