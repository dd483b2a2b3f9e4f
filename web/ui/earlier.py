"""Beside the editor: earlier answers to comments like this one, each a start for a new one."""

from html import escape

import streamlit as st

from model.language import _
from model.person import Person
from response import similar
from response.similar import Begun, Earlier
from response.views import ResponseView
from response.wellness import softens_from
from store.db import store
from web import frame
from web.ui import editor, lists, reading, words
from web.ui.acting import attempt
from web.ui.softening import holds, veiled


def answers(me: Person, view: ResponseView) -> None:
    """What was asked, what was answered and who approved it; a button takes the text as a start."""
    if view.comment is None:
        return
    with store().read() as tx:
        soften = softens_from(tx, me.id)
        found = similar.earlier(tx, view.comment.id)
    st.subheader(_("Earlier answers to comments like this"), anchor=False)
    if not found:
        none = _("None so far: nothing like this comment was answered from here.")
        frame.quiet(none)
    for one in found:
        st.html(_shown(one, soften))
        if st.button(_("Start from this answer"), key=f"earlier-{view.response.id}-{one.of.response_id}"):
            _take(me, view, one)


def _shown(one: Earlier, soften: int) -> str:
    asked = f"<span dir='auto'>“{escape(lists.shortened(' '.join(one.of.asked.split()), 160))}”</span>"
    held = holds(one.of.severity, soften)
    # What is hidden stands below the summary: one inside the other could not be opened.
    named, below = ("", f"<p>{veiled(asked, held)}</p>") if held else (asked, "")
    when = words.exact(one.of.at)
    told = _("Published {when}, by its author’s own authority", when=when)
    if one.approved_by:
        told = _("Published {when}, approved by {names}", when=when, names=words.listed([*one.approved_by], 9, "and"))
    return (
        f"<details class='lh-earlier' open><summary><strong>{escape(one.of.author or _('No name'))}</strong> "
        f"{named}</summary>{below}{reading.words_to_send(one.of.answer)}"
        f"<p class='lh-quiet'>{escape(told)}</p></details>"
    )


def source(one: Begun) -> str:
    """Under a text: the earlier answer it was begun from, with who approved that one, as escaped HTML."""
    to, when = one.author or _("a comment"), words.exact(one.at)
    told = _("Begun from the answer to {author} of {when}, sent by its author’s own authority.", author=to, when=when)
    if one.approved_by:
        names = words.listed([*one.approved_by], 9, "and")
        told = _("Begun from the answer to {author} of {when}, approved by {names}.", author=to, when=when, names=names)
    return f"<p class='lh-quiet'>{escape(told)}</p>"


def told(response_id: int) -> None:
    """Beside the editor: the earlier answer that what is written was begun from, if it was."""
    with store().read() as tx:
        begun = similar.begun_from(tx, response_id)
    if begun:
        st.html(source(begun))


def _take(me: Person, view: ResponseView, one: Earlier) -> None:
    tab, base = editor.standing(view.response.id)
    said = _(
        "Started from the answer to {author} of {when}. It needs approval like any other text; what was written before"
        " stays in the history.",
        author=one.of.author or _("a comment"),
        when=words.exact(one.of.at),
    )
    taken = attempt(lambda: similar.start_from(store(), me, view.response.id, one.of.response_id, tab, base), said)
    if taken:
        editor.put_in_place(view.response.id, *taken)
    st.rerun()
