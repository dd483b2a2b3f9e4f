"""Sources: where comments are read, how that goes, and a new one from a pasted address."""

from datetime import datetime
from html import escape

import streamlit as st

from access.permissions import Permission
from ingest import sources
from ingest.read import read_again
from model.language import _, many
from model.words import SourceKind
from store import hooks as hook_rows
from store import own_key
from store import sources as rows
from store.db import store
from store.gaps import Gap
from store.hooks import Hook
from store.keys import keys
from store.sources import Source
from web import frame
from web.guard import guard
from web.ui import adding, gaps, hooks, our_people, sourcing
from web.ui.acting import attempt, say

me = guard(Permission.SOURCES)


def account(source: Source) -> None:
    """A new user and application password for a source."""
    with st.form(f"account-{source.id}", border=False):
        user = st.text_input(_("WordPress user"), value=source.user_name, autocomplete="off")
        password = st.text_input(_("Application password"), type="password", autocomplete="off")
        if st.form_submit_button(_("Test and save")):
            attempt(lambda: sources.set_account(store(), me, source.id, user, password), _("The account works."))
            st.rerun()


def row(source: Source, newest: datetime | None, unreadable: int, missing: list[Gap], hook: Hook | None) -> None:
    """One source: how it goes, in words, and what can be done."""
    with st.container(border=True):
        st.html(
            f"<div class='lh-side'><p><strong>{escape(source.name)}</strong>"
            f" · {sourcing.figures(source, newest, unreadable)}</p>"
            f"<p class='{'lh-problem' if source.problem else 'lh-quiet'}'>{sourcing.state(source)}</p>"
            f"{our_people.lists(source)}<p class='lh-quiet lh-quote'>{escape(source.feed_url)}</p></div>"
        )
        gaps.of_source(me, missing)
        with st.container(horizontal=True):
            read_here = source.kind != SourceKind.BY_HAND
            if read_here and st.button(_("Read now"), key=f"read-{source.id}", disabled=not source.active):
                attempt(lambda: sources.read_now(store(), me, source.id), _("It is read in a moment."))
                st.rerun()
            if unreadable and st.button(_("Read what was kept"), key=f"again-{source.id}"):
                brought = attempt(lambda: read_again(store(), me, source.id))
                if brought is not None:
                    attempt(lambda: None, sourcing.brought(brought))
                st.rerun()
            if read_here and st.button(_("Switch off") if source.active else _("Switch on"), key=f"active-{source.id}"):
                attempt(lambda: sources.set_active(store(), me, source.id, not source.active))
                st.rerun()
            if source.api_url:
                with st.popover(_("Account")):
                    account(source)
                with st.popover(_("Our people")):
                    our_people.choose(me, source)
            if source.feed_url:
                with st.popover(_("Webhook")):
                    hooks.manage(me, source, hook)


with store().read() as tx:
    key = own_key.told(own_key.standing(tx, keys()))
    found_rows, counts, bad = rows.every(tx), rows.newest_comments(tx), rows.unreadable_counts(tx)
    missing, called = gaps.by_source(tx), hook_rows.every(tx)
frame.heading(_("Sources"), many("{n} source", "{n} sources", len(found_rows)) if found_rows else "")
say()
if key:
    frame.problem(key)
left, right = st.columns([45, 55], gap="large")
with left:
    st.subheader(_("Paste your blog's address"), anchor=False)
    frame.quiet(
        _(
            "The address of a blog, of one post, or of any RSS or Atom feed with comments. You see what would be read"
            " before anything is saved."
        )
    )
    adding.source(me)
with right:
    st.subheader(_("What is read"), anchor=False)
    if not found_rows:
        frame.quiet(_("Nothing yet. Your first source appears here, with how its reading goes."))
    for source in found_rows:
        row(source, counts.get(source.id), bad.get(source.id, 0), missing.get(source.id, []), called.get(source.id))
