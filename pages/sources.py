"""Sources: where comments are read, how that goes, and a new one from a pasted address."""

from datetime import datetime
from html import escape
from urllib.parse import urlsplit

import streamlit as st

from access.permissions import Permission
from channels.shape import Found
from ingest import sources
from ingest.read import read_again
from model.words import Channel, SourceKind
from store import hooks as hook_rows
from store import sources as rows
from store.db import store
from store.gaps import Gap
from store.hooks import Hook
from store.sources import Source
from web import frame
from web.guard import guard
from web.ui import gaps, hooks, our_people, words
from web.ui.acting import attempt, say

me = guard(Permission.SOURCES)
_FOUND = "found_source"


def preview(found: Found) -> None:
    """What would be read, before anything is saved, and how it would be answered."""
    rows_html = "".join(
        f"<li><time>{words.age(one.published_at)}</time><strong>{escape(one.author or 'No name')}</strong>"
        f"<small>{escape(one.thread_title)}</small>{escape(one.text[:160])}</li>"
        for one in found.preview
    )
    empty = "<p class='lh-quiet'>The feed holds no comment yet; the first ones will be read as they come.</p>"
    st.html(f"<div class='lh-side'><h2>{escape(found.title)}: the newest comments</h2></div>")
    st.html(f"<ul class='lh-rows'>{rows_html}</ul>" if rows_html else empty)
    with st.form("add", border=False):
        name = st.text_input("Name", value=found.title, max_chars=200)
        channel = st.selectbox("Channel", list(Channel), format_func=lambda one: words.CHANNEL[one])
        user = password = ""
        if found.kind == SourceKind.WORDPRESS:
            st.html(
                "<p class='lh-quiet'>With an account, approved answers are posted for you. In WordPress: Users,"
                " Profile, Application Passwords. Without one, you post them yourself and paste the address here.</p>"
            )
            host = urlsplit(found.api_url).netloc
            st.html(f"<p class='lh-quiet'>User and password are sent to <strong>{escape(host)}</strong> alone.</p>")
            user = st.text_input("WordPress user", autocomplete="off")
            password = st.text_input("Application password", type="password", autocomplete="off")
        if st.form_submit_button("Add source", type="primary"):
            added = attempt(
                lambda: sources.add(
                    store(),
                    me,
                    found,
                    name=name,
                    channel=channel,
                    allow_private=st.session_state.get("found_private", False),
                    user=user,
                    password=password,
                ),
                "Added. Its comments are being read now; what needs a person appears in the queue.",
            )
            if added:
                del st.session_state[_FOUND]
            st.rerun()


def find() -> None:
    """The field for an address."""
    with st.form("find", border=False):
        pasted = st.text_input("Blog address", placeholder="blog.example.org", max_chars=2000)
        private = st.checkbox(
            "This address is on our own network",
            help="Levelhead reads addresses of this machine and of private networks only where you allow it.",
        )
        if st.form_submit_button("Find comments", type="primary"):
            with st.spinner("Looking for comment feeds …"):
                found = attempt(lambda: sources.discover(me, pasted, allow_private=private))
            if found:
                st.session_state[_FOUND] = found
                st.session_state["found_private"] = private
            st.rerun()


def account(source: Source) -> None:
    """A new user and application password for a source."""
    with st.form(f"account-{source.id}", border=False):
        user = st.text_input("WordPress user", value=source.user_name, autocomplete="off")
        password = st.text_input("Application password", type="password", autocomplete="off")
        if st.form_submit_button("Test and save"):
            attempt(lambda: sources.set_account(store(), me, source.id, user, password), "The account works.")
            st.rerun()


def row(source: Source, newest: datetime | None, unreadable: int, missing: list[Gap], hook: Hook | None) -> None:
    """One source: how it goes, in words, and what can be done."""
    with st.container(border=True):
        if source.problem:
            since = words.exact(source.failing_since) if source.failing_since else ""
            state = f"{source.problem}" + (f" Since {since}." if since else "")
            state += f" Nothing is lost: what came before was read. Next try {words.exact(source.next_read_at)}."
        elif not source.active:
            state = "Switched off. What was read stays."
        elif source.kind == SourceKind.BY_HAND:
            state = "Not read: people bring what was said here, on Add comments."
        else:
            then = f", next {words.time_of_day(source.next_read_at)}" if source.next_read_at else ""
            state = f"Read {words.ago(source.read_at)}{then}" if source.read_at else "Being read for the first time"
        newest_words = f"newest comment {words.ago(newest)}" if newest else "no comment yet"
        answers = f"answered as {source.user_name}" if source.can_reply else "answered by hand"
        kept = f" · {words.count(unreadable, 'entry', 'entries')} could not be read and kept" if unreadable else ""
        st.html(
            f"<div class='lh-side'><p><strong>{escape(source.name)}</strong> · {words.CHANNEL[Channel(source.channel)]}"
            f" · {escape(answers)} · {newest_words}{kept}</p>"
            f"<p class='{'lh-problem' if source.problem else 'lh-quiet'}'>{escape(state)}</p>"
            f"{our_people.lists(source)}<p class='lh-quiet lh-quote'>{escape(source.feed_url)}</p></div>"
        )
        gaps.of_source(me, missing)
        with st.container(horizontal=True):
            read_here = source.kind != SourceKind.BY_HAND
            if read_here and st.button("Read now", key=f"read-{source.id}", disabled=not source.active):
                attempt(lambda: sources.read_now(store(), me, source.id), "It is read in a moment.")
                st.rerun()
            if unreadable and st.button("Read what was kept", key=f"again-{source.id}"):
                brought = attempt(lambda: read_again(store(), me, source.id))
                if brought is not None:
                    news = words.count(brought, "comment")
                    attempt(lambda: None, f"{news} came of what was kept. What still cannot be read stays kept.")
                st.rerun()
            if read_here and st.button("Switch off" if source.active else "Switch on", key=f"active-{source.id}"):
                attempt(lambda: sources.set_active(store(), me, source.id, not source.active))
                st.rerun()
            if source.api_url:
                with st.popover("Account"):
                    account(source)
                with st.popover("Our people"):
                    our_people.choose(me, source)
            if source.feed_url:
                with st.popover("Webhook"):
                    hooks.manage(me, source, hook)


with store().read() as tx:
    found_rows, counts, bad = rows.every(tx), rows.newest_comments(tx), rows.unreadable_counts(tx)
    missing, called = gaps.by_source(tx), hook_rows.every(tx)
frame.heading("Sources", words.count(len(found_rows), "source") if found_rows else "")
say()
left, right = st.columns([45, 55], gap="large")
with left:
    st.subheader("Paste your blog's address", anchor=False)
    st.html(
        "<p class='lh-quiet'>The address of a blog, of one post, or of any RSS or Atom feed with comments. You see what"
        " would be read before anything is saved.</p>"
    )
    find()
    if _FOUND in st.session_state:
        preview(st.session_state[_FOUND])
with right:
    st.subheader("What is read", anchor=False)
    if not found_rows:
        st.html("<p class='lh-quiet'>Nothing yet. Your first source appears here, with how its reading goes.</p>")
    for source in found_rows:
        row(source, counts.get(source.id), bad.get(source.id, 0), missing.get(source.id, []), called.get(source.id))
