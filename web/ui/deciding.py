"""One decision on one screen: what was said, what will be sent, and the bar that never moves."""

from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.errors import LevelheadError
from model.person import Person
from model.words import Action, DecisionKind, Quorum
from response import approvals, deciding, views
from response.deciding import Matter
from store import responses
from store.db import store
from store.responses import Decision
from web.guard import still_here
from web.ui import deciding_blocks as blocks
from web.ui import deciding_dialogs as dialogs
from web.ui import moderating, reading, templating, words
from web.ui.acting import attempt
from web.ui.deciding_lists import go_to
from web.ui.keys import Keys


def panes(one: Matter, instead: bool, soften: int) -> None:
    """What was said, and what will be sent; texts of comments from the severity `soften` on are hidden."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(key="said"):
        st.html(blocks.head("What was said") + blocks.said(one, soften) + blocks.needs(one, instead))
        if one.comment and one.thread and len(one.talk) > 1:
            with st.expander(f"{words.count(len(one.talk) - 1, 'more comment')} in this thread"):
                reasons = {one.comment.id: reading.concern(one.assessment)}
                st.html(reading.thread(one.thread, one.talk, one.comment, reasons, soften=soften))
    with right, st.container(key="sent"):
        if one.action is Action.TEMPLATE:
            st.html(templating.shown(views.response_view(store(), one.response_id)))
        elif one.action is not Action.REPLY:
            st.html(moderating.to_be_done(one.action, one.comment, soften))
        st.html(blocks.to_send(one))
        st.html(blocks.after(one) + blocks.earlier(one))


def steps(ids: list[int], chosen: int) -> None:
    """Where this one stands among those that wait, and the way to the others; J and K do the same in the list."""
    place = ids.index(chosen) if chosen in ids else 0
    with st.container(horizontal=True, vertical_alignment="center", key="steps", gap="small"):
        with st.container(key="back", width="content"):
            if st.button("All", icon=":material/arrow_back:", type="tertiary"):
                st.query_params.clear()
                st.rerun()
        st.html(f"<p class='lh-quiet' role='status'>{place + 1} of {len(ids)}</p>", width="content")
        for label, to in (("Previous", place - 1), ("Next", place + 1)):
            inside = 0 <= to < len(ids)
            if st.button(label, type="tertiary", disabled=not inside, key=f"{label.lower()}-one") and inside:
                go_to(ids[to])
                st.rerun()


def bar(me: Person, keys: Keys, one: Matter) -> None:
    """What exactly is approved, and what can be decided."""
    submission = one.submission
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="decide"):
        st.html(f"<p class='lh-quiet lh-exactly'>{escape(blocks.exactly(one))}</p>")
        # The keys name what is on the screen: a click on something that has changed meanwhile does nothing.
        this = f"{submission.id}-{submission.content_hash[:12]}"
        more = ["Approve, with a note on the policy", "Hand to somebody else"]
        picked = st.menu_button("More", more, type="tertiary", key=f"more-{this}")
        reject = st.button("Reject", type="tertiary", shortcut=keys["reject"], key=f"reject-{this}")
        changes = st.button("Request changes", shortcut=keys["changes"], key=f"changes-{this}")
        # A dialog sends its words with the same keys: they must never approve what lies behind it.
        send = None if reject or changes or picked else "Ctrl+Enter"
        if st.button("Approve", type="primary", shortcut=send, key=f"approve-{this}"):
            go_to(submission.id)
            attempt(
                lambda: approvals.decide(store(), me, submission.id, DecisionKind.APPROVE, "", submission.content_hash)
            )
            st.rerun()
        if reject or changes:
            kind = DecisionKind.REJECT if reject else DecisionKind.REQUEST_CHANGES
            dialogs.decide(me, submission, one.version.content.text, kind, one.action)
        elif picked == more[0]:
            dialogs.noted(me, submission)
        elif picked == more[1]:
            dialogs.hand_on(me, submission, one.step)


def whereto(one: Matter, mine: Decision) -> str:
    """What happens when the seconds are over."""
    if mine.kind == DecisionKind.REQUEST_CHANGES:
        return f"Version {one.version.number} goes back to {one.author}"
    if mine.kind == DecisionKind.REJECT:
        return f"{one.author} is told"
    if one.submission.steps[mine.step].quorum is not Quorum.ANY:
        return "It counts"
    if mine.step + 1 < len(one.submission.steps):
        names = words.listed(one.asked[mine.step + 1], last="and") or one.submission.steps[mine.step + 1].name
        return f"Version {one.version.number} goes to {names}"
    if one.action is not Action.REPLY:
        return "It is done"
    return f"Version {one.version.number} has all it needs, and goes out"


@st.fragment(run_every=1.0)
def undo_bar(decision_id: int, did: str, then: str, shortcut: str | None, following: int | None) -> None:
    """The seconds in which a decision can be taken back; only this bar asks again, and says when it is too late."""
    me = still_here()
    with store().read() as tx:
        mine = responses.decision(tx, decision_id)
    left = (mine.due_at - words.now()).total_seconds() if mine else 0
    with st.container(horizontal=True, vertical_alignment="center", key="decided"):
        if mine and left > 0:
            said = f"<strong>{escape(did)}.</strong> {escape(then)} in {int(left) + 1} seconds."
        else:
            said = f"<strong>{escape(did)}.</strong> It has passed on, so it can no longer be undone."
        st.html(f"<p class='lh-exactly' role='timer'>{said}</p>")
        undo = st.button("Undo", shortcut=shortcut, disabled=not mine or left <= 0, key=f"undo-{decision_id}")
        onward = st.button("Next" if following else "Done", type="primary", key=f"onward-{decision_id}")
    if undo and me is not None:
        attempt(lambda: approvals.undo(store(), me, decision_id), "Undone. Nobody has seen it.")
        st.rerun(scope="app")
    if onward:
        st.query_params.clear()
        if following:
            go_to(following)
        st.rerun(scope="app")


def decided_bar(keys: Keys, one: Matter, mine: Decision, following: int | None) -> None:
    """In the place of the decision bar, once it is made."""
    did = words.DECIDED[DecisionKind(mine.kind)]
    with st.bottom:
        undo_bar(mine.id, did, whereto(one, mine), keys["undo"], following)


def gone(me: Person, submission_id: int) -> None:
    """Something that was asked for and does not wait for this person: what became of it, and what they had typed."""
    with store().read() as tx:
        told = deciding.what_became(tx, me, submission_id)
        newer = deciding.newer(tx, me, submission_id)
        case = responses.submission(tx, submission_id)
        response = responses.get(tx, case.response_id) if case else None
    st.html(f"<p class='lh-note' role='status'>{escape(words.in_zone(told))}</p>")
    if newer and st.button("Open the version that waits for you", type="primary"):
        go_to(newer)
        st.rerun()
    if response and response.case_id is not None and may(me, Permission.TRIAGE):
        st.page_link("pages/queue.py", label="Open the case", query_params={"case": str(response.case_id)})
    if kept := dialogs.kept(submission_id):
        st.html("<p class='lh-quiet'>What you had typed, to copy:</p>")
        st.code(kept, language=None, wrap_lines=True)


def open_one(me: Person, submission_id: int) -> Matter | None:
    """The decision, noted as seen; None, with the reason said, when it cannot be shown."""
    try:
        found = deciding.matter(store(), me, submission_id)
    except LevelheadError:
        return None
    attempt(lambda: deciding.looked(store(), me, found))
    return found
