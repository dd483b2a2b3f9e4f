"""The guard that every page calls first: who is here, and may this person be here."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from access import preferences, sessions
from access.permissions import Permission, require
from access.sessions import Visitor
from model import language
from model.errors import NotAllowed
from model.language import _
from model.person import Person
from store import people
from store.db import store
from web import frame
from web.middleware import COOKIE
from web.ui import second

_WHOSE = "session"
_LANGUAGE = "levelhead_language"
_MOST_TABS = 10_000
_known: ContextVar[Visitor | None] = ContextVar("visitor", default=None)
TYPED = ("draft-", "reason-", "dismiss-", "escalate-", "answer-", "typed-text-")
"""How the keys of fields begin whose words must not be lost with a session."""


# The language of each tab. Fragments and callbacks run without the page, in threads of their own; and to ask the
# session's state may break a run off in the middle of a change.
_spoken: dict[str, str] = {}


def _spoken_here() -> str:
    """The language of the tab whose script this is; empty outside of scripts."""
    run = get_script_run_ctx(suppress_warning=True)
    return _spoken.get(run.session_id, "") if run else ""


language.ask(_spoken_here)


def speak(chosen: str) -> None:
    """From now on this tab speaks the language that its person chose: empty for the browser's."""
    st.session_state[_LANGUAGE] = chosen or browsers_language() or language.ENGLISH
    if run := get_script_run_ctx(suppress_warning=True):
        _spoken[run.session_id] = st.session_state[_LANGUAGE]
        while len(_spoken) > _MOST_TABS:
            _spoken.pop(next(iter(_spoken)))


def browsers_language() -> str:
    """The language that the browser asks for, if there is a catalogue for it."""
    return language.accepted(st.context.headers.get("Accept-Language", ""))


def session_token() -> str:
    """The token in the browser's cookie, as it was when the connection was opened."""
    return st.context.cookies.get(COOKIE, "")


def visitor() -> Visitor:
    """Who is here, looked up on every run; the script stops with a link to the log-in when nobody is.

    Who it is comes from the cookie and the database alone: a page can be run before dashboard.py ever was.
    """
    if just := _known.get():
        return just
    found = sessions.visitor(store(), session_token())
    if found is None:
        speak(st.session_state.get(_LANGUAGE, ""))
        frame.heading(_("You are logged out"))
        # The link leads to this same page: the wall asks for the log-in and comes back here.
        st.html(f"<p>{_('What you had saved is kept.')} <a href='' target='_self'>{_('Log in again')}</a></p>")
        for text in _typed():
            st.html(f"<p class='lh-quiet'>{_('This was not saved yet. Copy it before you log in:')}</p>")
            st.code(text, language=None, wrap_lines=True)
        st.stop()
    if st.session_state.setdefault(_WHOSE, found.session_id) != found.session_id:
        # A tab that reconnects after somebody else logged in must not show what was typed before.
        st.session_state.clear()
        st.session_state[_WHOSE] = found.session_id
    if _LANGUAGE in st.session_state:
        speak(st.session_state[_LANGUAGE])
    else:
        with store().read() as tx:
            speak(preferences.language(tx, found.person.id, browsers_language()))
    if found.must_set_up or second.is_being_set_up():
        _set_up_first(found)
    return found


def _set_up_first(found: Visitor) -> None:
    """Nothing but the second factor that their role needs, and the way out; the script stops."""
    with store().read() as tx:
        person = people.get(tx, found.person.id)
    assert person is not None
    frame.person_bar(found, None, sample=False)
    frame.heading(_("Set up your second factor"))
    second.first(person)
    st.stop()


@contextmanager
def known(here: Visitor) -> Iterator[None]:
    """Inside, in this one run of the script, `here` is who was just looked up: nobody looks twice. Whatever runs
    without it, a page alone, a fragment or a callback, looks for itself."""
    token = _known.set(here)
    try:
        yield
    finally:
        _known.reset(token)


def is_whole_run() -> bool:
    """Whether the page as a whole is being drawn: what is known of its visitor, and what it read, is of this moment."""
    return _known.get() is not None


def still_here() -> Person | None:
    """Who is here, for what runs apart from its page: a fragment, a callback. None when the session has ended, or is
    another one than this tab began with."""
    if just := _known.get():
        return just.person
    found = sessions.visitor(store(), session_token())
    if found is None or found.must_set_up:
        return None
    return found.person if st.session_state.get(_WHOSE) == found.session_id else None


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
        frame.heading(_("This page is not for you"))
        st.text(str(refusal))
        st.stop()
    return person
