"""Queries on how the installation runs: thin ones, each with a limit, so that they cost the same however much there is.

Nothing is counted beyond `MOST`: a number that reaches it means so many, or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, FromClause, func, select, text

from model.words import PublicationState, SourceKind
from store import jobs as job_rows
from store import people, second_looks
from store.db import Store, Tx
from store.migrate import newest, present
from store.sample import is_sample
from store.schema import jobs, notices, publications, sources, workers
from store.sources import MAX_SOURCES

MOST = 1000
"""As far as anything is counted."""
NOT_SENT_WITHIN = timedelta(days=7)
_NAMED = 5
_SIZE = text("select pg_database_size(current_database())")


@dataclass(frozen=True, slots=True)
class Read:
    """A source that is read: since when it fails (None: it does not), and when it should be read next."""

    name: str
    failing_since: datetime | None
    next_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Jobs:
    """Background work: what waits or is under way, what of it should have begun by a moment, what failed and is tried
    again, and the names of some of that."""

    waiting: int
    overdue: int
    failing: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Second:
    """Second looks: whether they are taken at all, why they cannot be (empty: they can), how many comments wait, and
    since when."""

    on: bool
    problem: str
    waiting: int
    since: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """Notices: not sent within the last week, and those that should have gone by a moment. Of a sample none goes."""

    not_sent: int
    late: int
    sample: bool = False


@dataclass(frozen=True, slots=True)
class Database:
    """What it is, its size in bytes with all that belongs to it, and its revision beside the one that this version
    needs. Seconds: what a look took, and how long the last changes of this process held it, sorted."""

    kind: str
    size: int
    revision: str
    needed: str
    look: float
    writes: tuple[float, ...] = ()


def read_sources(tx: Tx) -> list[Read]:
    """Each source that is read by itself and switched on."""
    query = select(sources.c.name, sources.c.failing_since, sources.c.next_read_at)
    rows = tx.execute(query.where(sources.c.active, sources.c.kind != SourceKind.BY_HAND).order_by(sources.c.name))
    return [Read(*row) for row in rows.fetchmany(MAX_SOURCES)]


def signs_of_life(tx: Tx) -> list[datetime]:
    """When each worker that has not ended gave its last."""
    query = select(workers.c.last_seen).where(workers.c.resumed_at.is_(None), workers.c.ended_at.is_(None))
    return list(tx.execute(query.limit(MOST)).scalars())


def background(tx: Tx, due_by: datetime) -> Jobs:
    """The jobs, as far as they are counted. Those of second looks come one after the other: of these the comments say
    whether they are late."""
    some = select(jobs.c.name, jobs.c.run_at, jobs.c.fence, jobs.c.problem).limit(MOST).subquery()
    late = (some.c.run_at < due_by) & (some.c.fence == 0) & (some.c.name != second_looks.JOB)
    query = select(func.count(), *(func.count().filter(which) for which in (late, some.c.problem != "")))
    waiting, overdue, failing = (int(one) for one in tx.execute(query.select_from(some)).one())
    names = [one.name for one in job_rows.troubles(tx, _NAMED)] if failing else []
    return Jobs(waiting, overdue, failing, tuple(dict.fromkeys(names)))


def second_look(tx: Tx, on: bool) -> Second:
    """How it stands with second looks, which are switched on or not."""
    waiting, since = second_looks.waiting(tx)
    return Second(on, str(people.fact(tx, second_looks.FACT) or ""), waiting, since)


def told(tx: Tx, now: datetime, due_by: datetime) -> Told:
    """The notices that did not go."""
    lost = (notices.c.settled_as == "not sent", notices.c.settled_at >= now - NOT_SENT_WITHIN)
    late = (notices.c.settled_at.is_(None), notices.c.due_at < due_by)
    return Told(_count(tx, notices, lost), _count(tx, notices, late), is_sample(tx))


def unconfirmed(tx: Tx) -> int:
    """Responses of which nobody knows whether they were sent."""
    return _count(tx, publications, (publications.c.state == PublicationState.UNCONFIRMED,))


def database(tx: Tx, store: Store, look: float) -> Database:
    """The database itself. `look` is how many seconds the first answer took."""
    kind = "SQLite" if store.sqlite else "PostgreSQL"
    size = _bytes(store.file) if store.file else int(tx.execute(_SIZE).scalar_one())
    return Database(kind, size, present(tx), newest(), look, tuple(sorted(store.writes)))


def _bytes(file: Path) -> int:
    """An SQLite file with the log of writes beside it."""
    both = (file, file.with_name(f"{file.name}-wal"))
    return sum(one.stat().st_size for one in both if one.exists())


def _count(tx: Tx, table: FromClause, which: Sequence[ColumnElement[bool]]) -> int:
    some = select(text("1")).select_from(table).where(*which).limit(MOST).subquery()
    return int(tx.execute(select(func.count()).select_from(some)).scalar_one())
