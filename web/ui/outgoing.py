"""How the answers of a case went out, and what a person has to do about one that did not."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.person import Person
from model.words import PublicationState
from response import publish
from store import responses
from store.comments import Comment
from store.db import Tx, store
from store.publications import Publication
from web import frame
from web.ui import words
from web.ui.acting import attempt


def publications(me: Person, found: Sequence[Publication], talk: Sequence[Comment]) -> None:
    """Each publication with its state in words; what needs a person has its buttons."""
    with store().read() as tx:
        live = {one.id for one in found if responses.is_live(tx, one.submission_id)}
    for one in found:
        if one.state is PublicationState.DROPPED:
            continue
        link = f" <a href='{escape(one.url)}' target='_blank' rel='noreferrer'>See it there</a>" if one.url else ""
        problem = f"<br>{escape(one.problem)}" if one.problem else ""
        when = f", {words.exact(one.published_at)}" if one.published_at else ""
        st.html(f"<div class='lh-note'>{words.PUBLICATION[one.state]}{when}.{link}{problem}</div>")
        if one.id not in live:
            continue
        if one.state is PublicationState.HAND_OFF:
            _hand_off(me, one, talk)
        elif one.state in publish.FOR_A_PERSON:
            _decide(me, one)


def _hand_off(me: Person, one: Publication, talk: Sequence[Comment]) -> None:
    """Copy, open the thread, 'I posted it'. Nothing is handed over that the gate stops."""
    stopped = publish.may_hand_over(store(), one.id)
    if stopped:
        frame.problem(" ".join(stopped))
    with store().read() as tx:
        text = _text(tx, one)
    answered = next((comment for comment in talk if comment.id == one.comment_id), None)
    st.html("<p class='lh-quiet'>Levelhead has no account there. Copy the text, post it, and say where it stands.</p>")
    if not stopped:
        st.code(text, language=None, wrap_lines=True)
    if answered and answered.url.startswith(("https://", "http://")):
        st.link_button("Open the thread", answered.url)
    with st.form(f"posted-{one.id}", border=False):
        url = st.text_input("Address of the posted text")
        if st.form_submit_button("I posted it"):
            attempt(lambda: publish.posted_by_hand(store(), me, one.id, url), "Noted: the answer is published.")
            st.rerun()


def _text(tx: Tx, one: Publication) -> str:
    submission = responses.submission(tx, one.submission_id)
    assert submission is not None
    return responses.version(tx, submission.response_id, submission.version_number).content.text


def _decide(me: Person, one: Publication) -> None:
    with st.form(f"decide-{one.id}", border=False):
        url = st.text_input("If it is there, its address")
        with st.container(horizontal=True):
            if st.form_submit_button("It is there", disabled=one.state is PublicationState.HELD):
                attempt(lambda: publish.posted_by_hand(store(), me, one.id, url), "Noted: the answer is published.")
                st.rerun()
            if st.form_submit_button("Send again"):
                attempt(lambda: publish.send_again(store(), me, one.id), "It is tried once more.")
                st.rerun()
            if st.form_submit_button("Drop it"):
                attempt(lambda: publish.drop(store(), me, one.id), "Dropped. Nothing will be sent.")
                st.rerun()
