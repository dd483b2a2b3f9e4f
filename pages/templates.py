"""Templates: what is in use, what waits, and writing one."""

import streamlit as st

from access.permissions import Permission
from model.language import _
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
frame.heading(_("Templates"), _("{used} in use · {other} not yet", used=used, other=len(rows) - used) if rows else "")
say()
wanted = st.query_params.get("template", "")
ids = [one.template.id for one in rows]
number = lists.number(wanted)
if number is not None and number not in ids:
    frame.problem(_("There is no template {id} any more. Choose another one.", id=number))
left, right = st.columns([32, 68], gap="large")
with left:
    if rows and wanted != "new" and st.button(_("New template"), type="primary"):
        st.query_params["template"] = "new"
        st.rerun()
    if not rows:
        frame.quiet(
            _(
                "There is no template yet. A template is approved once; a reply that changes nothing but its fields"
                " then needs no more approval."
            )
        )
    if rows and wanted == "new" and st.button(_("Back to the list")):
        del st.query_params["template"]
        st.rerun()
    if rows and wanted != "new":
        lines = [(f"**{lists.plain(name)}**", lists.plain(how)) for name, how in map(templating.line, rows)]
        chosen = lists.choose("template", ids, lines, number if number in ids else None)
with right:
    if not rows or wanted == "new":
        st.subheader(_("A new template"), anchor=False)
        templating.write(me, None)
        st.stop()
    row = rows[ids.index(chosen)]
    st.subheader(row.template.name, anchor=False)
    if row.present:
        used_at = row.template.used_at
        said = (
            _("Version {n} is in use, {by}, last used {ago}.", n=row.present.number, by=row.by, ago="{ago}")
            if used_at
            else _("Version {n} is in use, {by}, not used yet.", n=row.present.number, by=row.by)
        )
        frame.quiet(said, ago=words.timed(used_at))
        st.html(reading.words_to_send(row.present.form.text) + templating.terms(row.present.form))
    if row.newest.state in (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD):
        st.subheader(_("Version {n} waits for approval", n=row.newest.number), anchor=False)
        st.html(reading.words_to_send(row.newest.form.text) + templating.terms(row.newest.form))
        if st.button(_("Take back and edit"), key=f"back-{row.newest.id}"):
            attempt(lambda: templates.take_back(store(), me, row.template.id), _("It is a draft again."))
            st.rerun()
        st.stop()
    if back := templating.sent_back(row):
        st.html(back)
    with st.expander(_("Change it, or retire it"), expanded=row.present is None):
        templating.write(me, row)
