"""A question: what somebody asks this person, the comment it is about, one field and one button."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.errors import LevelheadError
from model.language import _
from response import cases, questions
from store.db import store
from web import frame
from web.guard import guard
from web.ui import lists, reading, words
from web.ui.acting import attempt, say
from web.ui.together import wellness

_SENT = "levelhead_answer_sent"

me = guard(Permission.DECIDE)
try:
    found = questions.question(store(), me, lists.number(st.query_params.get("question")))
except LevelheadError as error:
    frame.heading(_("Question"))
    frame.problem(error)
    st.stop()
if found is None:
    frame.heading(_("Question"))
    say()
    frame.nothing(_("Nobody waits for an answer of yours"), _("A question that somebody asks you appears here."))
    st.stop()

asked, about = found.asked, found.about
frame.heading(_("Question"), _("{name} asks you, {ago}", name=asked.by_name, ago="{ago}"), ago=words.timed(asked.at))
say()
st.html(f"<div class='lh-note lh-question' dir='auto'>{reading.paragraphs(asked.text)}</div>")
if asked.answered_at or asked.answer is not None:
    said = reading.paragraphs(asked.answer) if asked.answer else f"<p>{escape(_('Its words were erased.'))}</p>"
    done = _(
        "You answered {when}. {name} gets it when the seconds to undo it are over; there is nothing more to do.",
        when=words.exact(asked.answered_at),
        name=asked.by_name,
    )
    st.html(f"<p>{escape(done)}</p><div class='lh-text' dir='auto'>{said}</div>")
else:
    with st.form(f"answering-{asked.id}", border=False):
        # Whoever undoes an answer has what they wrote before them again.
        before = st.session_state.get(_SENT, {}).get(asked.id, "")
        text = st.text_area(_("Your answer"), before, max_chars=5000, key=f"answer-{asked.id}")
        if st.form_submit_button(_("Send the answer"), type="primary", shortcut="Ctrl+Enter"):
            st.session_state[_SENT] = {asked.id: text}
            attempt(lambda: cases.answer(store(), me, asked.id, text))
            st.query_params["question"] = str(asked.id)
            st.rerun()
    frame.quiet(_("Nothing is published by your answer: it may be quoted in a draft, with your name."))
reasons = {about.lead.id: reading.concern(about.assessments.get(about.lead.id))}
st.html(reading.thread(about.thread, about.comments, about.lead, reasons, soften=wellness.softens_from(me)))
