"""How the answers of a case went out, and what a person has to do about one that did not."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.person import Person
from model.words import PublicationState
from response import publish
from response.handoffs import PATIENCE
from store import handoffs, responses
from store.comments import Comment
from store.db import Tx, store
from store.handoffs import HandOff
from store.publications import Publication
from web import frame
from web.ui import doubts, words
from web.ui.acting import attempt


def publications(me: Person, found: Sequence[Publication], talk: Sequence[Comment], older: int = 0) -> None:
    """Each publication with its state in words; what needs a person has its buttons.

    `older` is how many responses of the case came before those whose publications are `found`.
    """
    if older:
        said = f"The newest responses of this case are shown, and {older} older ones are not. Search finds those."
        st.html(f"<p class='lh-quiet'>{said}</p>")
    with store().read() as tx:
        live = {one.id for one in found if responses.is_live(tx, one.submission_id)}
        by_hand = handoffs.of_publications(tx, [one.id for one in found])
    for one in found:
        if one.state is PublicationState.DROPPED:
            continue
        link = f" <a href='{escape(one.url)}' target='_blank' rel='noreferrer'>See it there</a>" if one.url else ""
        problem = f"<br>{escape(one.problem)}" if one.problem else ""
        when = f", {words.exact(one.published_at)}" if one.published_at else ""
        where = f"{words.CHANNEL[one.target.channel]}: " if len(found) > 1 or one.comment_id is None else ""
        state = "We are looking for it on the blog" if one.looking_since else words.PUBLICATION[one.state]
        st.html(f"<div class='lh-note'>{where}{state}{when}.{link}{problem}{_compared(by_hand.get(one.id))}</div>")
        if one.state is PublicationState.UNCONFIRMED or one.doubled_at:
            label, this = "What was tried and what was seen", {"publication": str(one.id)}
            st.page_link("pages/unconfirmed.py", label=label, query_params=this)
        if one.id not in live:
            continue
        if one.state is PublicationState.HAND_OFF:
            _hand_off(me, one, talk)
        elif one.state in publish.FOR_A_PERSON:
            doubts.decide(me, one)


def _compared(posted: HandOff | None) -> str:
    """What feeds have shown so far of a text that a person posted."""
    if posted is None:
        return ""
    if posted.state == handoffs.VERIFIED:
        said = f"Verified {words.exact(posted.compared_at)}: exactly the approved words were read there."
        said = f"Verified {words.exact(posted.compared_at)}. {posted.difference}" if posted.difference else said
    elif posted.state == handoffs.DIFFERS:
        said = f"Not verified. {posted.difference} Read {words.exact(posted.compared_at)}."
    elif words.now() - posted.at < PATIENCE:
        said = "Not compared yet: no feed has shown it so far."
    else:
        said = f"Not verified yet: in {words.span((words.now() - posted.at).total_seconds())} no feed has shown it."
        said += " Open its address and look."
    return f"<small>{escape(said)}</small>"


def _hand_off(me: Person, one: Publication, talk: Sequence[Comment]) -> None:
    """Copy, open the thread, 'I posted it'. Nothing is handed over that the gate stops."""
    stopped = publish.may_hand_over(store(), one.id)
    if stopped:
        frame.problem(" ".join(stopped))
    with store().read() as tx:
        text = _text(tx, one)
    answered = next((comment for comment in talk if comment.id == one.comment_id), None)
    posts = one.comment_id is None and one.source_id is not None
    why = "Our account may not publish posts there." if posts else "Levelhead has no account there."
    st.html(f"<p class='lh-quiet'>{why} Copy the text, post it, and say where it stands.</p>")
    if not stopped:
        st.code(text, language=None, wrap_lines=True)
    if answered and answered.url.startswith(("https://", "http://")):
        st.link_button("Open the thread", answered.url)
    with st.form(f"posted-{one.id}", border=False):
        url = st.text_input("Address of the posted text")
        if st.form_submit_button("I posted it"):
            attempt(lambda: publish.posted_by_hand(store(), me, one.id, url), "Noted: the answer is published.")
            st.rerun()
        if one.restored_at and st.form_submit_button("Drop it"):
            attempt(lambda: publish.drop(store(), me, one.id), "Dropped. Nothing is to be posted.")
            st.rerun()


def _text(tx: Tx, one: Publication) -> str:
    submission = responses.submission(tx, one.submission_id)
    assert submission is not None
    return responses.version(tx, submission.response_id, submission.version_number).content.text
