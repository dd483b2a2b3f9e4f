"""The open case: what can be done, how it stands, the thread, and why it is here."""

from collections.abc import Callable
from datetime import datetime, timedelta
from html import escape

import streamlit as st

from model import clock
from model.errors import LevelheadError
from model.language import Labels, _, later, sense
from model.person import Person
from model.queue import LIKE
from model.words import CaseState, Channel, PublicationState, ResponseState
from response import cases, drafts, presence, publish, snooze, states, views
from response.alike import Beside
from response.views import CaseView
from store import snoozes
from store.db import Store, store
from store.responses import LIVE
from web import frame
from web.ui import (
    dialogs,
    likeness,
    moderating,
    opinion,
    outgoing,
    rail,
    reading,
    safety,
    same,
    talk,
    undoing,
    waits,
    words,
)
from web.ui.acting import attempt, say, went_well
from web.ui.keys import Keys
from web.ui.queue import listing
from web.ui.together import bar, panel, wellness

_REPLY = Labels(
    {
        ResponseState.WAITING: later("reply: waiting for approval"),
        ResponseState.CHANGES_REQUESTED: later("reply: changes requested"),
        ResponseState.REJECTED: later("reply: rejected"),
        ResponseState.APPROVED: later("reply: approved, on its way"),
        ResponseState.HELD: later("reply: held: a person must look"),
        ResponseState.PUBLISHED: later("reply: published"),
        ResponseState.WITHDRAWN: later("reply: withdrawn"),
    }
)
"""How far the response of a case is; one that is being written says so in its own place."""
_MODERATE = "moderate"


def actions(me: Person, keys: Keys, view: CaseView, put_off: datetime | None) -> None:
    """What can be done; disabled, not hidden, while somebody else has the case, so that nothing moves."""
    case, claim = view.case, view.claim
    others = claim is not None and claim.person_id != me.id
    # The keys name what is on the screen: a click on a case that has changed meanwhile does nothing.
    this = f"{case.id}-{case.version}"
    with st.container(horizontal=True, gap="xsmall", key="acts"):
        if case.state == CaseState.CLOSED:
            moderating.button(me, view, this, disabled=False)
            if st.button(
                _("Reopen"), type="primary", shortcut=None if undoing.has_key() else keys["undo"], key=f"reopen-{this}"
            ):
                attempt(lambda: cases.reopen(store(), me, case.id))
                st.rerun()
            return
        reply = sense("what a button does", "Reply")
        if st.button(reply, type="primary", shortcut=keys["reply"], disabled=others, key=f"reply-{this}"):
            if attempt(lambda: drafts.start(store(), me, case.id)):
                st.switch_page("pages/reply.py", query_params={"case": str(case.id)})
            st.rerun()
        _claim(me, keys, view, this)
        if st.button(_("Dismiss"), shortcut=keys["dismiss"], disabled=others, key=f"close-{this}"):
            dialogs.dismiss(me, case, keys)
        if st.button(_("Spam"), shortcut=keys["spam"], disabled=others, key=f"spam-{this}"):
            decided(lambda: cases.mark_spam(store(), me, case.id, case.version), case.id)
        if st.button(_("Escalate"), shortcut=keys["escalate"], key=f"raise-{this}"):
            dialogs.escalate(me, case)
        if put_off:
            _bring_back(me, view, this)
            moderating.button(me, view, this, disabled=others)
        else:
            _more(me, view, this, disabled=others)


def _claim(me: Person, keys: Keys, view: CaseView, this: str) -> None:
    """Claim, Release or Ask to take over: one place and one key, named by who has the case."""
    case, claim = view.case, view.claim
    act: Callable[[Store, Person, int], object]
    if claim is None:
        key, name, act, done = "claim", _("Claim"), cases.claim, ""
    elif claim.person_id == me.id:
        key, name, act, done = "release", _("Release"), cases.release, _("Everybody can take it now.")
    else:
        key, name, act, done = "ask", _("Ask to take over"), presence.ask, _("Asked.")
    if st.button(name, shortcut=keys["claim"], key=f"{key}-{this}"):
        attempt(lambda: act(store(), me, case.id), done)
        st.rerun()


def decided(act: Callable[[], object], case_id: int, said: str = "") -> None:
    """Decides on the open case, and opens the next one; what went wrong is said beside the case. The line with Undo
    says what was decided."""
    if went_well(act, said):
        listing.go_on("case", case_id)
    else:
        st.query_params["case"] = str(case_id)
    st.rerun()


def status(keys: Keys, view: CaseView, put_off: datetime | None) -> None:
    """Which case it is, how far its response is, and the way to what is like it."""
    case = view.case
    parts = [_("Case {id}", id=case.id), words.CHANNEL[Channel(view.source.channel)]]
    if case.state == CaseState.CLOSED:
        by = view.names.get(case.closed_by or 0, "Levelhead")
        how = states.STATE.get(str(case.outcome), str(case.outcome))
        parts.append(_("closed as {how} by {name}, {when}", how=how, name=by, when=words.exact(case.closed_at)))
    if put_off and case.state == CaseState.OPEN:
        parts.append(_("put off until {when}, or until a further comment joins", when=words.exact(put_off)))
    if view.response and view.response.state is not ResponseState.DRAFT:
        handed = any(one.state is PublicationState.HAND_OFF for one in view.publications)
        parts.append(_("reply: approved, to be posted by hand") if handed else _REPLY[view.response.state])
    with st.container(horizontal=True, vertical_alignment="center", key="about"):
        frame.quiet(" · ".join(parts))
        if case.state == CaseState.OPEN:
            listing.like_button(keys, LIKE.key, case.lead_comment_id, "case", case.id)
    for step, submission in view.waits:
        if told := waits.for_author(step, submission, clock.now(), view.does[submission.response_id]):
            st.html(f"<p>{escape(told)}</p>")


def pane(me: Person, keys: Keys, case_id: int, soften: int) -> None:
    """The open case. `soften` is the severity from which on texts are hidden until asked for."""
    try:
        view = views.case_view(store(), case_id, talk.place(f"case-{case_id}"))
    except LevelheadError as error:
        frame.problem(error)
        return
    with store().read() as tx:
        put_off = snoozes.until(tx, case_id, clock.now())
    read, side = st.columns([43, 24], gap="medium")
    with read, st.container(key="read"):
        with st.container(key="bar", gap="xsmall"):
            status(keys, view, put_off)
            if view.case.state == CaseState.OPEN:
                bar.bar(case_id, view.claim.person_id if view.claim else None)
            actions(me, keys, view, put_off)
            with st.container(key="outcome"):
                say()
        found = likeness.beside(view)
        likeness.campaign(me, view, found)
        with st.container(key="standing"):
            moderating.answered(view.answers)
            moderating.shown(me, view, soften)
            outgoing.publications(me, view.publications, view.comments, older=view.older_responses)
        reasons = {
            one.id: reading.concern(view.assessments.get(one.id)) for one in view.comments if one.id in view.joined
        }
        danger = safety.on_case(view.case.matters)
        talk.show(
            f"case-{case_id}",
            view.thread,
            view.part,
            view.lead,
            reasons,
            view.joined,
            soften=soften,
            above=danger,
            instead=".st-key-standing" if _has_to_be_done(view) else "",
        )
        wellness.note(me, case_id, view.case.severity)
    with side, st.container(key="rail"):
        rail.rail(view, soften, lambda: _beside(me, view, found, soften))
        panel.panel(me, case_id)


def _has_to_be_done(view: CaseView) -> bool:
    """Whether something of what stands above the thread waits for a person, who looks for that first."""
    return view.case.state == CaseState.OPEN and (
        bool(view.answers)
        or any(one.state in (PublicationState.HAND_OFF, *publish.FOR_A_PERSON) for one in view.publications)
        or any(one.response.state in LIVE for one in view.moderations)
    )


def _beside(me: Person, view: CaseView, found: Beside, soften: int) -> None:
    """Who else the author is said to be, and the cases that are like this one."""
    same.same(me, view)
    opinion.beside(me, view.lead, soften, view.case.id if view.case.state == CaseState.OPEN else None)
    likeness.cases(view, found, soften)


def moments(now: datetime) -> dict[str, datetime]:
    """Until when a case can be put off, counted in the zone of `now`: later today, the next mornings. By what is to be
    translated where it is shown."""
    morning = now.replace(hour=8, minute=0, second=0, microsecond=0)
    tomorrow = morning + timedelta(days=1)
    monday = morning + timedelta(days=7 - now.weekday())
    return {
        later("For three hours"): now + timedelta(hours=3),
        later("Until tomorrow, 08:00"): tomorrow,
        later("Until Monday, 08:00"): monday,
        later("For a week"): now + timedelta(days=7),
    }


def _bring_back(me: Person, view: CaseView, this: str) -> None:
    """For a case that is put off."""
    if st.button(_("Bring back"), key=f"wake-{this}"):
        attempt(lambda: snooze.wake(store(), me, view.case.id), _("The case is in the queue again."))
        st.rerun()


def _more(me: Person, view: CaseView, this: str, *, disabled: bool) -> None:
    """What has no key, behind one button, so that all the others have room on one line: snooze, and moderate."""
    case, offered = view.case, moments(clock.now().astimezone(words.zone()))
    named = {_MODERATE: _("Moderate")} | {when: _("Snooze · {how_long}", how_long=_(when)) for when in offered}
    picked = st.menu_button(
        _("More"), [*offered, _MODERATE], format_func=named.__getitem__, disabled=disabled, key=f"others-{this}"
    )
    if picked == _MODERATE:
        moderating.ask_for(me, view)
    elif picked:
        until = offered[picked]
        said = _(
            "Case {id} is put off until {when}. It comes back earlier when a comment joins.",
            id=case.id,
            when=words.exact(until),
        )
        decided(lambda: snooze.snooze(store(), me, case.id, case.version, until), case.id, said)
