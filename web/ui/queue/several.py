"""What is done to all chosen rows of the list: at once where it can be undone, with a dialog where words are needed."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import streamlit as st

from model import clock
from model.language import _, later, many, number
from model.person import Person
from model.queue import Of, View
from response import several
from response.several import Outcome, Seen
from store.db import store
from web.ui import words
from web.ui.acting import attempt, dialog, finish
from web.ui.dialogs import NOT_RAISED, REASONS
from web.ui.queue import listing
from web.ui.queue.case import moments
from web.ui.queue.listing import Act

_CASES = (
    Act("dismiss", later("Dismiss"), "dismiss"),
    Act("spam", later("Spam"), "spam"),
    Act("claim", later("Claim"), "claim"),
    Act("snooze", later("Snooze")),
)
_ON_COMMENTS: Mapping[Of, tuple[Act, ...]] = {
    Of.QUESTIONS: (Act("calm", later("Needs no answer"), "dismiss"), Act("spam", later("Spam"), "spam")),
    Of.SPAM: (Act("spam", later("It is spam"), "spam"), Act("not spam", later("No spam"), "not spam")),
}
_CASE_LEFT, _COMMENT_LEFT = later("Case {id}: {why}"), later("Comment {id}: {why}")
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
        each = _CASE_LEFT if view.of is Of.CASES else _COMMENT_LEFT
        outcome = attempt(partial(_did, _at_once(me, view, does, seen)))
        if outcome:
            attempt(lambda: outcome, partial(said, each, outcome))
        st.rerun()  # the line with Undo stands above the page: it is drawn before


def _at_once(me: Person, view: View, does: str, seen: Sequence[Seen]) -> Callable[[], Outcome]:
    if view.of is not Of.CASES:
        return partial(several.look_over, store(), me, seen, does)
    return partial(several.claim if does == "claim" else several.mark_spam, store(), me, seen)


def _did(change: Callable[[], Outcome]) -> Outcome:
    outcome = change()
    listing.done()
    return outcome


def said(each: str, outcome: Outcome) -> str:
    """What was left, and why; nothing where all was done, as the line with Undo says that. `each` is said of one."""
    if not outcome.left:
        return ""
    left = len(outcome.left)
    stay = many(
        "{n} of {all} stays as it is.", "{n} of {all} stay as they are.", left, all=number(left + len(outcome.done))
    )
    named = [_(each, id=one.id, why=words.in_zone(one.why)) for one in outcome.left[:_NAMED]]
    more = [_("And {n} more.", n=number(left - _NAMED))] if left > _NAMED else []
    return " ".join([stay, *named, *more])


@dialog(later("Dismiss the chosen cases"))
def _dismiss(me: Person, seen: Sequence[Seen]) -> None:
    """Asks for one reason for all of them."""
    why = many("Why does it need no answer?", "Why do these {n} cases need no answer?", len(seen))
    press = many("Dismiss {n} case", "Dismiss {n} cases", len(seen))
    with st.form("dismiss-chosen", border=False):
        reason = st.text_area(why, max_chars=_REASON_MOST)
        wrongly = st.checkbox(_(REASONS[NOT_RAISED - 1]))
        if st.form_submit_button(press, type="primary", shortcut="Ctrl+Enter"):
            why = reason if reason.strip() or not wrongly else _(REASONS[NOT_RAISED - 1])
            act = partial(several.dismiss, store(), me, seen, why, wrongly_raised=wrongly)
            finish(partial(_did, act), partial(said, _CASE_LEFT))


@dialog(later("Put the chosen cases off"))
def _snooze(me: Person, seen: Sequence[Seen]) -> None:
    """Asks until when; each comes back earlier when a further comment joins it."""
    offered = moments(clock.now().astimezone(words.zone()))
    press = many("Put {n} case off", "Put {n} cases off", len(seen))
    with st.form("snooze-chosen", border=False):
        picked = st.radio(_("How long?"), list(offered), format_func=_)
        if st.form_submit_button(press, type="primary", shortcut="Ctrl+Enter"):
            until = offered[picked]
            finish(partial(_did, partial(several.snooze, store(), me, seen, until)), partial(said, _CASE_LEFT))
