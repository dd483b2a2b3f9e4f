"""Add comments: a file of them, or one that somebody told."""

import streamlit as st

from access.permissions import Permission, may
from model.language import _
from web import frame
from web.guard import guard
from web.ui import bringing
from web.ui.acting import say

me = guard(Permission.BRING)
frame.heading(_("Add comments"), _("what no feed shows: an export, a call, a mail, a closed group"))
say()
left, right = st.columns(2, gap="large")
with left:
    st.subheader(_("Upload a file"), anchor=False)
    bringing.a_file(me)
with right:
    if may(me, Permission.TRIAGE):
        st.subheader(_("Type one in"), anchor=False)
        bringing.one_comment(me)
    st.subheader(_("Uploads"), anchor=False)
    bringing.past_uploads(me)
