"""The thread beside a list: the part of it that is shown, and the ways to what was written before and after."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal

import streamlit as st

from model.assessment import Reason
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
) -> None:
    """A part of a thread. `about` is what is open, 'case-7': where one reads in it is forgotten with it."""
    if not part.around:
        with st.container(key="thread-back"):
            st.button("Back to the comment", on_click=_go, args=(about, None), key=f"thread-back-{about}")
    if part.earlier:
        _more(about, part.earlier, "earlier", Place("before", part.first))
    st.html(reading.part(thread, part, lead, reasons, joined, soften=soften))
    if part.later:
        _more(about, part.later, "later", Place("after", part.last))
    # On a phone the post stands before the comment: what matters is scrolled to, once for each thing that is opened.
    target = f"[data-lead='{lead.id}']" if part.around else f"[data-part='{part.first}']"
    component("reading")(key="reading", data={"about": f"{about} {target}", "target": target})


def _more(about: str, count: int, side: Literal["earlier", "later"], where: Place) -> None:
    many = f"{COUNTED:,} or more" if count >= COUNTED else f"{count:,}"
    label = f"{many} {side} comment{'' if count == 1 else 's'}"
    if count > PAGE:
        label += f": read the {'last' if side == 'earlier' else 'next'} {PAGE} of them"
    st.button(label, type="tertiary", on_click=_go, args=(about, where), key=f"thread-{side}-{about}")


def _go(about: str, where: Place | None) -> None:
    st.session_state[_PLACE] = (about, where)
    what, _, number = about.partition("-")
    st.query_params[what] = number
