"""New response: a post or a tweet of our own, with no comment behind it."""

import streamlit as st

from access.permissions import Permission
from model.language import _
from response import own as owned
from response import views, writing
from store import people, responses
from store.db import store
from web import frame
from web.guard import guard
from web.ui import before, editor, goals, lists, outgoing, own, progress, versions, words
from web.ui.acting import say

me = guard(Permission.TRIAGE)

with store().read() as tx:
    found = responses.own(tx)
    organisation = str(people.fact(tx, "organisation") or "")
    wanted = lists.number(st.query_params.get("response"))
    one = owned.own(tx, wanted) if wanted else None
frame.heading(_("New response"), words.RESPONSE[one.state] if one else "")
say()
if wanted and one is None:
    frame.problem(_("There is no response {id} of our own. A reply to a comment stands with its case.", id=wanted))
left, middle, right = st.container(key="writing").columns([26, 46, 28], gap="medium")
with left:
    if one and st.button(_("New response")):
        del st.query_params["response"]
        st.rerun()
    if found:
        st.subheader(_("Our own"), anchor=False)
        lists.choose("response", [each.id for each in found], own.lines(found), one.id if one else 0)
    else:
        frame.quiet(_("Nothing of our own so far. Replies stand with their cases."))
if one is None:
    with middle:
        own.begin(me)
    st.stop()
view = views.response_view(store(), one.id)
with store().read() as tx:
    targets = responses.targets(tx, one.id)
with right:
    own.preview(view, targets, organisation)
with middle:
    if view.response.state in writing.WRITABLE:
        own.where(me, view)
        before.needs(view)
        editor.editor(view)
    else:
        progress.shown(view, me)
        outgoing.publications(me, view.publications, [])
    goals.choose(me, one.id)
    versions.history(view)
