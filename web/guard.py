"""The guard that every page calls first: who is here, and may this person be here."""

import streamlit as st

from access import sessions
from access.permissions import Permission, may
from access.sessions import Visitor
from model.person import Person
from store.db import store
from web.middleware import COOKIE


def session_token() -> str:
    """The token in the browser's cookie, as it was when the connection was opened."""
    return st.context.cookies.get(COOKIE, "")


def visitor() -> Visitor:
    """Who is here, looked up on every run; the script stops with a link to the log-in when nobody is.

    Nothing is taken from the session's state: a page can be run alone, before dashboard.py ever was.
    """
    found = sessions.visitor(store(), session_token())
    if found is None:
        st.title("You are logged out", anchor=False)
        st.html("<p>What you had saved is kept. <a href='/login' target='_self'>Log in again</a></p>")
        st.stop()
    return found


def guard(permission: Permission) -> Person:
    """The person, if the page may be opened; else the script stops with the reason and the next step."""
    person = visitor().person
    if not may(person, permission):
        st.title("This page is not for you", anchor=False)
        st.text(f"You may not {permission.value}. An administrator can change your roles on the People page.")
        st.stop()
    return person
