"""A comment without a case that waits for a look: a question, or what may be spam."""

from html import escape

import streamlit as st

from model.errors import LevelheadError, NotFound
from model.language import _, later, sense
from model.person import Person
from model.queue import Of, View
from response import cases, drafts, snooze
from store import comments, threads
from store.comments import Comment
from store.db import store
from web import frame
from web.ui import opinion, reading, talk, telling, words
from web.ui.acting import attempt, say, went_well
from web.ui.keys import Keys
from web.ui.queue import listing
from web.ui.softening import holds

_SAID = {
    "calm": later("Comment {id} needs no answer, and is in this view no more."),
    "spam": later("Comment {id} is marked as spam. Nothing was changed on its channel."),
    "not spam": later("Comment {id} is marked as no spam."),
}


def pane(me: Person, keys: Keys, view: View, comment_id: int, soften: int) -> None:
    """The thread around the comment, and what can be said of it. `soften` is the severity from which on texts are
    hidden until asked for."""
    with store().read() as tx:
        lead = comments.get(tx, comment_id)
        thread = comments.thread(tx, lead.thread_id) if lead else None
        part = threads.part(tx, lead, talk.place(f"comment-{comment_id}")) if lead else None
        judged = comments.assessment(tx, lead.id, lead.revision) if lead else None
    if lead is None or thread is None or part is None:
        frame.problem(NotFound(_("This comment is no longer here. It may have been removed; choose another one.")))
        return
    read, side = st.columns([43, 24], gap="medium")
    with read, st.container(key="read"):
        with st.container(key="bar", gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", key="about"):
                frame.quiet(_("Comment {id}, without a case", id=lead.id))
                listing.like_button(keys, view.key, lead.id, "comment", lead.id)
            _actions(me, keys, view, lead)
            with st.container(key="outcome"):
                say()
        of_it = {lead.id: judged.reasons if judged else ()}
        talk.show(f"comment-{comment_id}", thread, part, lead, of_it, soften=soften)
    with side, st.container(key="rail"):
        reasons = judged.reasons if judged and view.of is Of.SPAM else ()
        asks = escape(_("It asks something, and nobody of ours has answered it."))
        why = reading.why(reasons) if reasons else f"<p>{asks}</p>"
        told = telling.told(judged, lead.text, hide=bool(holds(lead.flagged_severity, soften)))
        st.html(
            f"<div class='lh-side'><h2>{escape(_('Why it is here'))}</h2>{why}{told}"
            f"<h2>{escape(lead.author or _('No name'))}</h2>"
            f"<p>{escape(words.exact(lead.published_at or lead.read_at))}</p></div>"
        )
        opinion.beside(me, lead, soften)


def _actions(me: Person, keys: Keys, view: View, lead: Comment) -> None:
    this = f"{lead.id}-{lead.revision}"
    with st.container(horizontal=True, gap="xsmall", key="acts"):
        reply = sense("what a button does", "Reply")
        if st.button(reply, type="primary", shortcut=keys["reply"], key=f"answer-it-{this}"):
            made = attempt(lambda: _taken(me, lead.id))
            if made:
                st.switch_page("pages/reply.py", query_params={"case": str(made)})
            st.rerun()
        if st.button(_("Make a case"), shortcut=keys["claim"], key=f"take-{this}"):
            made = attempt(lambda: cases.raise_case(store(), me, lead.id), _("It is a case now, under “To do”."))
            if made:
                st.query_params.from_dict({"show": "todo", "case": str(made)})
            st.rerun()
        if view.of is Of.SPAM:
            _button(me, lead, _("It is spam"), "spam", keys["spam"])
            _button(me, lead, _("No spam"), "not spam", keys["not spam"])
        else:
            _button(me, lead, _("Needs no answer"), "calm", keys["dismiss"])
            _button(me, lead, _("Spam"), "spam", keys["spam"])


def _button(me: Person, lead: Comment, label: str, found: str, shortcut: str | None) -> None:
    if st.button(label, shortcut=shortcut, key=f"{found}-{lead.id}-{lead.revision}"):
        said = _(_SAID[found], id=lead.id)
        if went_well(lambda: snooze.look_over(store(), me, lead.id, lead.revision, found), said):
            listing.go_on("comment", lead.id)
        else:
            st.query_params["comment"] = str(lead.id)
        st.rerun()


def _taken(me: Person, comment_id: int) -> int:
    """Makes a case of a comment and begins a reply."""
    case_id = cases.raise_case(store(), me, comment_id)
    try:
        drafts.start(store(), me, case_id)
    except LevelheadError:
        st.query_params.from_dict({"show": "todo", "case": str(case_id)})
        raise
    return case_id
