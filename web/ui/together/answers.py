"""What experts answered on a case, as blocks that can be put into the draft with their source named."""

from html import escape

import streamlit as st

from model.language import _
from response import questions, views
from store import deciders
from store.db import store
from web.ui import editor, reading, words


def answers(case_id: int, response_id: int) -> None:
    """Each answer with the question, and the way into the draft that is being written."""
    with store().read() as tx:
        found = [one for one in views.asked_on(tx, case_id, words.now()) if one.answer]
        names = deciders.names(tx)
    for one in found:
        name = names.get(one.to_person_id or 0) or _("an expert")
        answered = _("{name} answered, {when}", name=name, when=words.moment(one.answered_at))
        when = f"<small>{escape(answered)}</small>"
        asked = escape(_("{name} asked: {text}", name=one.by_name, text=one.text))
        asked = f"<p class='lh-quiet' dir='auto'>{asked}</p>"
        said = reading.paragraphs(one.answer or "")
        st.html(f"<div class='lh-note'>{asked}<blockquote class='lh-quote'>{said}</blockquote>{when}</div>")
        quote = questions.quoted(one.answer or "", name)
        st.button(_("Insert into the draft"), key=f"insert-{one.id}", on_click=editor.put, args=(response_id, quote))
