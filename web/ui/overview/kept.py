"""What is added up by day out of the roll-ups about approval, kept for as long as the record was not followed further.

The more there is of it a day, the more lines a period has; they change only when the worker goes on along the record.
So they are added up once for all who look, and not at every click. What no line tells of (a time that is over) is a
few minutes behind.
"""

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import streamlit as st

from model.cost import Counted
from store import cost, cost_sums
from store.db import Tx

_KEPT_S = 300
Kept = TypeVar("Kept")


def counted(tx: Tx, since: str, until: str = "9999") -> tuple[Counted, ...]:
    """`store.cost_sums.counted`."""
    return _of(tx, "counted", (since, until), lambda: tuple(cost_sums.counted(tx, since, until)))


def counted_first(tx: Tx, since: str, until: str = "9999") -> tuple[Counted, ...]:
    """`store.cost_sums.counted_first`."""
    return _of(tx, "first", (since, until), lambda: tuple(cost_sums.counted_first(tx, since, until)))


def forget() -> None:
    """Lets all of it go."""
    _kept.clear()


def _of(tx: Tx, what: str, asked: tuple[Hashable, ...], look: Callable[[], Kept]) -> Kept:
    found: Kept = _kept(str(tx.engine.url), cost.followed(tx), what, asked, look)
    return found


@st.cache_resource(ttl=_KEPT_S, max_entries=256, show_spinner=False)
def _kept(database: str, followed: str, what: str, asked: tuple[Hashable, ...], _look: Callable[[], Any]) -> Any:  # noqa: ARG001
    return _look()
