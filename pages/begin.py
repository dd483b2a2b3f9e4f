"""First set-up: the steps from the first visit to a queue with comments in it, each of which can wait."""

import streamlit as st

from access import set_up
from access.permissions import Permission
from access.set_up import Step
from model.language import _
from store.db import store
from web import frame
from web.guard import guard
from web.ui.acting import say
from web.ui.beginning import standing, steps

me = guard(Permission.SOURCES)
with store().read() as tx:
    progress = set_up.progress(tx)
if progress is None:
    frame.heading(_("First set-up"))
    frame.nothing(
        _("Nothing is being set up here"), _("Sources, People, Policy and Health have everything that can be changed.")
    )
    st.stop()
frame.heading(_("First set-up"), standing.said(progress))
say()
asked = st.query_params.get("step", "")
step = Step(asked) if asked in set(Step) else progress.after()
with st.container(key="begin", width=720):
    st.html(standing.steps(progress, step))
    if step:
        steps.show(me, progress, step)
    else:
        steps.the_end(me, progress)
    standing.put_away(me, progress)
