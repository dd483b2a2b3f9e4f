"""A read that somebody asks for: a person, or the source itself by its webhook."""

from datetime import datetime

from jobs import enqueue
from store import sources
from store.db import Tx


def read_at_once(tx: Tx, source_id: int, now: datetime) -> None:
    """Has a source read now. A read that is under way may have begun too early: `asked_at` has it followed by another.

    And it may have said already when the next one is, while its job has not ended: then the next look begins another.
    """
    sources.change(tx, source_id, asked_at=now)
    if not enqueue(tx, "read", source_id, f"read:{source_id}", now):
        sources.change(tx, source_id, next_read_at=now)
