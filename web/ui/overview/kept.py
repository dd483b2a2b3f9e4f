"""What is added up by day out of the roll-ups about approval, kept for as long as the record was not followed further.

The more there is of it a day, the more lines a period has; they change only when the worker goes on along the record.
So they are added up once for all who look, and not at every click. What no line tells of (a time that is over) is a
few minutes behind.
"""

from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import streamlit as st

from model.cost import Counted
from model.tally import Ours
from store import cost, metrics
from store.db import Tx

_KEPT_S = 300
Kept = TypeVar("Kept")


def counted(tx: Tx, since: str, until: str = "9999") -> tuple[Counted, ...]:
    """`store.cost.counted`."""
    return _of(tx, "counted", (since, until), lambda: tuple(cost.counted(tx, since, until)))


def counted_first(tx: Tx, since: str, until: str = "9999") -> tuple[Counted, ...]:
    """`store.cost.counted_first`."""
    return _of(tx, "first", (since, until), lambda: tuple(cost.counted_first(tx, since, until)))


def published(tx: Tx, first: date, zone: ZoneInfo, *, weekly: bool) -> dict[Ours, dict[date, int]]:
    """What went out on which day since a day of the reader's, or in which week of UTC's; nobody may change it."""
    return _of(tx, "published", (first, zone.key, weekly), lambda: _published(tx, first, zone, weekly))


def ended_waits(tx: Tx, now: datetime, weeks: int) -> metrics.Ended:
    """`store.metrics.ended_waits`; where the weeks begin is a few minutes behind as well."""
    slot = int(now.timestamp() // _KEPT_S)
    return _of(tx, "ended", (slot, weeks), lambda: metrics.ended_waits(tx, now, weeks))


def _published(tx: Tx, first: date, zone: ZoneInfo, weekly: bool) -> dict[Ours, dict[date, int]]:
    found: dict[Ours, dict[date, int]] = {what: {} for what in Ours}
    begin = datetime.combine(first, time(), UTC if weekly else zone)
    for moment, what, n in metrics.published(tx, begin, by_day=weekly):
        day = moment.astimezone(UTC if weekly else zone).date()
        day -= timedelta(days=day.weekday() if weekly else 0)
        found[what][day] = found[what].get(day, 0) + n
    return found


def _of(tx: Tx, what: str, asked: tuple[Hashable, ...], look: Callable[[], Kept]) -> Kept:
    found: Kept = _kept(str(tx.engine.url), cost.followed(tx), what, asked, look)
    return found


@st.cache_resource(ttl=_KEPT_S, max_entries=256, show_spinner=False)
def _kept(database: str, followed: str, what: str, asked: tuple[Hashable, ...], _look: Callable[[], Any]) -> Any:  # noqa: ARG001
    return _look()
