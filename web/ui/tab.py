"""The browser's tab: how many things wait for whoever is here, before the page's name."""

import streamlit as st

from store import cases, responses
from store.db import store

_EVERY_S = 30.0


def name(page: str, waiting: int) -> str:
    """'(2) My approvals'."""
    return f"({waiting}) {page}" if waiting else page


@st.fragment(run_every=_EVERY_S)
def title(person_id: int, page: str) -> None:
    """Keeps the tab's title true while the tab stays open: two counts now and then, and nothing else is drawn."""
    with store().read() as tx:
        waiting = responses.count_waiting(tx, person_id) + cases.count_asked(tx, person_id)
    st.set_page_config(page_title=name(page, waiting))
