"""That a worker is alive: its row, its signs of life, and what becomes of the work of those that give none."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from store import workers
from store.db import Store

log = logging.getLogger("levelhead.jobs")

_LONGEST_BEAT_S = 5.0


class Presence:
    """One worker's place among the others. Its fence is the number of its row; given up for dead, it gets another.

    Signs of life come from a thread of its own, so that a long job does not pass for a dead worker.
    """

    def __init__(
        self,
        store: Store,
        executor: str,
        lease_seconds: float,
        resume: Callable[[str], None],
        able: Callable[[], bool] = lambda: True,
    ) -> None:
        """`resume` gives the unfinished runs of the worker of that name to whoever lives; `able` says whether it can:
        the engine is up later than the first sign of life, and down before the last."""
        self._store = store
        self._executor = executor
        self._lease_s = lease_seconds
        self._resume = resume
        self._able = able
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="presence", daemon=True)
        self._seen: dict[int, tuple[datetime, float]] = {}
        self._looked = 0.0
        with store.sign() as tx:
            self._fence = workers.register(tx, executor, datetime.now(UTC), first=True)
        self._beaten = time.monotonic()

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        """The worker ends; what it has not finished is free for others."""
        self._over.set()
        self._thread.join()
        with self._lock, self._store.sign() as tx:
            workers.end(tx, self._fence, datetime.now(UTC))

    def fence(self) -> int:
        """This worker's number. One that may have slept through its lease looks first whether it still counts."""
        with self._lock:
            if time.monotonic() - self._beaten > self._lease_s / 2:
                self._beat()
            return self._fence

    def _beat(self) -> None:
        now = datetime.now(UTC)
        with self._store.sign() as tx:
            if not workers.beat(tx, self._fence, now):
                former, self._fence = self._fence, workers.register(tx, self._executor, now, first=False)
                log.warning("worker %s was given up for dead and begins anew as %s", former, self._fence)
        self._beaten = time.monotonic()

    def _keep(self) -> None:
        pause = min(_LONGEST_BEAT_S, self._lease_s / 12)
        while not self._over.wait(pause):
            try:
                with self._lock:
                    self._beat()
                if self._able():
                    self._look()
            except Exception:
                log.exception("no sign of life could be given")

    def _look(self) -> None:
        """Marks those as ended that have been silent for a lease, and gives what they left to the living.

        Silence is counted from when this worker saw their last sign, by a clock that nobody sets: so no wrong clock,
        here or on another machine, makes the living pass for dead. Who could not look itself, because it slept or the
        database was away, begins to count again.
        """
        with self._store.read() as tx:
            found = [one for one in workers.open_ones(tx) if one.id != self._fence]
        now = time.monotonic()
        known = self._seen if now - self._looked < self._lease_s / 2 else {}
        self._seen, self._looked = {}, now
        for one in found:
            last_seen, since = known.get(one.id, (one.last_seen, now))
            self._seen[one.id] = (last_seen, since) if last_seen == one.last_seen else (one.last_seen, now)
            if one.ended_at is None:
                if now - self._seen[one.id][1] < self._lease_s:
                    continue
                with self._store.sign() as tx:
                    if not workers.end(tx, one.id, datetime.now(UTC), one.last_seen):
                        continue
                log.warning("worker %s (%s) gives no sign of life; others take over", one.id, one.executor)
            self._resume(one.executor)
            with self._store.sign() as tx:
                workers.resumed(tx, one.id, datetime.now(UTC))
