"""What time it is, for everything that people see or wait for.

The rows of the product are dated by `now`. `at` puts another moment in its place for the code inside it, so that a
sample, a replay or a test can live through weeks in seconds. Leases and heartbeats of workers do not ask here: they
measure how long something truly took.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache
from zoneinfo import available_timezones

_put: ContextVar[datetime | None] = ContextVar("clock", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC: the machine's own, or the one that `at` put."""
    return _put.get() or datetime.now(UTC)


@cache
def time_zones() -> tuple[str, ...]:
    """The time zones that somebody can live in, by name; a machine's list has two more, which mean its own setting."""
    return tuple(sorted(available_timezones() - {"Factory", "localtime"}))


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Inside, `now` is `moment` (aware). It holds for this thread or task alone, and may be nested."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    token = _put.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _put.reset(token)
