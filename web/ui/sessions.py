"""Sessions: where one is logged in, on My settings; and everybody's, on People. Each can be ended from there."""

from functools import partial

import streamlit as st

from access import sessions
from access.sessions import Visitor
from model.language import _, many
from model.person import Person
from store.db import store
from store.people import OpenSession
from web import frame
from web.ui import words
from web.ui.acting import attempt, went_well


def mine(here: Visitor) -> None:
    """One's own sessions, this one first."""
    st.subheader(_("Where I am logged in"), anchor=False)
    with store().read() as tx:
        found = sessions.of_person(tx, here.person.id, words.now())
    for one in sorted(found, key=lambda one: one.id != here.session_id):
        _row(here.person, one, _("This browser") if one.id == here.session_id else "")
    if len(found) > 1 and st.button(_("Log out everywhere else")):
        attempt(lambda: sessions.end_others(store(), here), _("Logged out everywhere else."))
        st.rerun()


def everybodys(me: Person, here: int) -> None:
    """Who is logged in; `here` is one's own session, which is not ended from this list."""
    with store().read() as tx:
        found = sessions.of_everybody(tx, words.now())
    with st.expander(many("Logged in: {n} session", "Logged in: {n} sessions", len(found))):
        for one in found:
            _row(me, one, _("This browser") if one.id == here else "", one.name)


def _row(me: Person, one: OpenSession, note: str, name: str = "") -> None:
    browser = one.browser or _("an unknown browser")
    since = _("since {when}, last used {ago}", when=words.moment(one.created_at), ago="{ago}")
    with st.container(horizontal=True, vertical_alignment="center", key=f"session-{one.id}"):
        parts = (name, browser, since, note)
        frame.quiet(" · ".join(part for part in parts if part), ago=words.timed(one.used_at))
        if not note and st.button(_("End"), key=f"end-{one.id}", help=_("Logs out there at once.")):
            went_well(partial(sessions.end_one, store(), me, one.id), _("Ended. Whoever was there is logged out."))
            st.rerun()
