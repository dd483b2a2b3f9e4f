"""Unconfirmed: answers of which nobody knows whether they are on the blog; a person decides on each."""

import streamlit as st

from access.permissions import Permission
from model.language import _, later, number
from model.settings import settings
from response.doubts import doubts, over_at
from store.db import store
from web import frame
from web.guard import guard
from web.ui import doubts as shown
from web.ui import lists, words
from web.ui.acting import say

me = guard(Permission.TRIAGE)

wanted = lists.number(st.query_params.get("publication"))
found = doubts(store(), me, wanted)
waiting = found.total + len(found.twice)
figures = _("{n} for a person to decide", n=number(waiting)) if waiting else ""
frame.heading(_("Unconfirmed"), figures)
say()
if wanted is not None and wanted not in found.publications:
    shown.settled(wanted, found.settled)
for one in found.looked_for:
    until = words.time_of_day(over_at(one, settings().look_seconds))
    post = later("We are looking for post {id} on the blog. It is known, or is here for you, by {time} at the latest.")
    reply = later(
        "We are looking for reply {id} on the blog. It is known, or is here for you, by {time} at the latest."
    )
    frame.quiet(_(post if one.comment_id is None else reply, id=one.response_id, time=until))
for twice, case_id in found.twice:
    with st.container(border=True, key=f"twice-{twice.id}"):
        shown.twice(me, twice, case_id)
if not found.unconfirmed:
    frame.nothing(
        _("No answer is in doubt"),
        _(
            "Should a connection break at the wrong moment, and the answer not be found on the blog"
            " afterwards, it appears here for you to decide."
        ),
    )
    st.stop()
frame.quiet(
    _(
        "Levelhead sends none of these again by itself. Open the thread or the blog, look whether the text stands"
        " there, and say so."
    )
)
if len(found.unconfirmed) < found.total:
    frame.quiet(_("{n} are shown; the others as these are decided.", n=number(len(found.unconfirmed))))
for one in found.unconfirmed:
    with st.container(border=True, key=f"doubt-{one.publication.id}"):
        shown.doubt(me, one)
