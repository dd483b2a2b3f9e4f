"""A process of its own that writes audit events, one after the other, as fast as it can."""

from datetime import UTC, datetime

from sqlalchemy import select

from store import audit
from store.db import Store
from store.schema import audit_head


def append(url: str, number: int, times: int) -> None:
    """Writes events to the database at `url`, one and three at a time in turn, `times` times."""
    store = Store(url)
    for turn in range(times):
        with store.write() as tx:
            events = [audit.New("case.opened", "case", number, {"turn": turn})] * (3 if turn % 2 else 1)
            last = audit.record_many(tx, events, by=None, at=datetime.now(UTC))
            assert last == tx.execute(select(audit_head.c.seq)).scalar_one()
    store.engine.dispose()
