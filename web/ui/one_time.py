"""A one-time link: sent by mail, or shown once on the run after it was made, to be passed on."""

import streamlit as st

from access import people
from model.errors import LevelheadError
from model.language import _
from model.person import Person
from model.settings import settings
from response import inviting
from store.db import store
from web.addresses import public
from web.frame import done, problem, quiet
from web.routes import join_link
from web.ui import words

_NEWS, _LINK, _PROBLEM = "people-news", "people-link", "people-problem"


def keep(news: str, token: str = "") -> None:
    """The next run says what was done and, once, the link."""
    st.session_state[_NEWS] = news
    st.session_state[_LINK] = token


def hand(me: Person, token: str, done: str, pass_on: str) -> None:
    """Sends a link by mail where that can be done, and the next run says `done`; else it shows the link below
    `pass_on`, and why it was not sent."""
    if not inviting.possible(store()):
        keep(pass_on, token)
        return
    try:
        person = inviting.send(store(), me, token, join_link(settings().address, token))
    except LevelheadError as error:
        st.session_state[_PROBLEM] = str(error)
        keep(pass_on, token)
        return
    keep(f"{done} {_('A link was sent to {address}.', address=person.email)}")


def show() -> None:
    """What was done in the run before."""
    if wrong := st.session_state.pop(_PROBLEM, ""):
        problem(wrong)
    if news := st.session_state.pop(_NEWS, ""):
        done(news)
    if token := st.session_state.pop(_LINK, ""):
        st.code(
            join_link(public(settings(), st.context.headers.get("Host", "")), token), language=None, wrap_lines=True
        )
        until = words.exact(words.now() + people.LINK_LASTS)
        quiet(_("Copy it now: it is shown once. It works once, and until {when}.", when=until))
