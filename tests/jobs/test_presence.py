"""Who gives what others left to the living, and when."""

from datetime import UTC, datetime
from pathlib import Path

from jobs.presence import Presence
from store import workers
from store.db import Store
from tests.installation import installation
from tests.system.processes import wait_until


def test_what_another_left_is_given_on_only_while_the_engine_is_up(tmp_path: Path) -> None:
    with installation(tmp_path) as store:
        _given_on(store)


def _given_on(store: Store) -> None:
    with store.write() as tx:
        left = workers.register(tx, "there:0", datetime.now(UTC), first=True)
        workers.end(tx, left, datetime.now(UTC))
    given: list[str] = []
    up: list[bool] = []
    here = Presence(store, "here:0", 1.0, given.append, lambda: bool(up))

    def last_seen() -> datetime:
        with store.read() as tx:
            return next(one.last_seen for one in workers.open_ones(tx) if one.id == here.fence())

    begun = last_seen()
    here.begin()
    try:
        wait_until(lambda: last_seen() > begun, 5, "a sign of life")
        second = last_seen()
        wait_until(lambda: last_seen() > second, 5, "another one")
        assert given == []
        up.append(True)
        wait_until(lambda: given, 5, "what was left")
    finally:
        here.end()
    assert given == ["there:0"]
