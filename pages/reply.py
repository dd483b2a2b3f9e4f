"""Reply: the comment, the route before a word is written, the draft, and how it will appear."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.language import _
from model.words import CaseState
from response import deciding, drafts, views, writing
from store import comments as comment_rows
from store import people, responses
from store.db import store
from web import frame
from web.guard import guard
from web.ui import (
    before,
    deciding_blocks,
    earlier,
    editor,
    goals,
    lists,
    outgoing,
    preview,
    progress,
    reading,
    safety,
    versions,
    words,
)
from web.ui.acting import attempt, say
from web.ui.keys import keys
from web.ui.queue import listing
from web.ui.together import answers, bar, wellness

me = guard(Permission.TRIAGE)


case_id = st.query_params.get("case", "")
view = views.live_view(store(), lists.number(case_id) or 0)
if view is None:
    frame.heading(_("Reply"))
    say()
    if lists.number(case_id):
        frame.nothing(_("No reply is being written for this case"), _("Open it in the queue and press Reply."))
        st.page_link(page="pages/queue.py", label=_("Open the case"), query_params={"case": case_id})
    else:
        frame.nothing(_("A reply belongs to a case"), _("Open one in the queue and press Reply."))
        st.page_link(page="pages/queue.py", label=_("To the queue"))
    st.stop()

comment = view.comment
title = _("Reply to {name}", name=comment.author) if comment else _("Reply to everybody")
frame.heading(title, f"{_('Case {id}', id=case_id)} · {words.RESPONSE[view.response.state]}")
say()
if view.case and view.case.state == CaseState.OPEN:
    bar.bar(view.case.id, me.id)
with store().read() as tx:
    organisation = str(people.fact(tx, "organisation") or "")
    targets = responses.targets(tx, view.response.id)
    judged = comment_rows.assessment(tx, comment.id, comment.revision) if comment else None
soften = wellness.softens_from(me)
# On a desk the last one stands below the first; on a telephone it comes last, after what is written.
said, middle, right, beside = st.container(key="writing").columns([34, 40, 26, 34], gap="medium")
with said:
    st.subheader(_("The comment"), anchor=False)
    if comment:
        under = f"<p class='lh-quiet'>{escape(_('Under “{title}”', title=comment.thread_title))}</p>"
        marked = reading.comment(comment, reading.concern(judged), lead=True, soften=soften)
        st.html(f"{under}<div class='lh-thread'>{marked}</div>")
    if view.case and (danger := safety.on_case(view.case.matters)):
        st.html(danger)
    st.page_link(page="pages/queue.py", label=_("Back to the case"), query_params={"case": case_id})
if view.response.state in writing.WRITABLE:
    with beside:
        earlier.answers(me, view)
with right:
    st.subheader(_("As it will appear"), anchor=False)
    shown = preview.previews(targets, view.response.draft, organisation, view.response.id, comment, soften=soften)
    st.html(shown)
with middle:
    if view.comment_changed:
        frame.problem(_("The comment was edited since you began. Read its new text on the left, then confirm it."))
        if st.button(_("I have read the new text")):
            attempt(lambda: drafts.confirm_revision(store(), me, view.response.id, comment.revision), _("Noted."))
            st.rerun()
    if view.response.state in writing.WRITABLE:
        before.needs(view)
        if view.last_reason and (back := deciding.sent_back(store(), view.response.id)):
            st.html(deciding_blocks.came_back(back))
        editor.editor(view)
        earlier.told(view.response.id)
        answers.answers(view.response.case_id or 0, view.response.id)
    else:
        progress.shown(view, me)
        if view.case:
            onto = listing.onward(view.case.id)
            name = _("Next case") if "case" in onto else _("Back to the queue")
            if st.button(name, type="primary", shortcut=keys(me)["next"], key=f"onward-{view.response.id}"):
                st.switch_page("pages/queue.py", query_params=onto)
        outgoing.publications(me, view.publications, [comment] if comment else [])
    goals.choose(me, view.response.id)
    versions.history(view)
