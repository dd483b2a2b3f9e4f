"""The line 'Dismissed. Undo': for ten seconds after what a person did last, on whatever page they are by then.

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
from model.words import DecisionKind
from response import last, putting_back, undo
from response.undo import Offer, Undone
from store.db import store
from web.guard import still_here
from web.ui import words
from web.ui.acting import unsay
from web.ui.keys import keys
from web.ui.lists import number
from web.ui.queue import listing

_SAID = "levelhead_undone"
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
        undo.SENT: later("Sent"),
        undo.TAGGED: later("Goal chosen"),
        undo.CHECKED: later("Answered"),
        undo.ASKED_FOR: later("Asked for"),
        undo.KEPT: later("Kept"),
        undo.TAKEN_OVER: later("Taken over"),
        undo.REOPENED: later("Opened again"),
        undo.HANDED_ON: later("Handed on"),
        undo.ANSWERED: later("Answered"),
        undo.TAKEN_AWAY: later("Note taken away"),
        undo.GIVEN: later("Task given"),
        undo.DONE: later("Task done"),
        undo.NOT_DONE: later("Task not done after all"),
    }
)
_NAMED = 3
_AGAIN = Labels(
    {
        "case": later("The case is as it was."),
        "comment": later("The comment is as it was."),
        undo.RESPONSE: later("It is as it was before you sent it, and nothing went out."),
        undo.DECISION: later("Nobody has seen it."),
        putting_back.TAG: later("The response has the goal that it had before."),
        putting_back.CHECK: later("The comment waits for an answer again."),
        undo.HANDED: later("It waits for your decision again, and nobody was told."),
        putting_back.ANSWER: later("The question waits for your answer again, and nobody has read this one."),
        putting_back.NOTE: later("The note is as it was."),
        putting_back.TASK: later("The tasks are as they were."),
    }
)
_ONE = {
    "case": later("case {id}"),
    "comment": later("comment {id}"),
    putting_back.TAG: later("response {id}"),
    putting_back.CHECK: later("comment {id}"),
    putting_back.ANSWER: later("the question on case {id}"),
    putting_back.NOTE: later("case {id}"),
    putting_back.TASK: later("case {id}"),
}
_IN_NO_ROW = (undo.RESPONSE, undo.DECISION, undo.HANDED, *(set(putting_back.AGAIN) - {putting_back.CHECK}))
_STAYS = {undo.CASES: later("Case {id}: {why}"), undo.COMMENTS: later("Comment {id}: {why}")}


def _undo(offered: Offer) -> None:
    """A callback: it runs before the page, so it works also where the line is drawn no more."""
    me = still_here()
    if me is None:
        return
    try:
        undone = last.take_back(store(), me, offered)
    except LevelheadError as error:
        st.session_state[_SAID] = ("alert", words.in_zone(str(error)), clock.now())
    else:
        kind, ids = rows(undone)
        listing.bring_back(ids, of_cases=kind == "case")
        if undone.subject in _AGAIN and ids:
            st.session_state[_BACK] = (kind, ids[0])
        st.session_state[_SAID] = ("alert" if undone.left else "status", again(undone), clock.now())


def rows(undone: Undone) -> tuple[str, tuple[int, ...]]:
    """Which rows of the queue come back with what was undone: 'case' or 'comment', and their ids."""
    if undone.subject in _IN_NO_ROW:
        return "case", (undone.case_id,) if undone.case_id is not None else ()
    return "case" if undone.subject in ("case", undo.CASES) else "comment", undone.ids


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
    """What was decided on, or sent: 'case 7', '3 comments', 'the reply of case 7'."""
    case = offered.case_id
    if offered.subject == undo.RESPONSE:
        return _("a response of our own") if case is None else _("the reply of case {id}", id=case)
    if offered.subject in (undo.DECISION, undo.HANDED):
        return _("a response without a case") if case is None else _("a response of case {id}", id=case)
    if offered.subject == undo.CASES:
        return many("{n} case", "{n} cases", offered.count)
    if offered.subject == undo.COMMENTS:
        return many("{n} comment", "{n} comments", offered.count)
    return _(_ONE[offered.subject], id=offered.subject_id)


def back() -> tuple[str, int] | None:
    """What has just come back, 'case' or 'comment' and its id, as it was undone right before this run."""
    found: tuple[str, int] | None = st.session_state.get(_CAME_BACK)
    return found


def has_key() -> bool:
    """Whether the line has the key for undo: then no other button of the page may have it."""
    return bool(st.session_state.get(_SHOWN))


def elsewhere(offered: Offer | None, file: str) -> Offer | None:
    """What is offered on the page of this file: My approvals has a bar of its own for the decision that it shows."""
    if offered and offered.subject == undo.DECISION and file == "approvals.py":
        return None if number(st.query_params.get("decide")) in (None, offered.subject_id) else offered
    return offered


def did(offered: Offer) -> str:
    """What a person did, in a word or two."""
    return words.DECIDED[DecisionKind(offered.what)] if offered.subject == undo.DECISION else SAID[offered.what]


def line(me: Person, offered: Offer | None) -> None:
    """What was done and the button that undoes it, or what became of undoing; nothing where there is neither."""
    st.session_state[_CAME_BACK] = st.session_state.pop(_BACK, None)
    role, told, at = st.session_state.get(_SAID, ("", "", clock.now()))
    # A page may be drawn twice in a row: what became of it is said for as long as an offer stands, not once; only what
    # was done after it takes its place.
    remains = undo.seconds_left(at, clock.now(), settings().undo_seconds)
    if not remains or (offered and offered.left > remains):
        told = ""
    st.session_state[_SHOWN] = bool(offered and not told)
    if not offered and not told:
        # Its place is kept: whatever stood behind it would be made anew, and lose the focus and what it was saying.
        st.empty()
        return
    # An animation of its own whenever it is drawn: one of the same name would go on from where the former is, which may
    # be its end. (Two names in turns are not enough: the browser may skip a drawing.)
    turn = st.session_state[_TURN] = st.session_state.get(_TURN, 0) + 1
    left = offered.left if offered and not told else remains
    text = told
    if offered and offered.token != st.session_state.get(_OFFERED):
        st.session_state[_OFFERED] = offered.token
        unsay()  # the line says what was done, and one place is enough
    if offered and not told:
        role, text = "status", _("{done}: {what}.", done=did(offered), what=_about(offered))
    mine = keys(me)
    with st.container(key="undo", horizontal=True, width="content", vertical_alignment="center"):
        st.html(
            f"<p class='lh-undo' role='{role}'>{escape(text)}</p>"
            f"<style>@keyframes lh-undo-{turn} {{ to {{ visibility: hidden; }} }}"
            f" .st-key-undo {{ animation: lh-undo-{turn} 0s linear {left:.2f}s forwards; }}</style>"
        )
        if offered and not told:
            st.button(
                _("Undo"),
                key=f"undo-{offered.token}",
                shortcut=mine["undo"],
                on_click=_undo,
                args=(offered,),
            )
