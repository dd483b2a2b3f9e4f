"""Responses of our own on their page: the list, where one goes, and its preview on each channel."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.person import Person
from model.words import Channel
from response import own
from response.views import ResponseView
from store.db import store
from store.responses import Response
from web.ui import lists, reading, words
from web.ui.acting import attempt


def begin(me: Person) -> None:
    """Where a new one goes; it is begun with that."""
    st.subheader("A new response", anchor=False)
    st.html(
        "<p class='lh-quiet'>A post, a tweet or a statement of our own, with no comment behind it. One text goes to "
        "all the channels that you choose, and is approved as one.</p>"
    )
    channels = _channels("new", frozenset())
    if st.button("Begin", type="primary", disabled=not channels):
        made = attempt(lambda: own.start(store(), me, channels))
        if made:
            st.query_params["response"] = str(made)
        st.rerun()


def where(me: Person, view: ResponseView) -> None:
    """Where it goes, while it is written."""
    channels = _channels(f"{view.response.id}-{view.response.version}", view.channels)
    if channels and channels != view.channels:
        attempt(lambda: own.aim(store(), me, view.response.id, channels))
        st.rerun()


def _channels(key: str, now: frozenset[Channel]) -> frozenset[Channel]:
    return frozenset(
        st.multiselect(
            "Channels",
            list(Channel),
            default=sorted(now),
            format_func=lambda one: words.CHANNEL[one],
            key=f"own-channels-{key}",
        )
    )


def lines(found: Sequence[Response]) -> list[tuple[str, str]]:
    """Each as a label and a caption."""
    return [
        (
            f"**{lists.plain(lists.shortened(one.draft or 'Nothing written yet', 60))}** · {one.id}",
            lists.plain(f"{words.RESPONSE[one.state]} · {words.ago(one.saved_at)}"),
        )
        for one in found
    ]


def preview(view: ResponseView, organisation: str) -> None:
    """The exact text as it will appear, and where."""
    st.subheader("As it will appear", anchor=False)
    on = " and ".join(words.CHANNEL[channel] for channel in sorted(view.channels))
    st.html(f"<p class='lh-quiet'>On {escape(on)}</p>")
    st.html(reading.as_it_will_appear(None, organisation, view.response.draft, view.response.id))
