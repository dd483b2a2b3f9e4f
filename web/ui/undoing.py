"""The line 'Dismissed. Undo': for ten seconds after a decision, on whatever page its person is by then.

It ends by a style sheet, without the server. Its key stays until the page is drawn again: whoever presses it late is
told that it is too late.
"""

from html import escape

import streamlit as st

from model import clock
from model.errors import LevelheadError
from model.language import Labels, _, later, many
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
SAID = Labels(
    {
        undo.DISMISSED: later("Dismissed"),
        undo.SPAM: later("Marked as spam"),
        undo.ESCALATED: later("Escalated"),
        undo.SNOOZED: later("Put off"),
        undo.WOKEN: later("Brought back"),
        undo.CLAIMED: later("Claimed"),
        undo.RELEASED: later("Released"),
        undo.HANDED_OVER: later("Handed over"),
        undo.LOOKED_OVER: later("Looked over"),
    }
)
_NAMED = 3
_AGAIN = Labels({"case": later("The case is as it was."), "comment": later("The comment is as it was.")})
_STAYS = {undo.CASES: later("Case {id}: {why}"), undo.COMMENTS: later("Comment {id}: {why}")}


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
        return f"{_('Undone.')} {_AGAIN[undone.subject]}"
    said = [_several(undone)]
    said += [_(_STAYS[undone.subject], id=each.id, why=words.in_zone(each.why)) for each in undone.left[:_NAMED]]
    if more := len(undone.left[_NAMED:]):
        said.append(many("And {n} more stay.", "And {n} more stay.", more))
    return " ".join(said)


def _several(undone: Undone) -> str:
    """How many of several are as they were."""
    if not undone.ids:
        return _("Nothing was undone.")
    if undone.subject == undo.CASES:
        return many("Undone. {n} case is as it was.", "Undone. {n} cases are as they were.", len(undone.ids))
    return many("Undone. {n} comment is as it was.", "Undone. {n} comments are as they were.", len(undone.ids))


def _about(offered: Offer) -> str:
    """What a decision was about: 'case 7', or '3 comments'."""
    if offered.subject == undo.CASES:
        return many("{n} case", "{n} cases", offered.count)
    if offered.subject == undo.COMMENTS:
        return many("{n} comment", "{n} comments", offered.count)
    if offered.subject == "case":
        return _("case {id}", id=offered.subject_id)
    return _("comment {id}", id=offered.subject_id)


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
        role, text = "status", _("{done}: {what}.", done=SAID[offered.what], what=_about(offered))
    mine = keys(me)
    with st.container(key="undo", horizontal=True, width="content", vertical_alignment="center"):
        st.html(
            f"<p class='lh-undo {'a' if turn else 'b'}' role='{role}'>{escape(text)}</p>"
            f"<style>.st-key-undo {{ --left: {left:.2f}s; }}</style>"
        )
        if offered and not told:
            st.button(
                _("Undo"),
                key=f"undo-{offered.token}",
                shortcut=mine["undo"],
                on_click=_undo,
                args=(offered.token,),
            )
