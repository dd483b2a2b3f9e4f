"""The line 'Dismissed. Undo': for ten seconds after a decision, on whatever page its person is by then.

It ends by a style sheet, without the server. Its key stays until the page is drawn again: whoever presses it late is
told that it is too late.
"""

from html import escape

import streamlit as st

from model import clock
from model.errors import LevelheadError
from model.person import Person
from model.settings import settings
from response import undo
from response.undo import Offer, Undone
from store.db import store
from web.guard import still_here
from web.ui import words
from web.ui.acting import unsay
from web.ui.keys import keys
from web.ui.queue import listing

_SAID, _PRESSED = "levelhead_undone", "levelhead_undo_pressed"
_TURN, _SHOWN, _OFFERED = "levelhead_undo_turn", "levelhead_undo_shown", "levelhead_undo_offered"
_BACK, _CAME_BACK = "levelhead_undo_back", "levelhead_undo_came_back"
SAID = {
    undo.DISMISSED: "Dismissed",
    undo.SPAM: "Marked as spam",
    undo.ESCALATED: "Escalated",
    undo.SNOOZED: "Put off",
    undo.WOKEN: "Brought back",
    undo.CLAIMED: "Claimed",
    undo.RELEASED: "Released",
    undo.HANDED_OVER: "Handed over",
    undo.LOOKED_OVER: "Looked over",
}
_NAMED = 3
_AGAIN = {"case": "The case is as it was.", "comment": "The comment is as it was."}


def _undo(token: str) -> None:
    """A callback: it runs before the page, so it works also where the line is drawn no more."""
    me = still_here()
    if me is None:
        return
    st.session_state[_PRESSED] = token
    try:
        undone = undo.undo(store(), me, token)
    except LevelheadError as error:
        st.session_state[_SAID] = ("alert", words.in_zone(str(error)), clock.now())
    else:
        listing.bring_back(undone.ids, of_cases=undone.subject in ("case", undo.CASES))
        if undone.subject in _AGAIN and undone.ids:
            st.session_state[_BACK] = (undone.subject, next(iter(undone.ids)))
        st.session_state[_SAID] = ("alert" if undone.left else "status", again(undone), clock.now())


def again(undone: Undone) -> str:
    """What became of undoing, in words: what is as it was, and what stays, with the reason."""
    if undone.subject in _AGAIN:
        return f"Undone. {_AGAIN[undone.subject]}"
    one = undone.subject.removesuffix("s")
    many = words.count(len(undone.ids), one)
    said = f"Undone. {many} {'is as it was' if len(undone.ids) == 1 else 'are as they were'}."
    if not undone.ids:
        said = "Nothing was undone."
    left = [f"{one.capitalize()} {each.id}: {words.in_zone(each.why)}" for each in undone.left[:_NAMED]]
    more = [f"And {len(undone.left) - _NAMED} more stay."] if len(undone.left) > _NAMED else []
    return " ".join([said, *left, *more])


def back() -> tuple[str, int] | None:
    """What has just come back, 'case' or 'comment' and its id, as it was undone right before this run."""
    found: tuple[str, int] | None = st.session_state.get(_CAME_BACK)
    return found


def has_key() -> bool:
    """Whether the line has the key for undo: then no other button of the page may have it."""
    return bool(st.session_state.get(_SHOWN))


def line(me: Person, offered: Offer | None) -> None:
    """What was decided and the button that undoes it, or what became of undoing; nothing where there is neither."""
    st.session_state[_CAME_BACK] = st.session_state.pop(_BACK, None)
    role, told, at = st.session_state.get(_SAID, ("", "", clock.now()))
    # A page may be drawn twice in a row: what became of it is said for as long as the offer stood, not once.
    remains = undo.seconds_left(at, clock.now(), settings().undo_seconds)
    if not remains or (offered and offered.token != st.session_state.get(_PRESSED)):
        told = ""
    st.session_state[_SHOWN] = bool(offered and not told)
    if not offered and not told:
        return
    # Two names for one animation, in turns: it begins anew with the seconds that are left whenever it is drawn.
    turn = st.session_state[_TURN] = not st.session_state.get(_TURN, False)
    left = offered.left if offered and not told else remains
    text = told
    if offered and offered.token != st.session_state.get(_OFFERED):
        st.session_state[_OFFERED] = offered.token
        unsay()  # the line says what was done, and one place is enough
    if offered and not told:
        what = f"{offered.subject} {offered.subject_id}"
        if offered.subject in (undo.CASES, undo.COMMENTS):
            what = words.count(offered.count, offered.subject.removesuffix("s"))
        role, text = "status", f"{SAID[offered.what]}: {what}."
    mine = keys(me)
    with st.container(key="undo", horizontal=True, width="content", vertical_alignment="center"):
        st.html(
            f"<p class='lh-undo {'a' if turn else 'b'}' role='{role}'>{escape(text)}</p>"
            f"<style>.st-key-undo {{ --left: {left:.2f}s; }}</style>"
        )
        if offered and not told:
            st.button(
                "Undo",
                key=f"undo-{offered.token}",
                shortcut=mine["undo"],
                on_click=_undo,
                args=(offered.token,),
            )
