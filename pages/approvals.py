"""My approvals: what waits for me, one decision on one screen."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.words import Channel, DecisionKind
from response import approvals, cases, views
from response.views import ResponseView
from store import cases as case_rows
from store import comments, responses
from store.db import store
from store.responses import Submission
from web import frame
from web.guard import guard
from web.ui import dialogs, lists, reading, words
from web.ui.acting import attempt, say

me = guard(Permission.DECIDE)


def questions() -> None:
    """What somebody asked this person."""
    with store().read() as tx:
        asked = case_rows.asked_of(tx, me.id)
    for one in asked:
        about = views.case_view(store(), one.case_id)
        reasons = {about.lead.id: reading.concern(about.assessments.get(about.lead.id))}
        st.html(f"<div class='lh-note'>“{escape(one.text)}”<small>{escape(one.by_name)} asks you</small></div>")
        with st.expander(f"The comment by {lists.plain(about.lead.author or 'No name')} that this is about"):
            st.html(reading.thread(about.thread, about.comments, about.lead, reasons))
        with st.form(f"answering-{one.id}", border=False):
            text = st.text_area("Your answer", max_chars=5000, key=f"answer-{one.id}")
            if st.form_submit_button("Answer"):
                attempt(lambda one=one, text=text: cases.answer(store(), me, one.id, text), "Answered.")
                st.rerun()


@st.fragment(run_every=1.0)
def undo_bar(decision_id: int) -> None:
    """The seconds in which a decision can be taken back."""
    with store().read() as tx:
        mine = responses.decision(tx, decision_id)
    left = (mine.due_at - words.now()).total_seconds() if mine else 0
    if left <= 0:
        st.rerun(scope="app")
    with st.container(horizontal=True, vertical_alignment="center"):
        did = words.decided(mine.kind).capitalize()
        st.html(f"<p role='timer'>{did}. It passes on in {int(left) + 1} seconds.</p>")
        if st.button("Undo", shortcut="U", key=f"undo-{decision_id}"):
            attempt(lambda: approvals.undo(store(), me, decision_id), "Undone. Nobody has seen it.")
            st.rerun(scope="app")


def said(view: ResponseView) -> None:
    """The comment with its marks, and which rules ask for this person."""
    comment, submission = view.comment, view.submission
    st.subheader("What was said", anchor=False)
    if comment:
        with store().read() as tx:
            judged = comments.assessment(tx, comment.id, comment.revision)
            talk = comments.of_thread(tx, comment.thread_id)
            about = comments.thread(tx, comment.thread_id)
        reasons = {comment.id: reading.concern(judged)}
        st.html(f"<p class='lh-quiet'>On “{escape(comment.thread_title)}”</p>")
        st.html(f"<div class='lh-thread'>{reading.comment(comment, reasons[comment.id], lead=True)}</div>")
        if about and len(talk) > 1:
            with st.expander(f"{words.count(len(talk) - 1, 'more comment')} in this thread"):
                st.html(reading.thread(about, talk, comment, reasons))
    st.subheader("Why it needs you", anchor=False)
    for rule, says in submission.because if submission else ():
        st.html(f"<p>{escape(says)} <span class='lh-quiet'>rule “{escape(rule)}”</span></p>")


def to_send(view: ResponseView, submission: Submission, step: int) -> None:
    """The exact text, against the version before, and the way it goes."""
    st.subheader("What will be sent", anchor=False)
    version = view.versions[submission.version_number - 1]
    if submission.version_number > 1:
        clean = st.toggle("Clean text, without the changes marked")
        before = view.versions[submission.version_number - 2].content.text
        now = version.content.text
        st.html(reading.words_to_send(now) if clean else reading.difference(before, now))
    else:
        st.html(reading.words_to_send(version.content.text))
    if view.last_reason:
        back = view.last_reason
        by = f"<small>{escape(back.name)}: {words.decided(back.kind)}</small>"
        st.html(f"<div class='lh-note'>“{escape(back.reason)}”{by}</div>")
    author = view.names.get(view.response.author_id, "somebody")
    st.html(reading.route(submission.steps, view.asked, first=f"{author} wrote", last="Out", done=step))


def bar(view: ResponseView, submission: Submission) -> None:
    """What exactly is approved, and the three decisions."""
    version = view.versions[submission.version_number - 1]
    where = " and ".join(words.CHANNEL[Channel(channel)] for channel in sorted(view.channels))
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", key="decide"):
        st.html(
            f"<p class='lh-quiet'>You decide on exactly this text: version {version.number}, "
            f"{len(version.content.text):,} characters, for: {escape(where)}. "
            "If anyone changes it, you are asked again.</p>"
        )
        # The keys name what is on the screen: a click on something that has changed meanwhile does nothing.
        this = f"{submission.id}-{submission.content_hash[:12]}"
        if st.button("Reject", type="tertiary", shortcut="X", key=f"reject-{this}"):
            dialogs.decide(me, submission, DecisionKind.REJECT)
        if st.button("Request changes", shortcut="Q", key=f"changes-{this}"):
            dialogs.decide(me, submission, DecisionKind.REQUEST_CHANGES)
        if st.button("Approve", type="primary", shortcut="Ctrl+Enter", key=f"approve-{this}"):
            attempt(
                lambda: approvals.decide(store(), me, submission.id, DecisionKind.APPROVE, "", submission.content_hash)
            )
            st.rerun()


with store().read() as tx:
    waiting = responses.waiting_for(tx, me.id)
    last = responses.undoable(tx, me.id, words.now())
    asked = case_rows.count_asked(tx, me.id)
longest = words.age(min((one.since for one in waiting), default=None))
frame.heading("My approvals", f"{len(waiting)} wait for you · longest {longest}" if waiting else "")
say()
if last:
    undo_bar(last.id)
questions()
if not waiting and not asked:
    st.html("<p class='lh-quiet'>Nothing waits for you. What needs your decision appears here.</p>")
if not waiting:
    st.stop()
choice, left, right = st.columns([24, 38, 38], gap="medium")
ids = [one.submission_id for one in waiting]
with choice, st.container(key="list"):
    wanted = lists.number(st.query_params.get("decide"))
    lines = [lists.waiting_line(one) for one in waiting]
    chosen = lists.choose("decide", ids, lines, wanted if wanted in ids else None)
mine = waiting[ids.index(chosen)]
view = views.response_view(store(), mine.response_id)
if view.submission is None or view.submission.id != chosen:
    st.rerun()
with left:
    said(view)
with right:
    to_send(view, view.submission, mine.step)
bar(view, view.submission)
