"""Reply: the comment, the route before a word is written, the draft, and how it will appear."""

from html import escape

import streamlit as st

from access.permissions import Permission
from model.person import Person
from model.words import Channel, ResponseState
from response import drafts, publish, views
from response.views import ResponseView
from store import comments as comment_rows
from store import people
from store.db import store
from web import frame
from web.guard import guard
from web.ui import lists, outgoing, reading, words
from web.ui.acting import attempt, say

me = guard(Permission.TRIAGE)
_WRITABLE = (ResponseState.DRAFT, ResponseState.CHANGES_REQUESTED)


def needs(view: ResponseView) -> None:
    """Which levels this reply needs, who they are, and which rule asks for each."""
    steps = view.outlook.route.steps
    asked = [[view.names[one] for one in sorted(ids)] for ids in view.outlook.asked]
    if not steps:
        st.subheader("This reply needs no approval", anchor=False)
        st.html(
            "<p class='lh-quiet'>It is within your own authority. It goes out when the seconds to undo are over.</p>"
        )
    else:
        st.subheader(f"This reply needs {words.count(len(steps), 'approval')}", anchor=False)
    where = " and ".join(words.CHANNEL[Channel(channel)] for channel in sorted(view.channels))
    st.html(reading.route(steps, asked, first="You write", last=f"On: {where}"))
    for reason in view.outlook.route.because:
        levels = " and ".join(words.level(number) for number in reason.levels)
        st.html(f"<p class='lh-quiet'>{escape(reason.says)}: {escape(levels)}. Rule “{escape(reason.rule)}”.</p>")
    if view.outlook.empty_level is not None:
        who = words.level(view.outlook.empty_level)
        frame.problem(f"Nobody can decide for {who} yet, so it will wait there. An administrator can add people.")


def editor(view: ResponseView) -> None:
    """The draft, saved with a button; what the blog would rewrite is said before it is sent.

    What is saved is compared with what this tab has seen, so that a second tab or person is noticed.
    """
    response = view.response
    seen, lost, told = (f"{name}-{response.id}" for name in ("seen", "lost", "told"))
    if st.session_state.setdefault(seen, response.version) != response.version or st.session_state.get(lost):
        frame.problem("This draft was saved elsewhere since you opened it. What was saved is here; yours is below it.")
        st.html(reading.words_to_send(response.draft))
    with st.form("draft", border=False):
        text = st.text_area(
            "Your reply", value=response.draft, height=260, max_chars=drafts.MAX_CHARACTERS, key=f"draft-{response.id}"
        )
        with st.container(horizontal=True):
            send = st.form_submit_button("Send for approval", type="primary", shortcut="Ctrl+Enter")
            save = st.form_submit_button("Save draft")
    if save or send:
        version = attempt(lambda: drafts.save(store(), me, response.id, text, st.session_state[seen]), "Saved.")
        # Whoever saves again after a conflict has the text that won above the field.
        st.session_state[seen], st.session_state[lost] = version or response.version, version is None
        with store().read() as tx:
            warned = publish.warnings(tx, response.id, text)
        if send and version is not None and (not warned or st.session_state.get(told) == text):
            attempt(lambda: drafts.submit(store(), me, response.id, version), "Sent. You see below who has it now.")
            del st.session_state[seen]
        st.session_state[told] = text
        st.rerun()
    if st.button("Give up this reply", type="tertiary", key=f"withdraw-{response.id}-{response.version}"):
        attempt(lambda: drafts.withdraw(store(), me, response.id), "Given up. The case stays open.")
        st.rerun()
    st.html(f"<p class='lh-quiet'>{len(response.draft):,} characters · saved {words.clock(response.saved_at)}</p>")
    with store().read() as tx:
        for warning in publish.warnings(tx, response.id, response.draft):
            frame.problem(f"{warning} Change it, or send it once more as it is.")


def progress(view: ResponseView, me: Person) -> None:
    """Where a sent reply stands, and the way back."""
    submission, response = view.submission, view.response
    if submission is None:
        return
    settled = [one for one in view.decisions if one.settled_at or one.person_id == me.id]
    done = max((one.step for one in settled), default=-1) + 1
    st.subheader(words.RESPONSE[response.state], anchor=False)
    author = view.names.get(response.author_id, "somebody")
    st.html(reading.route(submission.steps, view.asked, first=f"{author} wrote", last="Out", done=done))
    for one in settled:
        why = f" “{escape(one.reason)}”" if one.reason else ""
        what = f"{words.decided(one.kind)}, {words.ago(one.at)}."
        st.html(f"<p class='lh-quiet'>{escape(one.name)}: {what}{why}</p>")
    st.html(reading.words_to_send(view.versions[-1].content.text))
    if response.state in (ResponseState.WAITING, ResponseState.APPROVED, ResponseState.HELD):
        if st.button("Take back and edit", key=f"take-back-{response.id}-{response.version}"):
            attempt(lambda: drafts.take_back(store(), me, response.id), "It is a draft again; approvals start anew.")
            st.rerun()
        st.html("<p class='lh-quiet'>Whoever changes it asks everybody again.</p>")
    elif response.state is ResponseState.REJECTED:
        st.html("<p class='lh-quiet'>Open the case and press Reply to write again, starting from this text.</p>")


case_id = st.query_params.get("case", "")
view = views.live_view(store(), lists.number(case_id) or 0)
if view is None:
    frame.heading("Reply")
    say()
    st.text("There is no reply being written for this case. Open it in the queue and press Reply.")
    st.page_link("pages/queue.py", label="Open the case", query_params={"case": case_id or "0"})
    st.stop()

comment = view.comment
name = comment.author if comment else "everybody"
frame.heading(f"Reply to {name}", f"Case {case_id} · {words.RESPONSE[view.response.state]}")
say()
with store().read() as tx:
    organisation = str(people.fact(tx, "organisation") or "")
    judged = comment_rows.assessment(tx, comment.id, comment.revision) if comment else None
said, middle, right = st.columns([34, 40, 26], gap="medium")
with said:
    st.subheader("The comment", anchor=False)
    if comment:
        under = f"<p class='lh-quiet'>Under “{escape(comment.thread_title)}”</p>"
        marked = reading.comment(comment, reading.concern(judged), lead=True)
        st.html(f"{under}<div class='lh-thread'>{marked}</div>")
    st.page_link("pages/queue.py", label="Back to the case", query_params={"case": case_id})
with middle:
    if view.comment_changed:
        frame.problem("The comment was edited since you began. Read its new text on the left, then confirm it.")
        if st.button("I have read the new text"):
            attempt(lambda: drafts.confirm_revision(store(), me, view.response.id, comment.revision), "Noted.")
            st.rerun()
    if view.response.state in _WRITABLE:
        needs(view)
        if view.last_reason:
            back = view.last_reason
            st.html(
                f"<div class='lh-note'>“{escape(back.reason)}”<small>{escape(back.name)} sent it back</small></div>"
            )
        editor(view)
    else:
        progress(view, me)
        outgoing.publications(me, view.publications, [comment] if comment else [])
with right:
    st.subheader("As it will appear", anchor=False)
    st.html(reading.as_it_will_appear(comment, organisation, view.response.draft))
