"""Templates: what is in use, what waits, and writing one."""

import streamlit as st

from access.permissions import Permission
from model.words import ResponseState
from response import templates
from store.db import store
from web import frame
from web.guard import guard
from web.ui import lists, reading, templating, words
from web.ui.acting import attempt, say

me = guard(Permission.TRIAGE)

with store().read() as tx:
    rows = templates.every(tx)
used = sum(one.present is not None for one in rows)
frame.heading("Templates", f"{used} in use · {len(rows) - used} not yet" if rows else "")
say()
wanted = st.query_params.get("template", "")
left, right = st.columns([32, 68], gap="large")
with left:
    if rows and wanted != "new" and st.button("New template", type="primary"):
        st.query_params["template"] = "new"
        st.rerun()
    if not rows:
        said = "A template is approved once; a reply that changes nothing but its fields then needs no more approval."
        st.html(f"<p class='lh-quiet'>There is no template yet. {said}</p>")
    ids = [one.template.id for one in rows]
    if rows and wanted == "new" and st.button("Back to the list"):
        del st.query_params["template"]
        st.rerun()
    if rows and wanted != "new":
        number = lists.number(wanted)
        lines = [(f"**{lists.plain(name)}**", lists.plain(how)) for name, how in map(templating.line, rows)]
        chosen = lists.choose("template", ids, lines, number if number in ids else None)
with right:
    if not rows or wanted == "new":
        st.subheader("A new template", anchor=False)
        templating.write(me, None)
        st.stop()
    row = rows[ids.index(chosen)]
    st.subheader(row.template.name, anchor=False)
    if row.present:
        when = f", last used {words.ago(row.template.used_at)}" if row.template.used_at else ", not used yet"
        st.html(f"<p class='lh-quiet'>Version {row.present.number} is in use, {row.by}{when}.</p>")
        st.html(reading.words_to_send(row.present.form.text) + templating.terms(row.present.form))
    if row.newest.state in (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD):
        st.subheader(f"Version {row.newest.number} waits for approval", anchor=False)
        st.html(reading.words_to_send(row.newest.form.text) + templating.terms(row.newest.form))
        if st.button("Take back and edit", key=f"back-{row.newest.id}"):
            attempt(lambda: templates.take_back(store(), me, row.template.id), "It is a draft again.")
            st.rerun()
        st.stop()
    if back := templating.sent_back(row):
        st.html(back)
    with st.expander("Change it, or retire it", expanded=row.present is None):
        templating.write(me, row)
