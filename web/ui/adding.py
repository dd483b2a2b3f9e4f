"""A new source from a pasted address: what would be read is shown before anything is saved."""

from html import escape
from urllib.parse import urlsplit

import streamlit as st

from channels.shape import Found
from ingest import sources
from model.language import _
from model.person import Person
from model.words import Channel, SourceKind
from store.db import store
from web import frame
from web.ui import words
from web.ui.acting import attempt

_FOUND, _PRIVATE = "found_source", "found_private"


def source(me: Person) -> None:
    """The field for an address, and what was found behind it; whoever presses *Add source* has it read at once."""
    _find(me)
    if _FOUND in st.session_state:
        _preview(me, st.session_state[_FOUND])


def _preview(me: Person, found: Found) -> None:
    """What would be read, before anything is saved, and how it would be answered."""
    rows_html = "".join(
        f"<li><time title='{escape(words.exact(one.published_at))}'>{words.age(one.published_at)}</time>"
        f"<strong>{escape(one.author or _('No name'))}</strong>"
        f"<small>{escape(one.thread_title)}</small>{escape(one.text[:160])}</li>"
        for one in found.preview
    )
    title = _("{name}: the newest comments", name=found.title)
    st.html(f"<div class='lh-side'><h2>{escape(title)}</h2></div>")
    if rows_html:
        st.html(f"<ul class='lh-rows'>{rows_html}</ul>")
    else:
        frame.quiet(_("The feed holds no comment yet; the first ones will be read as they come."))
    with st.form("add", border=False):
        name = st.text_input(_("Name"), value=found.title, max_chars=200)
        channel = st.selectbox(_("Channel"), list(Channel), format_func=lambda one: words.CHANNEL[one]) or Channel.BLOG
        user = password = ""
        if found.kind == SourceKind.WORDPRESS:
            frame.quiet(
                _(
                    "With an account, approved answers are posted for you. In WordPress: Users, Profile, Application"
                    " Passwords. Without one, you post them yourself and paste the address here."
                )
            )
            host = f"<strong>{escape(urlsplit(found.api_url).netloc)}</strong>"
            st.html(f"<p class='lh-quiet'>{_('User and password are sent to {host} alone.', host=host)}</p>")
            user = st.text_input(_("WordPress user"), autocomplete="off")
            password = st.text_input(_("Application password"), type="password", autocomplete="off")
        if st.form_submit_button(_("Add source"), type="primary"):
            added = attempt(
                lambda: sources.add(
                    store(),
                    me,
                    found,
                    name=name,
                    channel=channel,
                    allow_private=st.session_state.get(_PRIVATE, False),
                    user=user,
                    password=password,
                ),
                _("Added. Its comments are being read now; what needs a person appears in the queue."),
            )
            if added:
                del st.session_state[_FOUND]
            st.rerun()


def _find(me: Person) -> None:
    """The field for an address."""
    with st.form("find", border=False):
        pasted = st.text_input(
            _("Blog address"),
            placeholder="blog.example.org",  # as it is
            max_chars=2000,
        )
        private = st.checkbox(
            _("This address is on our own network"),
            help=_("Levelhead reads addresses of this machine and of private networks only where you allow it."),
        )
        if st.form_submit_button(_("Find comments"), type="primary"):
            with st.spinner(_("Looking for comment feeds …")):
                found = attempt(lambda: sources.discover(me, pasted, allow_private=private))
            # What was found behind an address before must not be added for this one.
            st.session_state.pop(_FOUND, None)
            if found:
                st.session_state[_FOUND] = found
                st.session_state[_PRIVATE] = private
            st.rerun()
