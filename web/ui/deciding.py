"""One decision on one screen: what was said, what will be sent, and the bar that never moves."""

from collections.abc import Callable
from functools import partial
from html import escape
from math import ceil

import streamlit as st

from access.permissions import Permission, may
from model.errors import LevelheadError
from model.language import Labels, _, later, many
from model.person import Person
from model.words import Action, DecisionKind, Quorum
from response import approvals, deciding, views
from response.deciding import Matter
from store import responses
from store.db import store
from store.responses import Decision
from web import frame
from web.guard import still_here
from web.ui import deciding_blocks as blocks
from web.ui import deciding_dialogs as dialogs
from web.ui import deciding_open, moderating, reading, templating, undoing, words
from web.ui.acting import attempt
from web.ui.deciding_lists import go_to
from web.ui.earlier import source
from web.ui.keys import Keys

_MORE = Labels({"note": later("Approve, with a note on the policy"), "hand": later("Hand to somebody else")})


def panes(one: Matter, instead: bool, soften: int) -> None:
    """What was said, and what will be sent; texts of comments from the severity `soften` on are hidden."""
    left, right = st.columns(2, gap="medium")
    with left, st.container(key="said"):
        st.html(blocks.head(_("What was said")) + blocks.said(one, soften) + blocks.needs(one, instead))
        if one.comment and one.thread and len(one.talk) > 1:
            rest = len(one.talk) - 1
            with st.expander(many("{n} more comment in this thread", "{n} more comments in this thread", rest)):
                reasons = {one.comment.id: reading.concern(one.assessment)}
                st.html(reading.thread(one.thread, one.talk, one.comment, reasons, soften=soften))
    with right, st.container(key="sent"):
        if one.action is Action.TEMPLATE:
            st.html(templating.shown(views.response_view(store(), one.response_id)))
        elif one.action is not Action.REPLY:
            st.html(moderating.to_be_done(one.action, one.comment, soften))
        st.html(blocks.to_send(one))
        if one.begun:
            st.html(source(one.begun))
        st.html(blocks.after(one) + blocks.earlier(one))


def steps(ids: list[int], chosen: int) -> None:
    """Where this one stands among those that wait, and the way to the others; J and K do the same in the list."""
    place = ids.index(chosen) if chosen in ids else 0
    with st.container(horizontal=True, vertical_alignment="center", key="steps", gap="small"):
        with st.container(key="back", width="content"):
            if st.button(_("All"), icon=":material/arrow_back:", type="tertiary"):
                st.query_params.clear()
                st.rerun()
        at = escape(_("{n} of {all}", n=place + 1, all=len(ids)))
        st.html(f"<p class='lh-quiet' role='status'>{at}</p>", width="content")
        for name, label, to in (("previous", _("Previous"), place - 1), ("next", _("Next"), place + 1)):
            inside = 0 <= to < len(ids)
            if st.button(label, type="tertiary", disabled=not inside, key=f"{name}-one") and inside:
                go_to(ids[to])
                st.rerun()


def bar(me: Person, keys: Keys, one: Matter) -> None:
    """What exactly is approved, and what can be decided."""
    submission = one.submission
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="decide"):
        deciding_open.line(one, blocks.exactly(one))
        # The keys name what is on the screen: a click on something that has changed meanwhile does nothing.
        this = f"{submission.id}-{submission.content_hash[:12]}"
        picked = st.menu_button(
            _("More"), list(_MORE), format_func=lambda one: _MORE[one], type="tertiary", key=f"more-{this}"
        )
        reject = st.button(_("Reject"), type="tertiary", shortcut=keys["reject"], key=f"reject-{this}")
        changes = st.button(_("Request changes"), shortcut=keys["changes"], key=f"changes-{this}")
        # A dialog sends its words with the same keys: they must never approve what lies behind it.
        send = None if reject or changes or picked else "Ctrl+Enter"
        if st.button(_("Approve"), type="primary", shortcut=send, key=f"approve-{this}"):
            go_to(submission.id)
            attempt(
                lambda: approvals.decide(store(), me, submission.id, DecisionKind.APPROVE, "", submission.content_hash)
            )
            st.rerun()
        if reject or changes:
            kind = DecisionKind.REJECT if reject else DecisionKind.REQUEST_CHANGES
            dialogs.decide(me, submission, one.version.content.text, kind, one.action)
        elif picked == "note":
            dialogs.noted(me, submission)
        elif picked == "hand":
            dialogs.hand_on(me, submission, one.step)


def whereto(one: Matter, mine: Decision, left: int) -> str:
    """What happens when the `left` seconds are over."""
    version, author = one.version.number, one.author
    if mine.kind == DecisionKind.REQUEST_CHANGES:
        return many(
            "Version {version} goes back to {author} in {n} second.",
            "Version {version} goes back to {author} in {n} seconds.",
            left,
            version=version,
            author=author,
        )
    if mine.kind == DecisionKind.REJECT:
        return many("{author} is told in {n} second.", "{author} is told in {n} seconds.", left, author=author)
    if one.submission.steps[mine.step].quorum is not Quorum.ANY:
        return many("It counts in {n} second.", "It counts in {n} seconds.", left)
    if mine.step + 1 < len(one.submission.steps):
        names = words.listed(one.asked[mine.step + 1], last="and") or one.submission.steps[mine.step + 1].name
        return many(
            "Version {version} goes to {names} in {n} second.",
            "Version {version} goes to {names} in {n} seconds.",
            left,
            version=version,
            names=names,
        )
    if one.action is not Action.REPLY:
        return many("It is done in {n} second.", "It is done in {n} seconds.", left)
    return many(
        "Version {version} has all it needs, and goes out in {n} second.",
        "Version {version} has all it needs, and goes out in {n} seconds.",
        left,
        version=version,
    )


@st.fragment(run_every=1.0)
def undo_bar(
    decision_id: int, did: str, then: Callable[[int], str], shortcut: str | None, following: int | None
) -> None:
    """The seconds in which a decision can be taken back; only this bar asks again, and says when it is too late.
    `then` says what happens after so many seconds."""
    me = still_here()
    with store().read() as tx:
        mine = responses.decision(tx, decision_id)
    left = (mine.due_at - words.now()).total_seconds() if mine else 0
    with st.container(horizontal=True, vertical_alignment="center", key="decided"):
        late = _("It has passed on, so it can no longer be undone.")
        said = then(ceil(left)) if mine and left > 0 else late
        st.html(f"<p class='lh-exactly' role='timer'><strong>{escape(did)}.</strong> {escape(said)}</p>")
        undo = st.button(_("Undo"), shortcut=shortcut, disabled=not mine or left <= 0, key=f"undo-{decision_id}")
        onward = st.button(_("Next") if following else _("Done"), type="primary", key=f"onward-{decision_id}")
    if undo and me is not None:
        attempt(lambda: approvals.undo(store(), me, decision_id), _("Undone. Nobody has seen it."))
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
        # Two buttons must not have one key: the line above has it for what was done after this.
        shortcut = None if undoing.has_key() else keys["undo"]
        undo_bar(mine.id, did, partial(whereto, one, mine), shortcut, following)


def gone(me: Person, submission_id: int) -> None:
    """Something that was asked for and does not wait for this person: what became of it, and what they had typed."""
    with store().read() as tx:
        told = deciding.what_became(tx, me, submission_id)
        newer = deciding.newer(tx, me, submission_id)
        case = responses.submission(tx, submission_id)
        response = responses.get(tx, case.response_id) if case else None
    st.html(f"<p class='lh-note' role='status'>{escape(words.in_zone(told))}</p>")
    if newer and st.button(_("Open the version that waits for you"), type="primary"):
        go_to(newer)
        st.rerun()
    if response and response.case_id is not None and may(me, Permission.TRIAGE):
        st.page_link(page="pages/queue.py", label=_("Open the case"), query_params={"case": str(response.case_id)})
    if kept := dialogs.kept(submission_id):
        frame.quiet(_("What you had typed, to copy:"))
        st.code(kept, language=None, wrap_lines=True)


def open_one(me: Person, submission_id: int) -> Matter | None:
    """The decision, noted as seen; None, with the reason said, when it cannot be shown."""
    try:
        found = deciding.matter(store(), me, submission_id)
    except LevelheadError:
        return None
    attempt(lambda: deciding.looked(store(), me, found.response_id, found.version.number))
    return found
