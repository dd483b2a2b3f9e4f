"""What spares those who read: texts that are hidden until asked for, a count of today, and how to choose both."""

from html import escape

import streamlit as st

from access import preferences
from model.language import _, many, number
from model.person import Person
from model.words import Severity
from response import wellness
from response.wellness import Today
from store.db import store
from web.ui import words
from web.ui.acting import attempt

_OPENED = "wellness_opened"
_LEVELS = [*map(int, list(Severity)[1:]), wellness.NEVER]


def _level(one: int) -> str:
    if one == wellness.NEVER:
        return _("Never")
    return _("From severity {n} ({severity}) on", n=one, severity=words.SEVERITY[Severity(one)])


def _as_the_team(one: int) -> str:
    if one == wellness.NEVER:
        return _("As the team does (never)")
    return _("As the team does (from severity {n} ({severity}) on)", n=one, severity=words.SEVERITY[Severity(one)])


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
    st.html(f"<p class='lh-quiet lh-today'>{escape(said(found))}</p>")


def said(found: Today) -> str:
    """'You opened 12 cases today, 3 of them grave.'"""
    opened = many("You opened {n} case today.", "You opened {n} cases today.", found.cases)
    if found.grave:
        opened = many(
            "You opened {n} case today, {grave} of them of high severity or more.",
            "You opened {n} cases today, {grave} of them of high severity or more.",
            found.cases,
            grave=number(found.grave),
        )
    rest = _("That is a lot. Somebody else can take the next one: claim it and press Hand over, above.")
    return f"{opened} {rest}" if found.enough else opened


def own_form(me: Person) -> None:
    """What a person chooses for themselves."""
    with store().read() as tx:
        own = preferences.get(tx, me.id, wellness.SOFTEN)
        rest = preferences.get(tx, me.id, wellness.REST_AFTER)
        teams = wellness.team_softens_from(tx)
    options = {wellness.TEAMS: _as_the_team(teams), **{one: _level(one) for one in _LEVELS}}
    st.subheader(_("What I read"), anchor=False)
    with st.form("wellness", border=False):
        soften = st.selectbox(
            _("Hide texts until I ask for them"),
            list(options),
            index=list(options).index(own) if own in options else 0,
            format_func=lambda one: options[one],
        )
        after = st.number_input(_("Remind me to hand over after so many grave cases a day"), 1, 500, rest)
        if st.form_submit_button(_("Save what I read")):
            attempt(lambda: wellness.choose(store(), me, soften, int(after)), _("Saved."))
            st.rerun()


def team_form(me: Person) -> None:
    """What holds for everybody who chose nothing."""
    with store().read() as tx:
        now = wellness.team_softens_from(tx)
    st.subheader(_("What is hidden until asked for"), anchor=False)
    with st.form("team-wellness", border=False):
        soften = st.radio(_("Hide the text of comments"), _LEVELS, _LEVELS.index(now), format_func=_level)
        if st.form_submit_button(_("Save for the team")):
            attempt(lambda: wellness.set_team(store(), me, soften), _("Saved. Each person can choose otherwise."))
            st.rerun()
