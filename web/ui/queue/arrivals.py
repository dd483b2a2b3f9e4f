"""What came since the list was drawn: said above it, in a place that is always there, so that no row moves."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from access.permissions import Permission
from model import clock
from model.language import _, number
from model.queue import Filters, View
from response import board
from store.db import store
from web.guard import guard
from web.ui.queue import listing

EVERY_S = 4
_SEEN = "queue_arrived"


@st.fragment(run_every=EVERY_S)
def bar(view: View, filters: Filters, shown: Sequence[int], changes: int, new: int) -> None:
    """Asks for one number every few seconds, and looks closer only when it has grown. No dialog may open in here."""
    me = guard(Permission.TRIAGE)
    drawn, last, came = st.session_state.get(_SEEN, (changes, changes, new))
    if drawn != changes:  # the page was drawn anew since
        last, came = changes, new
    last, more = board.arrived(store(), me, view, filters, clock.now(), shown, last)
    came = came if more < 0 else more
    st.session_state[_SEEN] = (changes, last, came)
    with st.container(key="arrivals"):
        if came <= 0:
            said = _("Nothing new since you looked.") if shown else ""  # an empty list says so itself
            st.html(f"<p class='lh-quiet' role='status'>{escape(said)}</p>")
        elif st.button(_("{n} new", n=number(came)), type="tertiary", icon=":material/arrow_upward:", key="queue-new"):
            listing.forget()
            st.rerun()
