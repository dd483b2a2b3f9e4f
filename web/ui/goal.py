"""The goal of a response: chosen on its page, while it is written and after."""

import streamlit as st

from model.language import _
from model.person import Person
from response import goals
from store import cost
from store import goals as rows
from store.db import store
from web.ui.acting import went_well


def choose(me: Person, response_id: int) -> None:
    """The choice of a goal; nothing where the organisation has entered none."""
    with store().read() as tx:
        in_use, now = rows.every(tx), cost.goal_of(tx, response_id)
        had = rows.get(tx, now) if now is not None else None
    called = {one.id: one.name for one in in_use} | ({had.id: had.name} if had else {})
    if not called:
        return
    picked = st.selectbox(
        _("Goal"),
        [None, *called],
        index=0 if now is None else 1 + list(called).index(now),
        format_func=lambda one: called[one] if one is not None else _("None"),
        help=_("Which of the organisation's goals it serves. No approval is asked for again by it."),
        key=f"goal-{response_id}-{now}",
    )
    if picked != now:
        went_well(lambda: goals.tag_response(store(), me, response_id, picked), _("Goal chosen."))
        st.rerun()
