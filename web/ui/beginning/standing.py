"""How far first set-up is, in words: the line on every page, the row of its steps, and what Health says of it."""

from html import escape
from urllib.parse import urlencode

import streamlit as st

from access import set_up
from access.permissions import Permission, may
from access.set_up import Passed, Progress, State, Step
from model.language import Labels, _, later
from model.person import Person
from store.db import Tx, store
from web import frame
from web.ui.acting import went_well

PATH = "/begin"
TITLE = Labels(
    {
        Step.ORGANISATION: later("Organisation"),
        Step.SOURCE: later("First source"),
        Step.PEOPLE: later("People"),
        Step.POLICY: later("Policy"),
        Step.MAIL: later("Mail"),
    }
)
"""What the steps are called."""
_PASSED = Labels({Passed.DONE: later("done"), Passed.SKIPPED: later("skipped")})


def under_way(tx: Tx, me: Person) -> Progress | None:
    """What `line` shows to this person: set-up as it stands, for those who may go on with it."""
    return set_up.open_one(tx) if may(me, Permission.SOURCES) else None


def line(progress: Progress | None) -> None:
    """While set-up is under way: how far it is, and the way to go on."""
    if progress is None:
        st.empty()  # its place is kept, so that nothing behind it is made anew when set-up ends
        return
    st.html(f"<p class='lh-beginning'>{escape(said(progress))} {_link(_('Go on'))}</p>")


def said(progress: Progress) -> str:
    """'Set-up: 3 of 5 steps done.'"""
    return _("Set-up: {n} of {all} steps done.", n=progress.done, all=len(Step))


def _link(text: str) -> str:
    return f"<a href='{PATH}' target='_self'>{escape(text)}</a>"


def steps(progress: Progress, at: Step | None) -> str:
    """All steps in a row, each a link to it, and how it was passed."""
    return f"<ol class='lh-steps'>{''.join(_step(n, one, progress, at) for n, one in enumerate(Step, start=1))}</ol>"


def _step(number: int, step: Step, progress: Progress, at: Step | None) -> str:
    how = progress.passed.get(step)
    passed = f" <small>· {escape(_PASSED[how])}</small>" if how else ""
    here = " aria-current='step'" if step is at else ""
    lead = f"{PATH}?{urlencode({'step': step})}"
    return f"<li><a href='{lead}' target='_self'{here}>{number} {escape(TITLE[step])}{passed}</a></li>"


def found_again(me: Person) -> None:
    """For the page Health: set-up that was put away, or has steps left, and the way back to it."""
    if not may(me, Permission.SOURCES):
        return
    with store().read() as tx:
        progress = set_up.progress(tx)
    if progress is None or progress.done == len(Step):
        return
    left = ", ".join(TITLE[step] for step in Step if progress.passed.get(step) is not Passed.DONE)
    st.subheader(_("First set-up"), anchor=False)
    told = _("{said} Still to do: {left}.", said=said(progress), left=left)
    st.html(f"<p class='lh-quiet'>{escape(told)} {_link(_('Go on'))}</p>")


def put_away(me: Person, progress: Progress) -> None:
    """The button that takes the line off every page, or brings it back."""
    if progress.state is not State.OPEN:
        frame.quiet(_("Set-up is not shown on other pages now. You find it on Health."))
    elif st.button(_("Leave set-up for later"), type="tertiary"):
        went_well(lambda: set_up.put(store(), me, State.LEFT), _("Left for later. You find it on Health."))
        st.rerun()
