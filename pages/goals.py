"""Goals: what the organisation wants to reach, and which matters belong to which goal."""

import streamlit as st

from access.permissions import Permission
from model.language import _
from store import goals as rows
from store.db import store
from web import frame
from web.guard import guard
from web.ui import goals, words
from web.ui.acting import say

me = guard(Permission.GOALS)

with store().read() as tx:
    known, of_matters = rows.every(tx, archived=True), rows.of_matters(tx)
in_use = [one for one in known if one.archived_at is None]
frame.heading(_("Goals"), _("{n} of at most {most}", n=len(in_use), most=rows.MOST) if in_use else "")
say()
frame.quiet(
    _(
        "What the organisation wants to reach. Matters are given their goal here, responses on their page; the report"
        " for the board can then be read by goal."
    )
)
left, right = st.columns([60, 40], gap="large")
with left:
    if not in_use:
        frame.nothing(_("No goal is in use"), _("Enter the first one: a name, and one sentence on what it is about."))
    for each in in_use:
        goals.shown(me, each, words.matters(), of_matters)
    if len(known) > len(in_use):
        goals.archived(me, [one for one in known if one.archived_at])
with right:
    st.subheader(_("A new goal"), anchor=False)
    goals.add_form(me)
