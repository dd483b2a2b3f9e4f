"""The timer of a waiting level is a date in a row: it fires once, whichever workers were killed before, or then."""

import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine

from store import steps, workers
from store.db import Store
from store.steps import OpenStep
from tests.installation import installation
from tests.response.desk import Desk
from tests.system.conftest import ALL_ON_BOTH
from tests.system.processes import wait_until
from tests.system.working import Worker

pytestmark = [pytest.mark.system, *ALL_ON_BOTH]

FOUR_HOURS = timedelta(hours=4)
"""What the shipped policy gives a level to answer."""
WITHIN_S = 120


def step(desk: Desk, submission_id: int) -> OpenStep:
    with desk.store.read() as tx:
        found = steps.of_submission(tx, submission_id)
    assert found is not None
    return found


def kill(*running: Worker) -> None:
    for one in running:
        assert one.process is not None
        os.killpg(one.process.pid, signal.SIGKILL)
        one.process.wait(WITHIN_S)


def working(store: Store) -> bool:
    with store.read() as tx:
        return bool(workers.open_ones(tx))


def test_a_timer_fires_once_whichever_workers_are_killed(tmp_path: Path) -> None:
    log, soon = tmp_path / "worker.log", timedelta(seconds=3)
    with installation(tmp_path) as store:
        with Worker(log) as first:
            wait_until(lambda: working(store), WITHIN_S, "the first worker")
            with time_machine.travel(datetime.now(UTC) - FOUR_HOURS + soon) as clock:
                desk = Desk.open(store, clock)
                one = desk.waiting(3)
            kill(first)
        due = step(desk, one).due_at
        assert due is not None
        assert step(desk, one).reminded_at is None
        wait_until(lambda: datetime.now(UTC) > due, 2 * soon.total_seconds(), "the time of the level to be over")

        with Worker(log) as second, Worker(log) as third:
            wait_until(lambda: step(desk, one).reminded_at, WITHIN_S, f"the timer\n{second.said()}")
            kill(second, third)
        with time_machine.travel(datetime.now(UTC) - FOUR_HOURS - soon):
            other = desk.sent(desk.written(desk.opened(3, number=2, thread="https://blog.example.org/lake")))
        with Worker(log) as fourth:
            wait_until(lambda: step(desk, other).reminded_at, WITHIN_S, f"the other timer\n{fourth.said()}")

        # Whoever fired the other one has looked at all of them.
        assert desk.actions().count("step.reminded") == 2
        assert step(desk, one).raised_to is None
        assert desk.audit_holds()
