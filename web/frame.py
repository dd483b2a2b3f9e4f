"""What surrounds every page: its look, who is here, and the way out."""

from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from access.sessions import Visitor
from model.errors import LevelheadError
from model.language import _, current, later
from web.ui import streamlits, words
from web.ui.components import component

_CSS = [
    Path(__file__).parent / "ui" / name
    for name in (
        "levelhead.css",
        "reading.css",
        "sample.css",
        "templates.css",
        "thread.css",
        "undoing.css",
        "writing.css",
        "together.css",
        "deciding.css",
        "health.css",
        "costs.css",
        "beginning.css",
        "tour.css",
    )
]
_MADE_UP = later("Nothing here is real, and nothing of it leaves the house")
_ASSETS = Path(__file__).parent / "assets"


def begin() -> None:
    """The page's settings, its style and its mark; before anything else."""
    st.set_page_config(page_title="Levelhead", page_icon=str(_ASSETS / "mark.svg"), layout="wide")
    st.html(_look())
    st.logo(str(_ASSETS / "logo.svg"), size="medium")


def whole_page() -> None:
    """Says to the browser which language the page is in and what Streamlit's own words are in it, and keeps the page's
    letters out of open dialogs."""
    with st.container(key="whole"):
        component("page")(key="whole-page", data={"language": current(), "words": streamlits.words()})


@lru_cache(maxsize=1)
def _look() -> str:
    """All style sheets as one element: each element of a page costs about as much as a query."""
    return f"<style>{chr(10).join(sheet.read_text(encoding='utf-8') for sheet in _CSS)}</style>"


def person_bar(visitor: Visitor, tab: int | None, *, sample: bool, doors: bool = False) -> None:
    """Who is logged in, and a form of its own to log out, since a link must not change anything.

    In the `sample` it says beside the person that nothing here is real, and leads to its other people; where it is
    behind the first of two `doors`, to the second one too. `tab` is at which place of the navigation the page is
    found: a menu does not show by itself that the page is one of it.
    """
    badge = f"<a class='lh-sample' href='/sample' title='{escape(_(_MADE_UP))}'>{_('Sample')}</a>" if sample else ""
    own = _("Set up your organisation")
    badge += f"<a class='lh-own' href='/welcome'>{escape(own)}</a>" if doors else ""
    with st.container(key="me", horizontal=True, width="content"):
        st.html(
            "<form class='lh-me' method='post' action='/logout'>"
            f"{badge}<span>{escape(visitor.person.name)}</span>"
            f"<input type='hidden' name='csrf' value='{escape(visitor.csrf)}'>"
            f"<button type='submit'>{_('Log out')}</button></form>{_navigation(tab)}"
        )


def _navigation(tab: int | None) -> str:
    """What the navigation does not say by itself, as a style sheet: which menu the page is in, and the name of the one
    that holds what has no room, which Streamlit has in English alone."""
    nav, menu = "[data-testid='stTopNav']", "> [data-testid='stTopNavSection']"
    rest = f"{nav} > .rc-overflow-item-rest"
    rules = [f"{rest} {menu} > :first-child::after {{ content: '{_('More')}'; }}"]
    if tab:
        lost = f"{nav}:has(> :nth-child({tab})[inert]) > .rc-overflow-item-rest {menu}"
        rules.append(f"{nav} > :nth-child({tab}) {menu}, {lost} {{ background: var(--lh-panel); font-weight: 600; }}")
    return f"<style>{' '.join(rules)}</style>"


def heading(title: str, line: str = "", **times: str) -> None:
    """The page's name as its h1, and one line of figures beside it, in which `times` have their places."""
    st.html(f"<div class='lh-head'><h1>{escape(title)}</h1><p>{words.with_times(line, **times)}</p></div>")


def nothing(title: str, text: str = "") -> None:
    """A screen or a list with nothing in it: what that means, and what comes next. Both are shown as they stand."""
    more = f"<p class='lh-quiet'>{escape(text)}</p>" if text else ""
    st.html(f"<div class='lh-nothing' role='status'><h2>{escape(title)}</h2>{more}</div>")


def quiet(text: str, **times: str) -> None:
    """Something to know, beside what the page shows. The text is shown as it stands, with `times` in their places."""
    st.html(quiet_line(text, **times))


def quiet_line(text: str, **times: str) -> str:
    """The same as HTML, to be put together with more."""
    return f"<p class='lh-quiet'>{words.with_times(text, **times)}</p>"


def problem(text: object) -> None:
    """What went wrong, said at once to screen readers too. The text is shown as it stands, never as Markdown."""
    st.html(f"<p class='lh-problem' role='alert'>{escape(words.in_zone(str(text)))}</p>")


def done(text: str) -> None:
    """What was done. The text is shown as it stands."""
    st.html(f"<p class='lh-done' role='status'>{escape(text)}</p>")


def stumbled(error: Exception) -> bool:
    """Says in plain words that a page failed with an error it did not expect; Streamlit has logged it. True: that is
    all that is shown."""
    problem(
        error
        if isinstance(error, LevelheadError)
        else _(
            "This page could not be shown. What was saved is kept. Load the page again; if it stays like this, an"
            " administrator finds the cause in logs/web.log."
        )
    )
    return True
