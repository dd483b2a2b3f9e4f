"""Add comments: a file of them, or one that somebody told."""

import streamlit as st

from access.permissions import Permission, may
from web import frame
from web.guard import guard
from web.ui import bringing
from web.ui.acting import say

me = guard(Permission.BRING)
frame.heading("Add comments", "what no feed shows: an export, a call, a mail, a closed group")
say()
left, right = st.columns(2, gap="large")
with left:
    st.subheader("Upload a file", anchor=False)
    bringing.a_file(me)
with right:
    if may(me, Permission.TRIAGE):
        st.subheader("Type one in", anchor=False)
        bringing.one_comment(me)
    st.subheader("Uploads", anchor=False)
    bringing.past_uploads(me)
