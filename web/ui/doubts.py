"""An answer of which nobody knows whether it is there: what was tried, what was looked for, and three decisions."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.language import Labels, _, later
from model.person import Person
from model.words import PublicationState
from response import publish
from response.doubts import Doubt
from store.db import store
from store.publications import COULD_NOT_LOOK, FOUND, NOT_THERE, Attempt, Look, Publication
from web import frame
from web.ui import lists, reading, words
from web.ui.acting import attempt

SEEN = Labels({FOUND: later("Found"), NOT_THERE: later("Not there"), COULD_NOT_LOOK: later("Could not look")})
TRIED = Labels(
    {
        "": later("Nobody knows how it ended"),
        "posted": later("Stored by the blog"),
        "failed": later("Not sent"),
        "unconfirmed": later("Nobody knows whether it was sent"),
        "unknown": later("Unknown after a restore"),
    }
)


def doubt(me: Person, one: Doubt) -> None:
    """One of them, whole: the text and the decisions on the left, what happened on the right."""
    answered, posted = one.comment, one.publication.comment_id is None
    to = lists.plain(answered.author if answered else "")
    said = _("Answer to {name}", name=to) if to else _("Answer to a comment")
    st.subheader(_("A post of our own") if posted else said, anchor=False)
    thread = answered.thread_title if answered else ""
    where = " · ".join(filter(None, (one.source_name, _("on “{thread}”", thread=thread) if thread else "")))
    frame.quiet(where)
    text, story = st.columns([55, 45], gap="medium")
    with text:
        should = (
            _("This exact text should stand on the blog:")
            if posted
            else _("This exact text should stand under the comment:")
        )
        frame.quiet(should)
        st.html(reading.words_to_send(one.text))
        with st.container(horizontal=True):
            if one.place:
                st.link_button(_("Open the blog") if posted else _("Open the thread"), one.place)
            if posted:
                number = str(one.publication.response_id)
                st.page_link(page="pages/new.py", label=_("Open the response"), query_params={"response": number})
            elif one.case_id is not None:
                st.page_link(page="pages/queue.py", label=_("Open the case"), query_params={"case": str(one.case_id)})
        decide(me, one.publication)
    with story:
        st.html(f"<div class='lh-note'>{escape(one.publication.problem)}</div>")
        st.html(history(one.attempts, one.looks))


def twice(me: Person, one: Publication, case_id: int | None) -> None:
    """An answer that stands on the blog twice, or may: both addresses, and that one is left."""
    twice = later("Post {id} on the blog twice") if one.comment_id is None else later("Reply {id} on the blog twice")
    st.subheader(_(twice, id=one.response_id), anchor=False)
    st.html(f"<div class='lh-note'>{escape(one.problem)}</div>")
    with st.container(horizontal=True):
        for label, url in ((_("Open the first"), one.url), (_("Open the second"), one.second_url or "")):
            if url.startswith(("https://", "http://")):
                st.link_button(label, url)
        if case_id is not None:
            st.page_link(page="pages/queue.py", label=_("Open the case"), query_params={"case": str(case_id)})
        if st.button(_("One is left"), key=f"once-{one.id}"):
            attempt(lambda: publish.one_is_left(store(), me, one.id), _("Noted: it stands there once."))
            st.rerun()


def settled(wanted: int, one: tuple[Publication, int | None] | None) -> None:
    """What became of the answer that was asked for, when nobody has to decide on it any more; None: it is not known."""
    if one is None:
        frame.problem(_("There is no answer {id} any more.", id=wanted))
        return
    publication, case_id = one
    with st.container(horizontal=True, vertical_alignment="center"):
        stands = words.PUBLICATION[publication.state]
        frame.quiet(_("There is no doubt about answer {id} any more. It is: {stands}.", id=wanted, stands=stands))
        if case_id is None:
            number = str(publication.response_id)
            st.page_link(page="pages/new.py", label=_("Open the response"), query_params={"response": number})
        else:
            st.page_link(page="pages/queue.py", label=_("Open the case"), query_params={"case": str(case_id)})


def history(attempts: Sequence[Attempt], looks: Sequence[Look]) -> str:
    """What was tried when and what was seen, as escaped HTML, in the order it happened."""
    lines = [
        (
            one.at,
            _("Attempt {number}", number=one.number),
            TRIED.get(one.outcome, one.outcome),
            "" if one.outcome == "posted" else one.detail,
        )
        for one in attempts
    ]
    lines += [
        (one.at, _("Look {number}", number=one.number), SEEN.get(one.found, one.found), one.detail) for one in looks
    ]
    rows = [
        f"<li><time title='{escape(words.exact(at))}'>{escape(words.to_the_second(at))}</time>"
        f"<strong>{escape(what)}</strong> {escape(came)}<small>{escape(detail)}</small></li>"
        for at, what, came, detail in sorted(lines, key=lambda line: line[0])
    ]
    return f"<ul class='lh-rows'>{''.join(rows)}</ul>"


def decide(me: Person, one: Publication) -> None:
    """It is there, it is not, or it is dropped. What was typed stays in its field when it is refused."""
    doubtful = one.state is PublicationState.UNCONFIRMED
    with st.form(f"decide-{one.id}", border=False):
        url = st.text_input(_("If it is there, its address"))
        with st.container(horizontal=True):
            never_sent = one.state is PublicationState.HELD and not publish.may_be_there(one)
            if st.form_submit_button(_("It is there"), disabled=never_sent):
                attempt(lambda: publish.posted_by_hand(store(), me, one.id, url), _("Noted: the answer is published."))
                st.rerun()
            if st.form_submit_button(_("It is not: send again") if doubtful else _("Send again")):
                said = _("It is looked for once more, and sent if it is not there.")
                attempt(lambda: publish.send_again(store(), me, one.id), said)
                st.rerun()
            if st.form_submit_button(_("Drop it")):
                attempt(lambda: publish.drop(store(), me, one.id), _("Dropped. Nothing will be sent."))
                st.rerun()
