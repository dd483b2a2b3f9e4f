"""Doing what a person asked for, and saying how it went: at once, in plain words, and once."""

from collections.abc import Callable
from functools import wraps
from typing import Literal, ParamSpec, TypeVar

import streamlit as st

from channels.faults import to_try_again
from model.errors import LevelheadError
from model.language import _
from web import frame

_SAID = "levelhead_said"
T = TypeVar("T")
P = ParamSpec("P")


def attempt(act: Callable[[], T], done: str | Callable[[T], str] = "") -> T | None:
    """Runs a change. What went wrong, or `done`, or what that says of its result, is said on the next run by `say`;
    None when it went wrong."""
    try:
        result = act()
    except LevelheadError as error:
        st.session_state[_SAID] = ("problem", to_try_again(error))
        return None
    _note(done, done if isinstance(done, str) else done(result))
    return result


def _note(done: object, said: str) -> None:
    """What the change says of itself, by a function, stands in no other line and is always said."""
    if said:
        st.session_state[_SAID] = ("done" if isinstance(done, str) else "told", said)


def went_well(act: Callable[[], object], done: str = "") -> bool:
    """As `attempt`, for a change that returns nothing: whether it was made."""
    return attempt(lambda: (act(),), done) is not None


def finish(act: Callable[[], T], done: str | Callable[[T], str], also: Callable[[T], str] | None = None) -> None:
    """Ends a dialog with a change, and says `done`, or what that says of its result; and `also`, which the line with
    Undo does not say. What went wrong is said in the dialog, which stays open with what was typed."""
    try:
        result = act()
    except LevelheadError as error:
        frame.problem(to_try_again(error))
        return
    more = also(result) if also else ""
    said = done if isinstance(done, str) else done(result)
    _note(also if more else done, f"{said} {more}".strip())
    st.rerun()


def unsay() -> None:
    """What went well is said elsewhere; what went wrong still is said."""
    if st.session_state.get(_SAID, ("", ""))[0] == "done":
        del st.session_state[_SAID]


def dialog(
    title: str, on_dismiss: Literal["ignore", "rerun"] | Callable[[], None] = "ignore"
) -> Callable[[Callable[P, None]], Callable[P, None]]:
    """As `st.dialog`, with a title that was marked by `later`: only when it opens is there somebody who reads it."""

    def over(inside: Callable[P, None]) -> Callable[P, None]:
        @wraps(inside)
        def opened(*args: P.args, **kwargs: P.kwargs) -> None:
            st.dialog(_(title), on_dismiss=on_dismiss)(inside)(*args, **kwargs)

        return opened

    return over


def say() -> None:
    """Says what the last action came to."""
    kind, text = st.session_state.pop(_SAID, ("", ""))
    if kind == "problem":
        frame.problem(text)
    elif kind in ("done", "told"):
        frame.done(text)
