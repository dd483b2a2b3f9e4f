"""Whether an author is the same person as one at another source: only by the word of somebody here."""

from functools import partial
from html import escape

import streamlit as st

from model.language import _
from model.person import Person
from response import same_people
from response.views import CaseView
from store import same_people as rows
from store.comments import Comment
from store.db import store
from store.keys import keys
from store.same_people import Other, Same
from web import frame
from web.ui import words
from web.ui.acting import attempt, finish
from web.ui.lists import plain, told_apart


def same(me: Person, view: CaseView) -> None:
    """Who else the author of the comment that matters is said to be, and the ways to say it or to take it back."""
    lead = view.lead
    if not (lead.author or lead.author_id):
        return
    with store().read() as tx:
        found = rows.of(tx, keys(), lead)
    for one in found:
        with st.container(key=f"same-{one.id}", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(said(one))
            if st.button(_("Not the same"), type="tertiary", key=f"not-same-{one.id}"):
                back = partial(same_people.take_back, store(), me, view.case.id, one.id)
                attempt(back, _("Taken back, of both."))
                st.rerun()
    if st.button(_("The same person elsewhere…"), type="tertiary", key=f"same-as-{view.case.id}"):
        st.dialog(_("The same person elsewhere"))(_choose)(me, view.case.id, lead)


def said(one: Same) -> str:
    """'The same person as Cem K. (Forum). Ines said so, 3 Mar.'"""
    who = _("The same person as {author} ({source}).", author=one.author or _("No name"), source=one.source)
    by = _("{name} said so, {moment}.", name=one.by_name, moment=words.moment(one.at))
    return f"<p><bdi>{escape(who)}</bdi> <span class='lh-quiet'>{escape(by)}</span></p>"


def called(one: Other, name: str) -> str:
    """An author as one of a list: 'Cem K. · Forum', and that an equal name proves nothing."""
    parts = [plain(one.author), plain(one.source)]
    parts += [_("an account there")] if one.known else []
    parts += [_("same name, not proven")] if one.author == name else []
    return " · ".join(parts)


def _choose(me: Person, case_id: int, lead: Comment) -> None:
    """Asks which author at another source it is."""
    name = lead.author or _("No name")
    typed = st.text_input(_("Look for a name at other sources"), max_chars=200, key=f"same-name-{case_id}")
    with store().read() as tx:
        known = {one.comment_id for one in rows.of(tx, keys(), lead)}
        found = same_people.looked_for(tx, lead, typed) if typed.strip() else rows.named_alike(tx, lead)
    offered = {one.comment_id: one for one in found if one.comment_id not in known}
    if not offered:
        nobody = _("Nobody is called {name} at another source.", name=typed.strip() or name)
        st.html(f"<p class='lh-quiet' role='status'>{escape(nobody)}</p>")
        return
    with st.form(f"same-{case_id}", border=False):
        lines = told_apart({one: called(other, name) for one, other in offered.items()})
        label = _("{name} is the same person as", name=plain(name))
        other = st.radio(label, list(lines), None, format_func=lines.__getitem__)
        frame.quiet(_("Both authors then show it. It can be taken back."))
        if st.form_submit_button(_("They are the same"), type="primary") and other is not None:
            finish(lambda: same_people.say(store(), me, case_id, lead.id, other), _("Noted, and shown with both."))
