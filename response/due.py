"""What is due and has no job gets one: rows are the truth, and a job may be lost (an upgrade, a restore)."""

from datetime import timedelta

from jobs import enqueue, in_steps
from model import clock
from store import responses
from store.db import Store

_LATE = timedelta(seconds=30)
"""Younger than this it may be in the hands of a worker that is about to end it."""


def look(store: Store) -> None:
    """Enqueues decisions to settle that are late, and that no job is about."""
    with store.read() as tx:
        late = responses.not_passed_on(tx, clock.now() - _LATE)
    in_steps(store, late, lambda tx, one: enqueue(tx, "settle", one, f"settle:{one}"))
