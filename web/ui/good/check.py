"""The weekly check on the page: one comment after the other, each with three answers."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from analysis.judged import Answer
from model.language import Labels, _, later, many
from model.person import Person
from model.words import Channel
from response import checking
from store import checks
from store.checks import Check
from store.db import store
from web import frame
from web.ui import body, words
from web.ui.acting import went_well
from web.ui.keys import Keys

_PAGE = "pages/good.py"
_SAYS = Labels({Answer.YES: later("Yes"), Answer.NO: later("No"), Answer.CANNOT_SAY: later("I cannot say")})


def quiet_task() -> None:
    """The way to the weekly check while some of it is left; nothing else reminds of it."""
    with store().read() as tx:
        left = checks.left(tx)
    if left:
        label = many("Weekly check: {n} comment left", "Weekly check: {n} comments left", left)
        st.page_link(_PAGE, label=label)


def one_by_one(me: Person, found: Sequence[Check], keys: Keys) -> None:
    """The first comment that nobody has answered for, with its answers; or that all were answered."""
    there = [one for one in found if one.comment_id is not None]
    left = [one for one in there if not one.answer]
    st.subheader(_("This week's check"), anchor=False)
    if not left:
        frame.quiet(
            many(
                "Somebody has answered for the comment of this week. The next are drawn on Monday.",
                "Somebody has answered for all {n} comments of this week. The next are drawn on Monday.",
                len(there),
            )
        )
        return
    frame.quiet(
        _(
            "These comments were drawn by chance from those that nothing raised. What you say of them is the only way"
            " to know what is missed. Nothing waits for it, and nobody counts who did it."
        )
    )
    one = left[0]
    with st.container(border=True, key="check"):
        place = _("{n} of {all}", n=len(there) - len(left) + 1, all=len(there))
        where = " · ".join(part for part in (place, words.CHANNEL[Channel(one.channel)], one.thread_title) if part)
        st.html(f"<p class='lh-quiet'>{escape(where)}</p>{body.body(one.text, (), ())}")
        st.html(f"<p><strong>{escape(_('Would somebody have had to see this?'))}</strong></p>")
        with st.container(horizontal=True, key="check-answers"):
            pressed = [
                answer
                for number, answer in enumerate(Answer, start=1)
                if st.button(_SAYS[answer], shortcut=keys.digit(number), key=f"check-{one.week}-{one.place}-{answer}")
            ]
    for answer in pressed:
        went_well(lambda said=answer: checking.answer(store(), me, one.week, one.place, said))  # type: ignore[misc]
        st.rerun()
