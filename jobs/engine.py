"""The engine behind the port: DBOS, on the database that holds our own rows.

Its rules here: a run's only argument is the id of its job, so that the row is the truth; a run has no steps, and ends
at once when its job is done or another run has overtaken it. What waits for days is a row with a due date that a
schedule looks at, never a run. The version is fixed: a run means the same in every version of Levelhead.
"""

import threading
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from store import engine as tables
from store import jobs as rows
from store.db import STUCK_S, Store, Tx
from store.jobs import Run

if TYPE_CHECKING:
    from dbos import DBOSClient, EnqueueOptions

APPLICATION = "levelhead"
VERSION = "1"
QUEUES = {"reads": (32, 1.0), "work": (16, 0.7), "assessing": (1, 3.0)}
"""How many runs of each queue one worker has under way, and how often (seconds) it looks for more.

Reads wait for slow blogs, and opinions for slow models; nothing else waits behind them. Second looks keep the processor
busy, so a worker takes one at a time, and nothing else waits behind those either. They come after the comment is stored
and need not begin at once: each look for more costs, and two workers with nothing to do do little else.
"""
_QUEUE_OF = {"read": "reads", "opinion": "reads", "assess": "assessing"}
_RUN = "job"
_TIDY_S = 8
_SELDOM_S = 60.0
_MOST_RESUMED = 500


def queue(name: str) -> str:
    """The queue of a job by its name: 'read', 'read.…' and 'opinion' are reads, 'assess' is assessing, all
    others are work."""
    return _QUEUE_OF.get(name.partition(".")[0], "work")


@lru_cache(maxsize=2)
def _client(engine: Any) -> "DBOSClient":
    """What writes runs into the caller's transactions; it opens no connection of its own."""
    tables.silence()
    from dbos import DBOSClient, DBOSPortableJSONSerializer  # noqa: PLC0415 (12 MB: only for who enqueues)

    return DBOSClient(
        system_database_engine=engine,
        dbos_system_schema=tables.SCHEMA,
        serializer=DBOSPortableJSONSerializer(),
        application_name=APPLICATION,
        lazy=True,
    )


def load(store: Store) -> None:
    """Loads what hands over runs: a quarter of a second of work, for a process to do before it writes anything. The
    first who enqueues would do it within a change, while everybody else waits."""
    _client(store.engine)


def dispatch(tx: Tx, run: Run, now: datetime) -> None:
    """Hands a run to the engine, in the caller's transaction; it starts when it is due and a worker is free."""
    options: EnqueueOptions = {"workflow_name": _RUN, "queue_name": queue(run.name), "workflow_id": run.workflow}
    delay = (run.run_at - now).total_seconds()
    if delay > 0:
        options["delay_seconds"] = delay
    _client(tx.engine).enqueue_in_transaction(tx, options, run.id)


def run(
    store: Store,
    executor: str,
    stop: threading.Event,
    do: Callable[[int, str], None],
    ready: Callable[[], None],
) -> None:
    """Runs jobs under this executor's name until `stop` is set, then waits some seconds for those under way.

    `do` gets a job's id and its run's id. `ready` is called once, when the engine runs.
    """
    tables.silence()
    from dbos import DBOS, DBOSPortableJSONSerializer  # noqa: PLC0415

    def job(job_id: int) -> None:
        workflow = DBOS.workflow_id
        assert workflow is not None
        do(job_id, workflow)

    made = DBOS(
        config={
            "name": APPLICATION,
            "application_version": VERSION,
            "executor_id": executor,
            "system_database_url": tables.address(store),
            "dbos_system_schema": tables.SCHEMA,
            "run_migrations": False,
            "serializer": DBOSPortableJSONSerializer(),
            "sys_db_pool_size": 10,
            "sys_db_idle_transaction_timeout_sec": STUCK_S,
            "log_level": "WARNING",
            # None of its notices and schedules are used here, so it need not look for them often.
            "notification_coalesce_sec": 1.0,
            "scheduler_polling_interval_sec": 3600.0,
        }
    )
    # A queue of its own, for what is not used here either: it has no setting for how often it looks into it.
    made._registry.get_internal_queue()._polling_interval_sec = _SELDOM_S
    try:
        DBOS.workflow(name=_RUN, max_recovery_attempts=None)(job)
        # Before it begins: it looks for new queues only once a second.
        for name, (size, pause) in QUEUES.items():
            _client(store.writing).register_queue(
                name, worker_concurrency=size, polling_interval_sec=pause, on_conflict="always_update"
            )
        DBOS.launch()
        ready()
        stop.wait()
    finally:
        DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=_TIDY_S)


def resume(store: Store, executor: str) -> None:
    """Gives what an executor that has ended left unfinished to whoever is free."""
    from dbos import DBOS  # noqa: PLC0415

    left = DBOS.list_workflows(
        status="PENDING", executor_id=executor, limit=_MOST_RESUMED, load_input=False, load_output=False
    )
    with store.read() as tx:
        # The executor may have come back meanwhile, under a new fence: what it has begun since is its own.
        its_own = rows.under_way(tx, [one.workflow_id for one in left])
    for name in QUEUES:
        if mine := [one.workflow_id for one in left if one.queue_name == name and one.workflow_id not in its_own]:
            DBOS.resume_workflows(mine, queue_name=name)
