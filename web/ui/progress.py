"""A response that was sent: where it stands, who decided what, and the way back."""

from html import escape

import streamlit as st

from model.language import _, sense
from model.person import Person
from model.words import ResponseState
from response import drafts
from response.views import ResponseView
from store.db import store
from web import frame
from web.ui import reading, waits, words
from web.ui.acting import attempt


def shown(view: ResponseView, me: Person) -> None:
    """Where a sent response stands, and the way back."""
    submission, response = view.submission, view.response
    if submission is None:
        return
    settled = [one for one in view.decisions if one.settled_at or one.person_id == me.id]
    done = view.wait.step if view.wait else max((one.step for one in settled), default=-1) + 1
    st.subheader(words.RESPONSE[response.state], anchor=False)
    wrote = _("{name} wrote", name=view.names.get(response.author_id) or _("somebody"))
    out = sense("where a response is in the end", "Out")
    st.html(reading.route(submission.steps, view.asked, first=wrote, last=out, done=done))
    if told := waits.for_author(view.wait, submission, words.now()):
        frame.problem(told)
    for one in settled:
        why = f" “{escape(one.reason)}”" if one.reason else ""
        what = f"{words.decided(one.kind)}{waits.stood_in(one, submission)}, {words.ago(one.at)}."
        exact = escape(words.exact(one.at))
        st.html(f"<p class='lh-quiet' title='{exact}'>{escape(one.name)}: {what}{why}</p>")
    st.html(reading.words_to_send(view.versions[-1].content.text))
    if response.state in (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD):
        if st.button(_("Take back and edit"), key=f"take-back-{response.id}-{response.version}"):
            attempt(lambda: drafts.take_back(store(), me, response.id), _("It is a draft again; approvals start anew."))
            st.rerun()
        frame.quiet(_("Whoever changes it asks everybody again."))
    elif response.state is ResponseState.REJECTED:
        again = (
            _("Open the case and press Reply to write again, starting from this text.")
            if view.case
            else _("Begin a new one, starting from this text.")
        )
        frame.quiet(again)
