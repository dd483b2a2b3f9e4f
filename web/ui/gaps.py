"""Times of which comments may be missing, on Sources and where comments are listed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from html import escape

import streamlit as st

from ingest.gaps import look_at
from model.language import _, many
from model.person import Person
from store import gaps
from store.db import Tx, store
from store.gaps import Gap
from web import frame
from web.ui import words
from web.ui.acting import attempt

_SHOWN = 3


def by_source(tx: Tx) -> dict[int, list[Gap]]:
    """The open gaps of each source, the newest first."""
    found: dict[int, list[Gap]] = {}
    for gap in gaps.still_open(tx):
        found.setdefault(gap.source_id, []).append(gap)
    return found


def open_gaps(tx: Tx, source_id: int | None) -> list[Gap]:
    """The open gaps of one source, or of all, the newest first."""
    return gaps.still_open(tx, source_id)


def sentence(gap: Gap) -> str:
    """'Possible gap from ... to ...', and what becomes of it."""
    said = _("Possible gap from {since} to {until}.", since=words.exact(gap.since), until=words.exact(gap.until))
    if gap.way:
        return f"{said} {gap.problem or _('It is being filled.')}"
    return " ".join(filter(None, (said, gap.problem, _("Look there for what is missing."))))


def of_source(me: Person, missing: Sequence[Gap]) -> None:
    """What a source may have missed, each with the way to say that somebody has looked."""
    for gap in missing[:_SHOWN]:
        said, way = st.columns([70, 30], vertical_alignment="center")
        said.html(f"<p class='lh-problem'>{escape(sentence(gap))}</p>")
        if not gap.way and way.button(_("I have looked"), key=f"gap-{gap.id}"):
            attempt(partial(look_at, store(), me, gap.id), _("The gap is marked as looked at."))
            st.rerun()
    if len(missing) > _SHOWN:
        more = many("And {n} older possible gap.", "And {n} older possible gaps.", len(missing) - _SHOWN)
        frame.quiet(more)


def between(missing: list[Gap], newer: datetime | None, older: datetime, names: Mapping[int, str]) -> datetime:
    """In a list of comments, newest first: the gaps that end between two of them (None: before the first).

    Returns `older`, for the next call; a gap that was shown is taken out of `missing`.
    """
    for gap in [one for one in missing if one.until > older and (newer is None or one.until <= newer)]:
        missing.remove(gap)
        said = f"{names.get(gap.source_id, '')}: {sentence(gap)}"
        st.html(f"<p class='lh-problem'>{escape(said)}</p>")
    return older
