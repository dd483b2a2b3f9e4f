"""Responses of our own on their page: the list, where one goes, and its preview on each channel."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.content import Target
from model.language import _, later
from model.person import Person
from model.words import Channel
from response import own
from response.views import ResponseView
from store import responses
from store.db import store
from store.responses import Response
from web import frame
from web.ui import lists, words
from web.ui import preview as previews
from web.ui.acting import attempt


def begin(me: Person) -> None:
    """Where a new one goes; it is begun with that."""
    st.subheader(_("A new response"), anchor=False)
    about = _(
        "A post, a tweet or a statement of our own, with no comment behind it. One text goes to all the places that you"
        " choose, and is approved as one. As a post on a blog its first line is the title."
    )
    frame.quiet(about)
    with store().read() as tx:
        blogs = own.blogs_of(tx)
    channels, ours = _places("new", blogs, [])
    if st.button(_("Begin"), type="primary", disabled=not (channels or ours)):
        made = attempt(lambda: own.start(store(), me, channels, ours))
        if made:
            st.query_params["response"] = str(made)
        st.rerun()
    _cannot(me, blogs)


def where(me: Person, view: ResponseView) -> None:
    """Where it goes, while it is written."""
    with store().read() as tx:
        blogs, now = own.blogs_of(tx), responses.targets(tx, view.response.id)
    channels, ours = _places(f"{view.response.id}-{view.response.version}", blogs, now)
    aimed = frozenset(one.channel for one in now if one.source_id is None)
    posts = frozenset(one.source_id for one in now if one.source_id is not None)
    if (channels or ours) and (channels, ours) != (aimed, posts):
        attempt(lambda: own.aim(store(), me, view.response.id, channels, ours))
        st.rerun()


def _places(key: str, blogs: Sequence[own.Blog], now: Sequence[Target]) -> tuple[frozenset[Channel], frozenset[int]]:
    """The channels where a person posts it, and the blogs where we do."""
    names = {f"blog-{one.id}": one.name for one in blogs if one.posts}
    gone = {f"blog-{one.source_id}": _("A blog where we may not post") for one in now if one.source_id is not None}
    names = gone | names
    chosen = st.multiselect(
        _("Channels"),
        [*names, *Channel],
        default=[f"blog-{one.source_id}" if one.source_id is not None else one.channel for one in now],
        format_func=lambda one: (
            _("{blog}: posted by our account", blog=names[one]) if one in names else words.CHANNEL[Channel(one)]
        ),
        key=f"own-channels-{key}",
        placeholder=_("Choose…"),
    )
    channels = frozenset(Channel(one) for one in chosen if one not in names)
    return channels, frozenset(int(one.removeprefix("blog-")) for one in chosen if one in names)


def _cannot(me: Person, blogs: Sequence[own.Blog]) -> None:
    """Which blogs take no post from us, and what can be done; said before a word is written."""
    for one in blogs:
        if one.posts:
            continue
        known = _(_MAY_NOT if one.posts is False else _NEVER_ASKED, blog=f"<strong>{escape(one.name)}</strong>")
        instead = _(
            "Choose “Blog”: you are given the approved text and post it there yourself. For posts by Levelhead the"
            " account needs the role Author or Editor in WordPress."
        )
        st.html(f"<p class='lh-note'>{known} {escape(instead)}</p>")
        if st.button(_("Ask the blog") if one.posts is None else _("Ask the blog again"), key=f"ask-{one.id}"):
            with st.spinner(_("Asking the blog …")):
                attempt(lambda one=one: own.ask(store(), me, one.id), _("The blog has answered; see below."))  # type: ignore[misc]
            st.rerun()


_MAY_NOT = later("Our account on {blog} may not publish posts.")
_NEVER_ASKED = later("Our account on {blog} was never asked whether it may publish posts.")


def lines(found: Sequence[Response]) -> list[tuple[str, str]]:
    """Each as a label and a caption."""
    return [
        (
            f"**{lists.plain(lists.shortened(_first_line(one.draft) or _('Nothing written yet'), 60))}** · {one.id}",
            lists.plain(f"{words.RESPONSE[one.state]} · {words.moment(one.saved_at)}"),
        )
        for one in found
    ]


def _first_line(text: str) -> str:
    """The title of a post, where it has one."""
    return next(iter(text.strip().splitlines()), "")


def preview(view: ResponseView, targets: Sequence[Target], organisation: str) -> None:
    """The exact text as it will appear, on each channel."""
    st.subheader(_("As it will appear"), anchor=False)
    st.html(previews.previews(targets, view.response.draft, organisation, view.response.id))
