"""The port and its engine: leases in the database, a few threads that take jobs."""

import logging
import os
import random
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from store import jobs as table
from store.db import Busy, Store, Tx
from store.jobs import Job

log = logging.getLogger("levelhead.jobs")

_IDLE_S = 0.3
_MAX_BACKOFF_S = 900


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler is given: the database, its job, and whether the job is still its own."""

    store: Store
    job: Job
    lease_seconds: float

    def still_mine(self) -> bool:
        """Whether the lease holds. A worker that lost it must not act on the outside world any more."""
        with self.store.read() as tx:
            return table.holds(tx, self.job, datetime.now(UTC))


Handler = Callable[[Context], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something to be looked at every `every_s` seconds by each worker; it enqueues what is due, under stable keys."""

    name: str
    every_s: float
    look: Callable[[Store], None]


def enqueue(tx: Tx, name: str, ref: int, key: str, run_at: datetime | None = None) -> bool:
    """Adds a job in the caller's transaction, to run at `run_at` (aware; None: now).

    Two jobs of one key are one job until it has ended. Returns whether it was added.
    """
    return table.add(tx, name, ref, key, run_at or datetime.now(UTC))


def run_worker(
    store: Store,
    handlers: Mapping[str, Handler],
    schedules: Sequence[Schedule],
    stop: threading.Event,
    *,
    threads: int = 4,
    lease_seconds: float = 60,
) -> None:
    """Runs jobs until `stop` is set; then waits for those under way."""
    owner = f"{socket.gethostname()}:{os.getpid()}"
    loops = [
        threading.Thread(target=_work, args=(store, handlers, stop, f"{owner}:{number}", lease_seconds))
        for number in range(threads)
    ]
    loops += [threading.Thread(target=_look, args=(store, schedule, stop)) for schedule in schedules]
    for loop in loops:
        loop.start()
    for loop in loops:
        loop.join()


def _look(store: Store, schedule: Schedule, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            schedule.look(store)
        except Exception:
            log.exception("schedule %s failed", schedule.name)
        stop.wait(schedule.every_s)


def _take(store: Store, owner: str, lease_seconds: float) -> Job | None:
    now = datetime.now(UTC)
    with store.read() as tx:
        if not table.any_free(tx, now):
            return None
    try:
        with store.write() as tx:
            return table.lease(tx, owner, now, lease_seconds)
    except Busy:
        return None


def _work(
    store: Store, handlers: Mapping[str, Handler], stop: threading.Event, owner: str, lease_seconds: float
) -> None:
    while not stop.is_set():
        try:
            job = _take(store, owner, lease_seconds)
        except Exception:
            log.exception("no job could be taken")
            job = None
        if job is None:
            stop.wait(_IDLE_S)
            continue
        try:
            _run(Context(store, job, lease_seconds), handlers)
        except Exception:
            # Its end could not be written down (a locked database); the lease runs out and the job is taken again.
            log.exception("job %s %s did not end well", job.name, job.ref)


def _run(context: Context, handlers: Mapping[str, Handler]) -> None:
    job, ended = context.job, threading.Event()
    keeper = threading.Thread(target=_keep, args=(context, ended), daemon=True)
    keeper.start()
    try:
        handlers[job.name](context)
    except Exception as error:
        log.exception("job %s %s failed", job.name, job.ref)
        wait = min(_MAX_BACKOFF_S, 2**job.attempts) * random.uniform(0.75, 1.25)  # noqa: S311 (jitter, no secret)
        with context.store.write() as tx:
            table.put_back(tx, job, datetime.now(UTC) + timedelta(seconds=wait), type(error).__name__)
    else:
        with context.store.write() as tx:
            table.finish(tx, job, datetime.now(UTC))
    finally:
        ended.set()
        keeper.join()


def _keep(context: Context, ended: threading.Event) -> None:
    """Prolongs the lease of a job under way at a third of its length."""
    while not ended.wait(context.lease_seconds / 3):
        try:
            with context.store.write() as tx:
                if not table.extend(tx, context.job, datetime.now(UTC), context.lease_seconds):
                    return
        except Exception:
            log.exception("the lease of job %s %s could not be prolonged", context.job.name, context.job.ref)
