"""The dialogs of a decision: a reason, about all of the text or a part of it; a note on the policy; another person."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from analysis.text import sentences
from model.errors import LevelheadError
from model.language import _, later
from model.person import Person
from model.words import Action, DecisionKind
from response import approvals, deciding, handing_on
from store.db import store
from store.responses import Submission
from web import frame
from web.ui import deciding_open
from web.ui.acting import dialog, finish
from web.ui.deciding_lists import go_to
from web.ui.lists import shortened

_MOST = 5000
_ALL = later("All of it")
_KEPT = "kept_reason"


def kept(submission_id: int) -> str:
    """What was typed as a reason for a decision that somebody else made first."""
    number, text = st.session_state.get(_KEPT, (0, ""))
    return text if number == submission_id else ""


def _keep(submission: Submission, text: str) -> None:
    if text.strip():
        st.session_state[_KEPT] = (submission.id, text)


def _form(submission: Submission, name: str) -> DeltaGenerator:
    """A form about a decision, and beneath it what becomes of that while somebody types."""
    above = st.container()
    deciding_open.beneath(submission.id)
    return above.form(name, border=False)


@dialog(later("Give your reason"), on_dismiss="rerun")
def decide(me: Person, submission: Submission, text: str, kind: DecisionKind, does: Action) -> None:
    """Asks for the reason of a reject or a request for changes; it is shown to the author in these words."""
    why_not = _("Why may this not go out?") if does is Action.REPLY else _("Why may this not be done?")
    label = _("What should change?") if kind is DecisionKind.REQUEST_CHANGES else why_not
    parts = [(one.start, one.end) for one in sentences(text)] if does is Action.REPLY else []
    with _form(submission, "decide"):
        place = st.container()
        reason = st.text_area(label, max_chars=_MOST, key=f"reason-{submission.id}")
        which, quoted = 0, ""
        if parts:
            shown = [_(_ALL), *(shortened(" ".join(text[start:end].split()), 90) for start, end in parts)]
            which = st.selectbox(_("About"), range(len(shown)), format_func=lambda at: shown[at])
            quoted = st.text_input(
                _("Or exactly these words of it"), max_chars=500, key=f"typed-text-part-{submission.id}"
            )
        if not st.form_submit_button(_("Send reason"), type="primary", shortcut="Ctrl+Enter"):
            return
    _keep(submission, reason)
    with place:
        try:
            span = deciding.part(text, quoted) if quoted.strip() else parts[which - 1] if which else None
        except LevelheadError as error:
            frame.problem(error)
            return
        go_to(submission.id)
        finish(
            lambda: approvals.decide(store(), me, submission.id, kind, reason, submission.content_hash, span=span), ""
        )


@dialog(later("Approve, with a note on the policy"), on_dismiss="rerun")
def noted(me: Person, submission: Submission) -> None:
    """Approves, and says to whoever owns the policy that this need not be seen."""
    with _form(submission, "note"):
        place = st.container()
        note = st.text_area(
            _("To whoever looks after the policy; the author does not see it"),
            value=_("Next time I need not see this."),
            max_chars=_MOST,
            key=f"reason-note-{submission.id}",
        )
        if not st.form_submit_button(_("Approve"), type="primary", shortcut="Ctrl+Enter"):
            return
    _keep(submission, note)
    with place:
        go_to(submission.id)
        kind = DecisionKind.APPROVE
        finish(lambda: approvals.decide(store(), me, submission.id, kind, "", submission.content_hash, note=note), "")


@dialog(later("Hand to somebody else"), on_dismiss="rerun")
def hand_on(me: Person, submission: Submission, step: int) -> None:
    """Asks to whom a decision goes, and why."""
    others = deciding.takers(store(), me, submission.id, step)
    if not others:
        frame.problem(_("There is nobody else who could decide here. An administrator can give somebody that level."))
        return
    with _form(submission, "hand-on"):
        place = st.container()
        to = st.selectbox(_("To whom?"), list(others), format_func=others.__getitem__)
        reason = st.text_area(_("Why? They read it."), max_chars=_MOST, key=f"reason-hand-{submission.id}")
        if not st.form_submit_button(_("Hand on"), type="primary", shortcut="Ctrl+Enter"):
            return
    _keep(submission, reason)
    with place:
        st.query_params.clear()
        seen, name = submission.content_hash, others[to]
        finish(
            lambda: handing_on.hand_on(store(), me, submission.id, to, reason, seen),
            _("{name} is asked now.", name=name),
        )
