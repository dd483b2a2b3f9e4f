"""Queue: the cases that need a person, and the one that is open."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.errors import LevelheadError
from model.words import CaseState, Channel, ResponseState
from response import cases, drafts, views
from response.views import CaseView
from store import cases as rows
from store.db import store
from web import frame
from web.guard import guard
from web.ui import dialogs, lists, outgoing, reading, words
from web.ui.acting import attempt, say

me = guard(Permission.TRIAGE)


def rail(view: CaseView) -> None:
    """Why it is here, who wrote it, what was asked and what happened."""
    lead, parts = view.lead, ["<div class='lh-side'><h2>Why it is here</h2>"]
    parts.append(reading.why(reading.concern(view.assessments.get(lead.id))))
    seen = view.author_comments - 1
    parts.append(f"<h2>{escape(lead.author or 'No name')}</h2>")
    parts.append(f"<p>{words.count(seen, 'earlier comment')} here</p>" if seen else "<p>First comment here</p>")
    if view.previous:
        closed = words.exact(view.previous.closed_at)
        reason = f": “{escape(view.previous_reason)}”" if view.previous_reason else ""
        parts.append(f"<h2>Before</h2><p>This thread had a case, {view.previous.outcome} {closed}{reason}</p>")
    for one in view.escalations:
        to = view.names.get(one.to_person_id or 0) or words.level(one.to_level or 0)
        answer = f"<br>“{escape(one.answer)}”" if one.answer else ""
        asked = f"{escape(one.by_name)} to {escape(to)}, {words.age(one.at)}"
        parts.append(f"<div class='lh-note'>“{escape(one.text)}”{answer}<small>{asked}</small></div>")
    parts.append("<h2>History</h2>")
    for event in view.history:
        when = f"<span class='when' title='{words.exact(event.at)}'>{words.age(event.at)}</span>"
        parts.append(f"<p>{when}{escape(words.happened(event, view.names))}</p>")
    st.html("".join(parts) + "</div>")


def actions(view: CaseView) -> None:
    """What can be done; disabled, not hidden, while somebody else has the case, so that nothing moves."""
    case, claim = view.case, view.claim
    others = claim is not None and claim.person_id != me.id
    # The keys name what is on the screen: a click on a case that has changed meanwhile does nothing.
    this = f"{case.id}-{case.version}"
    with st.container(horizontal=True, key="acts"):
        if case.state == CaseState.CLOSED:
            if st.button("Reopen", type="primary", shortcut="U", key=f"reopen-{this}"):
                attempt(lambda: cases.reopen(store(), me, case.id), "The case is open again.")
                st.rerun()
            return
        if st.button("Reply", type="primary", shortcut="E", disabled=others, key=f"reply-{this}"):
            if attempt(lambda: drafts.start(store(), me, case.id)):
                st.switch_page("pages/reply.py", query_params={"case": str(case.id)})
            st.rerun()
        if claim and not others:
            if st.button("Release", shortcut="A", key=f"release-{this}"):
                attempt(lambda: cases.release(store(), me, case.id), "Everybody can take it now.")
                st.rerun()
        elif st.button("Claim", shortcut="A", disabled=others, key=f"claim-{this}"):
            attempt(lambda: cases.claim(store(), me, case.id))
            st.rerun()
        if st.button("Dismiss", shortcut="D", disabled=others, key=f"close-{this}"):
            dialogs.dismiss(me, case)
        if st.button("Spam", shortcut="S", disabled=others, key=f"spam-{this}"):
            attempt(lambda: cases.mark_spam(store(), me, case.id, case.version), "Marked as spam and closed.")
            st.query_params["case"] = str(case.id)
            st.rerun()
        if st.button("Escalate", shortcut="X", key=f"raise-{this}"):
            dialogs.escalate(me, case)


def status(view: CaseView) -> None:
    """Who has the case, and how far its response is."""
    case, claim = view.case, view.claim
    parts = [f"Case {case.id} · {words.CHANNEL[Channel(view.source.channel)]}"]
    if case.state == CaseState.CLOSED:
        by = view.names.get(case.closed_by or 0, "Levelhead")
        parts.append(f"closed as {case.outcome} by {by}, {words.exact(case.closed_at)}")
    elif claim:
        who = "Yours" if claim.person_id == me.id else f"{claim.name} is on it"
        parts.append(f"{who} until {words.clock(claim.expires_at)}")
    if view.response and view.response.state is not ResponseState.DRAFT:
        parts.append(f"reply: {words.RESPONSE[view.response.state].lower()}")
    st.html(f"<p class='lh-quiet'>{escape(' · '.join(parts))}</p>")


def case_pane(case_id: int) -> None:
    """The open case."""
    try:
        view = views.case_view(store(), case_id)
    except LevelheadError as error:
        frame.problem(error)
        return
    read, side = st.columns([43, 24], gap="medium")
    with read, st.container(key="read"):
        status(view)
        actions(view)
        say()
        outgoing.publications(me, view.publications, view.comments)
        reasons = {
            one.id: reading.concern(view.assessments.get(one.id)) for one in view.comments if one.id in view.joined
        }
        st.html(reading.thread(view.thread, view.comments, view.lead, reasons))
    with side, st.container(key="rail"):
        rail(view)


shown = st.query_params.get("show", "open")
with store().read() as tx:
    mine = me.id if shown == "mine" else None
    found = rows.queue(tx, words.now(), state="closed" if shown == "closed" else "open", person_id=mine)
    total = rows.count_open(tx)

held = sum(1 for row in found if row.claimed_by == me.id)
oldest = words.age(min((row.at for row in found), default=None))
figures = f"{total} need a person · {held} yours · oldest {oldest}" if found and shown != "closed" else ""
frame.heading("Queue", figures)
labels = {"open": "To do", "mine": "Mine", "closed": "Closed"}
picked = st.segmented_control(
    "Show",
    list(labels),
    default=shown if shown in labels else "open",
    format_func=labels.get,
    required=True,
    label_visibility="collapsed",
)
if picked != shown:
    st.query_params.from_dict({"show": picked})
    st.rerun()

wanted = lists.number(st.query_params.get("case"))
here = [row.id for row in found]
if not found and wanted is None:
    say()
    empty = {
        "open": "Nothing needs you right now. New comments are read as they come; what needs a person appears here.",
        "mine": "You have claimed no case. Open one under “To do” and press Claim.",
        "closed": "No case was closed yet.",
    }
    st.html(f"<p class='lh-quiet'>{empty.get(shown, empty['open'])}</p>")
    st.stop()
left, right = st.columns([33, 67], gap="medium")
with left, st.container(key="list"):
    if len(found) == rows.QUEUE_LIMIT:
        st.html(f"<p class='lh-quiet'>The first {rows.QUEUE_LIMIT} are shown.</p>")
    # A case that has just been closed stays open beside the list until another one is chosen.
    if wanted is not None and wanted not in here:
        st.html("<p class='lh-quiet'>The open case is not in this list any more.</p>")
        if here and st.button("Next case", shortcut="J"):
            st.query_params["case"] = str(here[0])
            st.rerun()
    chosen = wanted or 0
    if here:
        chosen = lists.choose("case", here, [lists.case_line(row) for row in found], wanted)
    with st.container(key="open-it"):
        if st.button("Open the chosen case", width="stretch"):
            st.query_params["case"] = str(chosen)
            st.rerun()
# On a phone there is room for the list or for the case: the address says which.
with right, st.container(key="auto" if wanted is None else "open"):
    with st.container(key="back"):
        if st.button("Back to the list"):
            st.query_params.pop("case", None)
            st.rerun()
    case_pane(chosen)
