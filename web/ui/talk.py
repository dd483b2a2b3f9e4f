"""The thread beside a list: the part of it that is shown, and the ways to what was written before and after."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import streamlit as st

from model.assessment import Reason
from model.language import _, many, number
from store.comments import Comment, Thread
from store.threads import COUNTED, PAGE, Part, Place
from web.ui import reading
from web.ui.components import component

_PLACE = "thread_place"


def place(about: str) -> Place | None:
    """Where somebody reads on in the thread of a case or comment; None at its beginning, around what matters."""
    where, found = st.session_state.get(_PLACE, ("", None))
    return found if where == about else None


def show(
    about: str,
    thread: Thread,
    part: Part,
    lead: Comment,
    reasons: Mapping[int, Sequence[Reason]],
    joined: Collection[int] = (),
    *,
    soften: int,
    above: str = "",
    instead: str = "",
) -> None:
    """A part of a thread. `about` is what is open, 'case-7': where one reads in it is forgotten with it. `above` is
    HTML that is brought into view with the comment that matters; `instead` selects what is brought into view in its
    place."""
    if not part.around:
        with st.container(key="thread-back"):
            st.button(_("Back to the comment"), on_click=_go, args=(about, None), key=f"thread-back-{about}")
    if part.earlier:
        _more(about, part.earlier, "earlier", Place("before", part.first))
    st.html(reading.part(thread, part, lead, reasons, joined, soften=soften, above=above))
    if part.later:
        _more(about, part.later, "later", Place("after", part.last))
    # On a phone the post stands before the comment: what matters is scrolled to, once for each thing that is opened.
    target = (instead or f"[data-lead='{lead.id}']") if part.around else f"[data-part='{part.first}']"
    component("reading")(key="reading", data={"about": f"{about} {target}", "target": target})


def _more(about: str, count: int, side: Literal["earlier", "later"], where: Place) -> None:
    label = _earlier(count) if side == "earlier" else _later(count)
    st.button(label, type="tertiary", on_click=_go, args=(about, where), key=f"thread-{side}-{about}")


def _earlier(count: int) -> str:
    """The way to what was written before: how much there is, and how much of it is shown next."""
    if count >= COUNTED:
        comments = _("{n} or more earlier comments", n=number(COUNTED))
    else:
        comments = many("{n} earlier comment", "{n} earlier comments", count)
    return _("{comments}: read the last {n} of them", comments=comments, n=number(PAGE)) if count > PAGE else comments


def _later(count: int) -> str:
    """The way to what was written after."""
    if count >= COUNTED:
        comments = _("{n} or more later comments", n=number(COUNTED))
    else:
        comments = many("{n} later comment", "{n} later comments", count)
    return _("{comments}: read the next {n} of them", comments=comments, n=number(PAGE)) if count > PAGE else comments


def _go(about: str, where: Place | None) -> None:
    st.session_state[_PLACE] = (about, where)
    what, _sep, one = about.partition("-")
    st.query_params[what] = one
