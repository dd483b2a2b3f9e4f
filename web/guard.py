"""The guard that every page calls first: who is here, and may this person be here."""

import streamlit as st

from access import sessions
from access.permissions import Permission, require
from access.sessions import Visitor
from model.errors import NotAllowed
from model.person import Person
from store.db import store
from web import frame
from web.middleware import COOKIE

_WHOSE = "session"


def session_token() -> str:
    """The token in the browser's cookie, as it was when the connection was opened."""
    return st.context.cookies.get(COOKIE, "")


def visitor() -> Visitor:
    """Who is here, looked up on every run; the script stops with a link to the log-in when nobody is.

    Who it is comes from the cookie and the database alone: a page can be run before dashboard.py ever was.
    """
    found = sessions.visitor(store(), session_token())
    if found is None:
        frame.heading("You are logged out")
        # The link leads to this same page: the wall asks for the log-in and comes back here.
        st.html("<p>What you had saved is kept. <a href='' target='_self'>Log in again</a></p>")
        st.stop()
    if st.session_state.setdefault(_WHOSE, found.session_id) != found.session_id:
        # A tab that reconnects after somebody else logged in must not show what was typed before.
        st.session_state.clear()
        st.session_state[_WHOSE] = found.session_id
    return found


def guard(permission: Permission) -> Person:
    """The person, if the page may be opened; else the script stops with the reason and the next step."""
    person = visitor().person
    try:
        require(person, permission)
    except NotAllowed as refusal:
        frame.heading("This page is not for you")
        st.text(str(refusal))
        st.stop()
    return person
