"""The list of the queue, and the order in which its rows stay while somebody works through them."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from model.queue import Filters, Of, View
from web.ui import keys
from web.ui.components import component
from web.ui.keys import Keys
from web.ui.lists import number

_LIST, _SHOWN, _HELP = "queue-list", "queue_shown", "queue_help"
NAMES = {"case": Of.CASES, "comment": Of.QUESTIONS}


def before(view: View, filters: Filters) -> list[int] | None:
    """The rows of this view that are on the screen, in their order; None for a view that was not shown yet."""
    what, rows = st.session_state.get(_SHOWN, (None, []))
    return rows if what == (view.key, filters) else None


def keep(view: View, filters: Filters, shown: Sequence[int]) -> None:
    """Remembers what is on the screen."""
    st.session_state[_SHOWN] = ((view.key, filters), list(shown))


def forget() -> None:
    """The next run shows everything, in the order of the view."""
    st.session_state.pop(_SHOWN, None)


def name(view: View) -> str:
    """What a row of a view is called in the address."""
    return "case" if view.of is Of.CASES else "comment"


def choose(label: str, rows: Sequence[dict[str, Any]], chosen: str, mine: Keys) -> None:
    """The list with one row marked. Who chooses another changes the page's address, and so what is beside the list."""
    component("queue")(
        key=_LIST,
        data={"label": label, "rows": list(rows), "chosen": chosen, "letters": mine.letters},
        on_picked_change=_picked,
        on_help_change=_help,
    )
    if st.session_state.pop(_HELP, False):
        keys.help_on_keys(mine)


def _picked() -> None:
    what, _, which = str(st.session_state[_LIST].get("picked") or "").partition("-")
    found = number(which)
    if what in NAMES and found is not None:
        for other in NAMES:
            st.query_params.pop(other, None)
        st.query_params[what] = str(found)


def _help() -> None:
    if st.session_state[_LIST].get("help"):
        st.session_state[_HELP] = True
