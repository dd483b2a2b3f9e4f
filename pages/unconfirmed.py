"""Unconfirmed: answers of which nobody knows whether they are on the blog; a person decides on each."""

import streamlit as st

from access.permissions import Permission
from model.settings import settings
from response.doubts import doubts, over_at
from store.db import store
from web import frame
from web.guard import guard
from web.ui import doubts as shown
from web.ui import lists, words
from web.ui.acting import say

me = guard(Permission.TRIAGE)

found = doubts(store(), me, lists.number(st.query_params.get("publication")))
waiting = found.total + len(found.twice)
figures = f"{waiting} for a person to decide" if waiting else ""
frame.heading("Unconfirmed", figures)
say()
for one in found.looked_for:
    until = words.time_of_day(over_at(one, settings().look_seconds))
    st.html(
        f"<p class='lh-quiet'>We are looking for {'post' if one.comment_id is None else 'reply'} {one.response_id} on "
        "the blog. "
        f"It is known, or is here for you, by {until} at the latest.</p>"
    )
for twice, case_id in found.twice:
    with st.container(border=True, key=f"twice-{twice.id}"):
        shown.twice(me, twice, case_id)
if not found.unconfirmed:
    frame.nothing(
        "No answer is in doubt",
        "Should a connection break at the wrong moment, and the answer not be found on the blog afterwards, it appears"
        " here for you to decide.",
    )
    st.stop()
st.html(
    "<p class='lh-quiet'>Levelhead sends none of these again by itself. Open the thread or the blog, look whether the "
    "text stands there, and say so.</p>"
)
if len(found.unconfirmed) < found.total:
    st.html(f"<p class='lh-quiet'>{len(found.unconfirmed)} are shown; the others as these are decided.</p>")
for one in found.unconfirmed:
    with st.container(border=True, key=f"doubt-{one.publication.id}"):
        shown.doubt(me, one)
