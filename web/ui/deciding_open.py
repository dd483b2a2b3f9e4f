"""My approvals while it stays open: what comes in, and what happened to the decision that is open. Nothing is moved or
taken away by itself."""

from html import escape

import streamlit as st

from model.language import _
from response import deciding_now
from response.deciding import Matter
from response.deciding_now import Asked, Turn
from store.db import store
from web import frame
from web.guard import is_whole_run, still_here
from web.ui import arriving, words
from web.ui.deciding_lists import go_to

_SEEN = "approvals_arrived"


@st.fragment(run_every=arriving.EVERY_S)
def arrivals(drawn: Asked, here: bool) -> None:
    """How much came since the page was drawn with what is in `drawn`. `here`: its list is the one that is shown."""
    me = still_here()
    if me is None:
        return
    since, known = st.session_state.get(_SEEN, (drawn, drawn))
    if since != drawn:  # the page was drawn anew
        known = drawn
    if not is_whole_run():
        known = deciding_now.asked_by_now(store(), me, known)
    st.session_state[_SEEN] = (drawn, known)
    with st.container(key="arrivals"):
        anything = bool(drawn.decisions or drawn.questions)
        if arriving.wanted(deciding_now.new(drawn, known), "approvals-new", anything=anything):
            if not here:
                st.query_params.from_dict({"show": "waiting"})
            st.rerun()


@st.fragment(run_every=arriving.EVERY_S)
def line(one: Matter, exactly: str) -> None:
    """What `exactly` would be approved; once that cannot be any more, why, and what to do instead."""
    me = still_here()
    if me is None:
        return
    turn = None if is_whole_run() else deciding_now.turn(store(), me, one.submission.id, one.comment)
    with st.container(key="exactly", horizontal=True, vertical_alignment="center", gap="small"):
        if turn is None:
            st.html(f"<p class='lh-quiet lh-exactly'>{escape(exactly)}</p>")
            return
        st.html(_told(turn))
        if st.button(_next(turn), key=f"turned-{one.submission.id}"):
            if turn.newer:
                go_to(turn.newer)
            elif turn.ended:
                st.query_params.clear()
            st.rerun()


@st.fragment(run_every=arriving.EVERY_S)
def beneath(submission_id: int) -> None:
    """The same beneath what somebody types about a decision, so that nothing moves under the caret."""
    me = still_here()
    turn = deciding_now.turn(store(), me, submission_id, None) if me and not is_whole_run() else None
    if turn:
        kept = _("If you send what you typed, nobody gets it: it is kept here for you to copy.")
        st.html(_told(turn) + frame.quiet_line(kept))


def _told(turn: Turn) -> str:
    return f"<p class='lh-exactly lh-turned' role='alert'>{escape(words.in_zone(turn.told))}</p>"


def _next(turn: Turn) -> str:
    if turn.newer:
        return _("Open the version that waits for you")
    return _("Show what waits for me") if turn.ended else _("Show the comment as it is now")
