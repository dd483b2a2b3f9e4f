"""Matters: what a comment can be about that somebody in charge must hear; the organisation's own, and its changes."""

import streamlit as st

from access.loosening import Kind
from access.permissions import Permission
from model.language import _, many
from response import matters
from store import matters as versions
from store import people
from store.db import store
from web import frame
from web.guard import guard
from web.ui import loosening, safety
from web.ui import matters as editor
from web.ui.acting import say

me = guard(Permission.MATTERS)

with store().read() as tx:
    now = matters.in_force(tx)
    fresh = matters.new_key(tx)
    former = versions.newest_ones(tx, editor.SHOWN)
    everybody = people.everybody(tx)
frame.heading(_("Matters"), many("{n} change of yours", "{n} changes of yours", len(now.matters)))
say()
frame.quiet(
    _(
        "Comments that are read from now on are assessed by what you save here. Those assessed before stay as they"
        " were, until they are edited and read again."
    )
)
loosening.waiting(me, (Kind.MATTER,))
left, right = st.columns([28, 72], gap="large")
with left:
    chosen = editor.choose(now, fresh)
    editor.former(former, {one.id: one.name for one in everybody})
with right:
    editor.write(me, now, chosen, everybody)
safety.setting(me, everybody)
