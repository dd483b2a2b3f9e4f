"""What came since a page was drawn: said in a place that is always there, so that nothing moves, and brought in by who
asks for it."""

from html import escape

import streamlit as st

from model.language import _, number

EVERY_S = 4


def wanted(new: int, key: str, *, anything: bool) -> bool:
    """Says how much is new, aloud to screen readers; True when somebody presses that. Where there is not `anything`
    shown, the page says so itself."""
    if new <= 0:
        st.html(_status(_("Nothing new since you looked.") if anything else ""))
        return False
    said = _("{n} new", n=number(new))
    st.html(_status(said, "lh-unseen"))
    return st.button(said, type="tertiary", icon=":material/arrow_upward:", key=key)


def _status(said: str, more: str = "lh-quiet") -> str:
    return f"<p class='{more}' role='status'>{escape(said)}</p>"
