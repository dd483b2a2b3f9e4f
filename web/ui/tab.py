"""The title of the browser's tab, which has no other owner: how many things the page counts, before its name."""

from collections.abc import Iterator
from datetime import datetime

import streamlit as st

from model import clock
from model.language import number
from store import cases, queue, responses
from store.db import Tx, store

_EVERY_S = 30.0
QUEUE, APPROVALS = "queue.py", "approvals.py"


def name(page: str, count: int) -> str:
    """'(2) My approvals · Levelhead'."""
    named = f"{page} · Levelhead" if page else "Levelhead"
    return f"({number(count)}) {named}" if count else named


def counts(file: str) -> str:
    """Whose count the page of this file has before its name: the queue its own, all others that of My approvals."""
    return QUEUE if file == QUEUE else APPROVALS


def counted(tx: Tx, which: str, person_id: int, now: datetime) -> int:
    """What the queue counts, all that needs somebody; or My approvals, what waits for this person."""
    if which == QUEUE:
        return queue.count_to_do(tx, now)
    return responses.count_waiting(tx, person_id) + cases.count_asked(tx, person_id)


@st.fragment(run_every=_EVERY_S)
def title(person_id: int, which: str, page: str, known: Iterator[int]) -> None:
    """Keeps the title true while the tab stays open: it is counted anew now and then, and nothing else is drawn.

    `known` has what was counted for the page itself: it is taken the first time, and every time after that is counted.
    """
    count = next(known, None)
    if count is None:
        with store().read() as tx:
            count = counted(tx, which, person_id, clock.now())
    st.set_page_config(page_title=name(page, count))
