"""What is done to all chosen rows of the list: at once where it can be undone, with a dialog where words are needed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from model import clock
from model.person import Person
from model.queue import Of, View
from response import several
from response.several import Outcome, Seen
from store.db import store
from web.ui import words
from web.ui.acting import attempt, finish
from web.ui.queue import listing
from web.ui.queue.case import moments
from web.ui.queue.listing import Act

_CASES = (
    Act("dismiss", "Dismiss", "dismiss"),
    Act("spam", "Spam", "spam"),
    Act("claim", "Claim", "claim"),
    Act("snooze", "Snooze"),
)
_ON_COMMENTS: Mapping[Of, tuple[Act, ...]] = {
    Of.QUESTIONS: (Act("calm", "Needs no answer", "dismiss"), Act("spam", "Spam", "spam")),
    Of.SPAM: (Act("spam", "It is spam", "spam"), Act("not spam", "No spam", "not spam")),
}
_REASON_MOST = 5000
_NAMED = 5


def acts(view: View) -> tuple[Act, ...]:
    """What can be done to several rows of a view: nothing to cases that are closed, or may be."""
    if view.of is Of.CASES:
        return _CASES if view.open else ()
    return _ON_COMMENTS[view.of]


def act(me: Person, view: View) -> None:
    """Does what was asked for, before the page is drawn, or opens the dialog that asks for the rest."""
    asked = listing.asked()
    if asked is None or asked[0] not in [one.does for one in acts(view)]:
        return
    does, seen = asked
    if does == "dismiss":
        _dismiss(me, seen)
    elif does == "snooze":
        _snooze(me, seen)
    else:
        what = "Case" if view.of is Of.CASES else "Comment"
        outcome = attempt(partial(_did, _at_once(me, view, does, seen)))
        if outcome:
            attempt(lambda: outcome, partial(said, what, outcome))
        st.rerun()  # the line with Undo stands above the page: it is drawn before


def _at_once(me: Person, view: View, does: str, seen: Sequence[Seen]) -> Callable[[], Outcome]:
    if view.of is not Of.CASES:
        return partial(several.look_over, store(), me, seen, does)
    return partial(several.claim if does == "claim" else several.mark_spam, store(), me, seen)


def _did(change: Callable[[], Outcome]) -> Outcome:
    outcome = change()
    listing.done()
    return outcome


def said(what: str, outcome: Outcome) -> str:
    """What was left, and why; nothing where all was done, as the line with Undo says that."""
    if not outcome.left:
        return ""
    left = [f"{what} {one.id}: {words.in_zone(one.why)}" for one in outcome.left[:_NAMED]]
    more = [f"And {len(outcome.left) - _NAMED} more."] if len(outcome.left) > _NAMED else []
    stays = "stays as it is" if len(outcome.left) == 1 else "stay as they are"
    return " ".join([f"{len(outcome.left)} of {len(outcome.left) + len(outcome.done)} {stays}.", *left, *more])


@st.dialog("Dismiss the chosen cases")
def _dismiss(me: Person, seen: Sequence[Seen]) -> None:
    """Asks for one reason for all of them."""
    many = words.count(len(seen), "case")
    with st.form("dismiss-chosen", border=False):
        reason = st.text_area(f"Why do these {many} need no answer?" if len(seen) > 1 else _ONE, max_chars=_REASON_MOST)
        if st.form_submit_button(f"Dismiss {many}", type="primary", shortcut="Ctrl+Enter"):
            finish(partial(_did, partial(several.dismiss, store(), me, seen, reason)), partial(said, "Case"))


_ONE = "Why does it need no answer?"


@st.dialog("Put the chosen cases off")
def _snooze(me: Person, seen: Sequence[Seen]) -> None:
    """Asks until when; each comes back earlier when a further comment joins it."""
    offered = moments(clock.now().astimezone(words.zone()))
    with st.form("snooze-chosen", border=False):
        picked = st.radio("How long?", list(offered))
        if st.form_submit_button(f"Put {words.count(len(seen), 'case')} off", type="primary", shortcut="Ctrl+Enter"):
            until = offered[picked]
            finish(partial(_did, partial(several.snooze, store(), me, seen, until)), partial(said, "Case"))
