"""Pause: nothing is published for anybody until it ends, with a reason that everybody reads."""

import streamlit as st

from access.permissions import Permission
from model.language import _
from store import pauses
from store.db import store
from web import frame
from web.guard import guard
from web.ui import pausing
from web.ui.acting import say

me = guard(Permission.PAUSE)
with store().read() as tx:
    found = pauses.newest(tx)
frame.heading(_("Pause"), _("when nothing is published for anybody"))
say()
left, right = st.columns([55, 45], gap="large")
with left:
    pausing.manage(me)
with right:
    st.subheader(_("The last pauses"), anchor=False)
    if found:
        st.html(pausing.past(found))
    else:
        frame.quiet(_("Publishing was never paused."))
