"""The tables of the engine behind background work (DBOS): where they are, how many rows, and what is old in them.

On SQLite they stand in the same file as ours, on PostgreSQL in a schema of the same database, so that a job is written
in the transaction that asks for it. `jobs` says what is to be done; what stands here says only how far its runs are.
A backup leaves these tables out and says how much that is: workers find each job that the engine does not know, and
begin it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, TableClause, and_, column, delete, func, inspect, or_, select, table

from store.db import Store, Tx
from store.schema import jobs

SCHEMA = "dbos"
RUNS = "workflow_status"
"""The table with a row for each run; others hold what belongs to one."""
TABLES = (
    "application_versions",
    "dbos_migrations",
    "event_dispatch_kv",
    "notifications",
    "operation_outputs",
    "queues",
    "streams",
    "workflow_events",
    "workflow_events_history",
    "workflow_input",
    "workflow_output",
    "workflow_schedules",
    RUNS,
)
"""All its tables, by name; not each is there on each database. `dbos_migrations` says which version they are of."""

_WITH_A_RUN = ("workflow_input", "workflow_output", "operation_outputs")
_ALIVE = ("ENQUEUED", "DELAYED", "PENDING")


def address(store: Store) -> str:
    """The database's address as the engine takes it, password included."""
    return store.engine.url.render_as_string(hide_password=False)


def silence() -> None:
    """Keeps the engine's log out of a terminal: warnings go where the process logs, and nothing else is said."""
    log = logging.getLogger("dbos")
    log.setLevel(logging.WARNING)
    if not log.handlers:  # it adds one that writes to the terminal only where there is none
        log.addHandler(logging.NullHandler())
    log.propagate = True


def prepare(store: Store) -> None:
    """Creates or upgrades the engine's tables. Must not be called within a transaction."""
    silence()
    from dbos import DBOS  # noqa: PLC0415 (most processes never migrate, and need not load it)

    DBOS.migrate(address(store), schema=SCHEMA)


def ready(tx: Tx) -> bool:
    """Whether the engine's tables are there."""
    return inspect(tx).has_table(RUNS, schema=schema(tx))


def present(tx: Tx) -> list[str]:
    """Those of its tables that are there; their schema is `schema(tx)`."""
    there = set(inspect(tx).get_table_names(schema=schema(tx)))
    return [name for name in TABLES if name in there]


def counts(tx: Tx) -> dict[str, int]:
    """How many rows each of its tables has."""
    return {
        name: int(tx.execute(select(func.count()).select_from(_table(tx, name))).scalar_one()) for name in present(tx)
    }


def forget_runs(tx: Tx) -> None:
    """Deletes all runs, as after a restore without them: workers find each job that is to be done, and begin it."""
    for name in (*_WITH_A_RUN, RUNS):
        tx.execute(delete(_table(tx, name)))


def lost(tx: Tx, now: datetime, limit: int = 1000) -> list[tuple[int, str]]:
    """Jobs (id and run) whose run the engine does not have, has ended without them, or took up and never began."""
    run = _table(tx, RUNS, "workflow_uuid", "status", "started_at_epoch_ms")
    late = int((now - timedelta(minutes=1)).timestamp() * 1000)
    stuck = and_(run.c.status == "PENDING", jobs.c.fence == 0, run.c.started_at_epoch_ms < late)
    gone = or_(run.c.status.is_(None), run.c.status.not_in(_ALIVE), stuck)
    query = select(jobs.c.id, jobs.c.workflow).join(run, run.c.workflow_uuid == jobs.c.workflow, isouter=True)
    return [(row.id, row.workflow) for row in tx.execute(query.where(gone).order_by(jobs.c.run_at).limit(limit))]


def ended(tx: Tx, before: datetime | None = None) -> int:
    """How many runs have ended; with a moment, those that had by then."""
    run = _table(tx, RUNS, "completed_at")
    return int(tx.execute(select(func.count()).select_from(run).where(_over(run, before))).scalar_one())


def old(tx: Tx, before: datetime, limit: int) -> list[str]:
    """Runs that ended before then, so many at most."""
    run = _table(tx, RUNS, "workflow_uuid", "completed_at")
    return list(tx.execute(select(run.c.workflow_uuid).where(_over(run, before)).limit(limit)).scalars())


def drop(tx: Tx, runs: Sequence[str]) -> int:
    """Deletes runs that have ended, with all that is left of them; returns how many were there."""
    for name in _WITH_A_RUN:
        part = _table(tx, name, "workflow_uuid")
        tx.execute(delete(part).where(part.c.workflow_uuid.in_(runs)))
    run = _table(tx, RUNS, "workflow_uuid")
    return tx.execute(delete(run).where(run.c.workflow_uuid.in_(runs))).rowcount


def _over(run: TableClause, before: datetime | None) -> ColumnElement[bool]:
    if before is None:
        return run.c.completed_at.is_not(None)
    return run.c.completed_at < int(before.timestamp() * 1000)


def schema(tx: Tx) -> str | None:
    """The schema in which they stand; None on SQLite, where they stand beside ours."""
    return None if tx.dialect.name == "sqlite" else SCHEMA


def _table(tx: Tx, name: str, *columns: str) -> TableClause:
    return table(name, *(column(one) for one in columns), schema=schema(tx))
