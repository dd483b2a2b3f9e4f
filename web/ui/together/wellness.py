"""What spares those who read: texts that are hidden until asked for, a count of today, and how to choose both."""

import streamlit as st

from access import preferences
from model.person import Person
from model.words import Severity
from response import wellness
from response.wellness import Today
from store.db import store
from web.ui import words
from web.ui.acting import attempt

_OPENED = "wellness_opened"
_LEVELS = {
    **{int(one): f"From severity {int(one)} ({words.SEVERITY[one]}) on" for one in list(Severity)[1:]},
    wellness.NEVER: "Never",
}


def softens_from(me: Person) -> int:
    """From which severity on texts are hidden for this person."""
    with store().read() as tx:
        return wellness.softens_from(tx, me.id)


def note(me: Person, case_id: int, severity: int) -> None:
    """Counts a case that is opened, once, and says quietly how many it were today; a nudge when it was enough."""
    day = f"{words.now().astimezone(words.zone()):%Y-%m-%d}"
    if st.session_state.get(_OPENED) != (case_id, severity, day):
        wellness.opened(store(), me, case_id, severity, day)
        st.session_state[_OPENED] = (case_id, severity, day)
    with store().read() as tx:
        found = wellness.today(tx, me.id, day)
    st.html(f"<p class='lh-quiet lh-today'>{said(found)}</p>")


def said(found: Today) -> str:
    """'You opened 12 cases today, 3 of them grave.'"""
    grave = f", {found.grave} of them of high severity or more" if found.grave else ""
    many = f"You opened {words.count(found.cases, 'case')} today{grave}."
    rest = " That is a lot. Somebody else can take the next one: claim it and press Hand over, above."
    return many + (rest if found.enough else "")


def own_form(me: Person) -> None:
    """What a person chooses for themselves."""
    with store().read() as tx:
        own = preferences.get(tx, me.id, wellness.SOFTEN)
        rest = preferences.get(tx, me.id, wellness.REST_AFTER)
        teams = wellness.team_softens_from(tx)
    options = {wellness.TEAMS: f"As the team does ({_LEVELS[teams].lower()})", **_LEVELS}
    st.subheader("What I read", anchor=False)
    with st.form("wellness", border=False):
        soften = st.selectbox(
            "Hide texts until I ask for them",
            list(options),
            index=list(options).index(own) if own in options else 0,
            format_func=lambda one: options[one],
        )
        after = st.number_input("Remind me to hand over after so many grave cases a day", 1, 500, rest)
        if st.form_submit_button("Save what I read"):
            attempt(lambda: wellness.choose(store(), me, soften, int(after)), "Saved.")
            st.rerun()


def team_form(me: Person) -> None:
    """What holds for everybody who chose nothing."""
    with store().read() as tx:
        now = wellness.team_softens_from(tx)
    st.subheader("What is hidden until asked for", anchor=False)
    with st.form("team-wellness", border=False):
        soften = st.radio(
            "Hide the text of comments", list(_LEVELS), list(_LEVELS).index(now), format_func=lambda one: _LEVELS[one]
        )
        if st.form_submit_button("Save for the team"):
            attempt(lambda: wellness.set_team(store(), me, soften), "Saved. Each person can choose otherwise.")
            st.rerun()
