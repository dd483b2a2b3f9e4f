"""Health: how Levelhead runs, each thing in one line with what to do next, and the token for a monitor."""

import streamlit as st

from access import monitor
from access.permissions import Permission
from model.language import _
from model.settings import settings
from response import health
from store import people
from store.db import store
from web import frame
from web.addresses import public
from web.guard import guard
from web.ui import health as blocks
from web.ui import pausing, words
from web.ui.acting import attempt, say
from web.ui.beginning import standing

me = guard(Permission.HEALTH)
_MADE = "monitor-made"


def token_of_a_monitor() -> None:
    """Making and withdrawing the token, which is shown in the run after, once."""
    st.subheader(_("For a monitor"), anchor=False)
    with store().read() as tx:
        made = monitor.made(tx)
        maker = people.get(tx, made.by) if made else None
    frame.quiet(
        _(
            "A machine that brings the token reads the same at /health.json, and as metrics for Prometheus at /metrics."
            " The manual says how it reaches them."
        )
    )
    if token := st.session_state.pop(_MADE, ""):
        base = public(settings(), st.context.headers.get("Host", ""))
        call = f"curl -H 'Authorization: Bearer {token}' {base}/health.json"  # as it is
        st.code(call, language=None, wrap_lines=True)
        frame.quiet(_("Copy the token now: it is shown once."))
    elif made:
        who = maker.name if maker else _("somebody")
        frame.quiet(_("There is a token, made by {name} on {when}.", name=who, when=words.exact(made.at)))
    else:
        frame.quiet(_("There is no token, so nobody is answered there."))
    with st.container(horizontal=True):
        if st.button(_("Make a new token") if made else _("Make a token")):
            fresh = attempt(lambda: monitor.make(store(), me), _("Made. A token from before is void."))
            st.session_state[_MADE] = fresh or ""
            st.rerun()
        if made and st.button(_("Withdraw the token")):
            attempt(lambda: monitor.withdraw(store(), me), _("Withdrawn: no machine is answered any more."))
            st.rerun()


found = health.seen_by(store(), me)
frame.heading(_("Health"), blocks.summary(found))
say()
left, right = st.columns([62, 38], gap="large")
with left:
    st.html(blocks.findings(found))
    with st.container(horizontal=True):
        st.button(_("Look again"))
with right:
    standing.found_again(me)
    pausing.manage(me)
    token_of_a_monitor()
