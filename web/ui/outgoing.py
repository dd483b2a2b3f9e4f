"""How the answers of a case went out, and what a person has to do about one that did not."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.language import _
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
        said = _(
            "The newest responses of this case are shown, and {n} older ones are not. Search finds those.", n=older
        )
        frame.quiet(said)
    with store().read() as tx:
        live = {one.id for one in found if responses.is_live(tx, one.submission_id)}
        by_hand = handoffs.of_publications(tx, [one.id for one in found])
    for one in found:
        if one.state is PublicationState.DROPPED:
            continue
        see = escape(_("See it there"))
        link = f" <a href='{escape(one.url)}' target='_blank' rel='noreferrer'>{see}</a>" if one.url else ""
        problem = f"<br>{escape(one.problem)}" if one.problem else ""
        when = f", {words.exact(one.published_at)}" if one.published_at else ""
        where = f"{words.CHANNEL[one.target.channel]}: " if len(found) > 1 or one.comment_id is None else ""
        told = f"{escape(where)}{escape(state(one))}{when}.{link}{problem}"
        st.html(f"<div class='lh-note'>{told}{_compared(by_hand.get(one.id))}</div>")
        if one.state is PublicationState.UNCONFIRMED or one.doubled_at:
            label, this = _("What was tried and what was seen"), {"publication": str(one.id)}
            st.page_link(page="pages/unconfirmed.py", label=label, query_params=this)
        if one.id not in live:
            continue
        if one.state is PublicationState.HAND_OFF:
            _hand_off(me, one, talk)
        elif one.state in publish.FOR_A_PERSON:
            doubts.decide(me, one)


def state(one: Publication) -> str:
    """Where it stands, in words."""
    if one.looking_since:
        return _("We are looking for it on the blog")
    if one.state is PublicationState.SCHEDULED and one.pause_id:
        return _("Waits until the pause is over: {when}", when=words.exact(one.not_before))
    if one.state is PublicationState.SCHEDULED and one.problem:
        return _("Not sent yet. Next try: {when}", when=words.exact(one.not_before))
    return words.PUBLICATION[one.state]


def _compared(posted: HandOff | None) -> str:
    """What feeds have shown so far of a text that a person posted."""
    if posted is None:
        return ""
    when, waited = words.exact(posted.compared_at), words.now() - posted.at
    if posted.state == handoffs.VERIFIED and posted.difference:
        said = _("Verified {when}. {difference}", when=when, difference=posted.difference)
    elif posted.state == handoffs.VERIFIED:
        said = _("Verified {when}: exactly the approved words were read there.", when=when)
    elif posted.state == handoffs.DIFFERS:
        said = _("Not verified. {difference} Read {when}.", difference=posted.difference, when=when)
    elif not posted.thread_url:
        said = _("A post of our own stands in no feed of comments, so it is not compared.")
    elif waited < PATIENCE:
        said = _("Not compared yet: no feed has shown it so far.")
    else:
        said = _(
            "Not verified yet: in {span} no feed has shown it. Open its address and look.",
            span=words.span(waited.total_seconds()),
        )
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
    why = _("Our account may not publish posts there.") if posts else _("Levelhead has no account there.")
    do = _("Copy the text, post it, and say where it stands.")
    st.html(f"<p class='lh-quiet'>{escape(f'{why} {do}')}</p>")
    if not stopped:
        st.code(text, language=None, wrap_lines=True)
    if answered and answered.url.startswith(("https://", "http://")):
        st.link_button(_("Open the thread"), answered.url)
    with st.form(f"posted-{one.id}", border=False):
        url = st.text_input(_("Address of the posted text"))
        if st.form_submit_button(_("I posted it")):
            attempt(lambda: publish.posted_by_hand(store(), me, one.id, url), _("Noted: the answer is published."))
            st.rerun()
        if one.restored_at and st.form_submit_button(_("Drop it")):
            attempt(lambda: publish.drop(store(), me, one.id), _("Dropped. Nothing is to be posted."))
            st.rerun()


def _text(tx: Tx, one: Publication) -> str:
    submission = responses.submission(tx, one.submission_id)
    assert submission is not None
    return responses.version(tx, submission.response_id, submission.version_number).content.text
