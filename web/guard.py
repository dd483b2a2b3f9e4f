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
TYPED = ("draft-", "reason-", "dismiss-", "escalate-", "answer-", "typed-text-")
"""How the keys of fields begin whose words must not be lost with a session."""


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
        for text in _typed():
            st.html("<p class='lh-quiet'>This was not saved yet. Copy it before you log in:</p>")
            st.code(text, language=None, wrap_lines=True)
        st.stop()
    if st.session_state.setdefault(_WHOSE, found.session_id) != found.session_id:
        # A tab that reconnects after somebody else logged in must not show what was typed before.
        st.session_state.clear()
        st.session_state[_WHOSE] = found.session_id
    return found


def still_here() -> Person | None:
    """Who is here, for what runs apart from its page: a fragment, a callback. None when the session has ended, or is
    another one than this tab began with."""
    found = sessions.visitor(store(), session_token())
    return found.person if found and st.session_state.get(_WHOSE) == found.session_id else None


def _typed() -> list[str]:
    """What this tab had typed into fields that are sent with a button, and that nobody saved."""
    return [
        value
        for key, value in st.session_state.items()
        if str(key).startswith(TYPED) and isinstance(value, str) and value.strip()
    ]


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
