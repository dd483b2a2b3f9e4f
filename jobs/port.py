"""The port: what the rest of the house sees of background work."""

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from jobs import engine
from jobs.presence import Presence
from store import engine as tables
from store import jobs as rows
from store import workers
from store.db import Busy, Store, Tx
from store.jobs import Job

log = logging.getLogger("levelhead.jobs")

_MAX_BACKOFF_S = 900
_SOON_S = 2.0
_LOST_EVERY_S = 30.0
_HALFWAY_EVERY_S = 10.0
_TIDY_EVERY_S = 600.0
_AT_ONCE = 20
_TRIES = 5
_T = TypeVar("_T")
_KEEP_WORKERS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Context:
    """What a handler is given: the database, its job, and whether the job is still its own."""

    store: Store
    job: Job
    lease_seconds: float
    refused: threading.Event = field(default_factory=threading.Event, repr=False, compare=False)
    """Set once `still_mine` has said no: then the job is not over when its handler ends, but runs again."""

    def still_mine(self) -> bool:
        """Whether this worker still counts as alive and has the job. One that does not must not act on the outside."""
        with self.store.read() as tx:
            return self.holds(tx)

    def holds(self, tx: Tx) -> bool:
        """`still_mine`, in a transaction that the handler has open."""
        mine = rows.holds(tx, self.job, datetime.now(UTC), self.lease_seconds)
        if not mine:
            self.refused.set()
        return mine


Handler = Callable[[Context], None]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Something to be looked at every `every_s` seconds by each worker; it enqueues what is due, under stable keys."""

    name: str
    every_s: float
    look: Callable[[Store], None]


def enqueue(tx: Tx, name: str, ref: int, key: str, run_at: datetime | None = None) -> bool:
    """Adds a job in the caller's transaction, to run at `run_at` (aware, seconds or minutes ahead; None: now).

    Two jobs of one key are one job until it has ended; then the key may be used again. So a job that must see this very
    change needs a key of its own. Returns whether it was added. `name` decides the queue: 'read' and 'read.…' wait for
    other reads only, with 'opinion' among them, 'assess' for others of its name.
    """
    now = datetime.now(UTC)
    run = rows.add(tx, name, ref, key, run_at or now)
    if run is None:
        return False
    engine.dispatch(tx, run, now)
    return True


def in_steps(store: Store, many: Sequence[_T], each: Callable[[Tx, _T], object]) -> None:
    """Enqueues something for each of many, twenty a transaction: each takes some 4 ms, and others want to write too."""
    for start in range(0, len(many), _AT_ONCE):
        with store.write() as tx:
            for one in many[start : start + _AT_ONCE]:
                each(tx, one)


def run_worker(
    store: Store,
    handlers: Mapping[str, Handler],
    schedules: Sequence[Schedule],
    stop: threading.Event,
    *,
    lease_seconds: float = 60,
    executor: str = "here:0",
) -> None:
    """Runs jobs until `stop` is set; then waits some seconds for those under way.

    `executor` is a name that no other running process has, and that this one has again when it starts again.
    """
    _Worker(store, handlers, (*_OWN, *schedules), stop, lease_seconds).run(executor)


class _Worker:
    def __init__(
        self,
        store: Store,
        handlers: Mapping[str, Handler],
        schedules: Sequence[Schedule],
        stop: threading.Event,
        lease_seconds: float,
    ) -> None:
        self._store = store
        self._handlers = handlers
        self._stop = stop
        self._up = threading.Event()
        self._lease_s = lease_seconds
        self._presence: Presence | None = None
        self._runs: set[str] = set()
        own = (*schedules, Schedule("runs that ended halfway", _HALFWAY_EVERY_S, self._halfway))
        self._loops = [threading.Thread(target=self._look, args=(one,), daemon=True) for one in own]

    def run(self, executor: str) -> None:
        resume = partial(engine.resume, self._store)
        self._presence = Presence(self._store, executor, self._lease_s, resume, self._able)
        self._presence.begin()
        try:
            engine.run(self._store, executor, self._stop, self._do, self._begin)
        finally:
            self._stop.set()
            self._presence.end()
            for loop in self._loops:
                if loop.ident is not None:
                    loop.join(5)

    def _able(self) -> bool:
        return self._up.is_set() and not self._stop.is_set()

    def _begin(self) -> None:
        self._up.set()
        for loop in self._loops:
            loop.start()

    def _look(self, schedule: Schedule) -> None:
        while not self._stop.is_set():
            try:
                schedule.look(self._store)
            except Exception:
                log.exception("schedule %s failed", schedule.name)
            self._stop.wait(schedule.every_s)

    def _halfway(self, store: Store) -> None:
        """Frees jobs that this worker has by their row and does not run.

        Where the database was away when a run ended, neither our row nor the engine's says that it has. As long as the
        worker lives nobody else would free it.
        """
        assert self._presence is not None
        with store.read() as tx:
            begun = rows.begun(tx, self._presence.fence())
        # After the read: what it found and is not under way now has ended, well (then its row is gone) or not.
        in_steps(store, [one for one in begun if one[1] not in self._runs], _begin_again)

    def _do(self, job_id: int, workflow: str) -> None:
        """A run of a job, from the engine's thread. What goes wrong here is mended by `_found` and `_halfway`."""
        self._runs.add(workflow)
        try:
            self._run(job_id, workflow)
        finally:
            self._runs.discard(workflow)

    def _run(self, job_id: int, workflow: str) -> None:
        assert self._presence is not None
        fence = self._insist(self._presence.fence)
        taken = self._insist(lambda: self._begun(job_id, workflow, fence))
        if taken is None:
            return
        job, due = taken
        early = (due - datetime.now(UTC)).total_seconds()
        if early > 0 and (early > _SOON_S or self._stop.wait(early)):  # a clock was put back, or the worker ends
            self._put_back(job, due, "")
            return
        context = Context(self._store, job, self._lease_s)
        try:
            self._handlers[job.name](context)
        except Exception as error:
            log.exception("job %s %s failed", job.name, job.ref)
            wait = min(_MAX_BACKOFF_S, 2 ** min(job.attempts, 20)) * random.uniform(0.75, 1.25)  # noqa: S311 (jitter)
            self._put_back(job, datetime.now(UTC) + timedelta(seconds=wait), type(error).__name__)
            return
        if not context.refused.is_set() and self._insist(lambda: self._finished(job)):
            return
        # Its lease was over while it ran. Where nobody has taken over, the job runs again and finds what is done.
        self._put_back(job, datetime.now(UTC), "")

    def _begun(self, job_id: int, workflow: str, fence: int) -> tuple[Job, datetime] | None:
        with self._store.sign() as tx:
            return rows.begin(tx, (job_id, workflow), fence)

    def _finished(self, job: Job) -> bool:
        with self._store.sign() as tx:
            return rows.finish(tx, job)

    def _put_back(self, job: Job, run_at: datetime, problem: str) -> None:
        def put_back() -> None:
            with self._store.write() as tx:
                run = rows.put_back(tx, job, run_at, problem)
                if run is not None:
                    engine.dispatch(tx, run, datetime.now(UTC))

        self._insist(put_back)

    def _insist(self, act: Callable[[], _T]) -> _T:
        """Does it again for a while where somebody else holds the database. A run that ends with that error is found
        again as well, but only by the next look for lost ones."""
        for _ in range(_TRIES - 1):
            try:
                return act()
            except (Busy, OperationalError):
                if self._stop.wait(random.uniform(0.2, 1.0)):  # noqa: S311 (jitter)
                    break
        return act()


def _found(store: Store) -> None:
    """Jobs whose run the engine lost (a restored backup, an older version, an error of its own) begin again."""
    with store.read() as tx:
        lost = tables.lost(tx, datetime.now(UTC))
    in_steps(store, lost, _begin_again)


def _begin_again(tx: Tx, lost: tuple[int, str]) -> None:
    job_id, workflow = lost
    run = rows.run_anew(tx, job_id, workflow)
    if run is not None:
        log.warning("job %s had lost its run and begins again", job_id)
        engine.dispatch(tx, run, datetime.now(UTC))


def _tidy(store: Store) -> None:
    """Forgets workers that ended long ago. Old runs go with the purge, as retention says."""
    with store.write() as tx:
        workers.forget(tx, datetime.now(UTC) - _KEEP_WORKERS)


_OWN = (Schedule("lost jobs", _LOST_EVERY_S, _found), Schedule("old workers", _TIDY_EVERY_S, _tidy))
