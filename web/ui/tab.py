"""The title of the browser's tab, which has no other owner: how many things the page counts, before its name."""

from datetime import datetime

import streamlit as st

from model import clock
from model.language import number
from store import cases, queue, responses
from store.db import Tx, store

_EVERY_S = 30.0
_QUEUE = "queue.py"


def name(page: str, count: int) -> str:
    """'(2) My approvals · Levelhead'."""
    named = f"{page} · Levelhead" if page else "Levelhead"
    return f"({number(count)}) {named}" if count else named


def counted(tx: Tx, file: str, person_id: int, now: datetime) -> int:
    """What the page of this file counts: the queue what needs somebody, all others what waits for this person."""
    if file == _QUEUE:
        return queue.count_to_do(tx, now)
    return responses.count_waiting(tx, person_id) + cases.count_asked(tx, person_id)


@st.fragment(run_every=_EVERY_S)
def title(person_id: int, file: str, page: str) -> None:
    """Keeps the title true while the tab stays open: it is counted anew now and then, and nothing else is drawn."""
    with store().read() as tx:
        count = counted(tx, file, person_id, clock.now())
    st.set_page_config(page_title=name(page, count))
