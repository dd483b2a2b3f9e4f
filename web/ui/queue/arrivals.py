"""What came since the list was drawn, said above it in a place that is always there, so that no row moves; and the
figures of the page, which follow in their places."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from access.permissions import Permission
from model import clock
from model.language import _
from model.queue import Filters, View
from response import board
from response.board import News
from store.db import store
from web import frame
from web.guard import guard, is_whole_run
from web.ui import arriving, words
from web.ui.queue import counts, listing, views

_SEEN = "queue_arrived"


@st.fragment(run_every=arriving.EVERY_S)
def bar(
    view: View, filters: Filters, shown: Sequence[int], drawn: News, head: DeltaGenerator, oldest: datetime | None
) -> None:
    """Asks for one number every few seconds, and looks closer only when it has grown. No dialog may open in here.

    `drawn` is what was known when the page was drawn, `head` the place of its name and figures.
    """
    me = guard(Permission.TRIAGE)
    since, known = st.session_state.get(_SEEN, (drawn, drawn))
    if since != drawn:  # the page was drawn anew
        known = drawn
    if not is_whole_run():  # else it has just been counted
        known = board.arrived(store(), me, view, filters, clock.now(), shown, known)
    st.session_state[_SEEN] = (drawn, known)
    with head:
        line = counts.line(view, filters, known.counts, oldest)
        frame.heading(_("Queue"), line, age=words.timed(oldest, words.age(oldest)))
    with st.container(key="arrivals"):
        _figures(view, filters, len(shown), drawn, known)
        if arriving.wanted(known.new, "queue-new", anything=bool(shown)):
            listing.forget()
            st.rerun()


def _figures(view: View, filters: Filters, shown: int, drawn: News, known: News) -> None:
    """The count of each view, beside its title."""
    then, by_now = (counts.counted(view, filters, news, shown) for news in (drawn, known))
    st.html(counts.style(views.titles(view, filters), counts.fitting(then, by_now)))
