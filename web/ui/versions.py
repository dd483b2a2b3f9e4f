"""What a reply was before: each version that was sent and each save, with what changed by word."""

from dataclasses import dataclass
from datetime import datetime
from html import escape

import streamlit as st

from model.language import _
from response.views import ResponseView
from store import drafts
from store.db import store
from store.drafts import Saved
from store.responses import Version
from web import frame
from web.ui import reading, words

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Entry:
    """A text as it was: a version that was sent, or what somebody typed and what became of it."""

    title: str
    at: datetime
    text: str


def entries(versions: list[Version], saves: list[Saved], names: dict[int, str]) -> list[Entry]:
    """All texts in the order of their time, newest first. Of the same text one after the other the first one counts."""
    sent = [
        Entry(
            _("Version {n}, sent by {name}", n=one.number, name=names.get(one.by) or _("somebody")),
            one.at,
            one.content.text,
        )
        for one in versions
    ]
    typed = [Entry(_typed(one, names.get(one.person_id) or _("Somebody")), one.at, one.text) for one in saves]
    return sorted([*sent, *typed], key=lambda one: one.at, reverse=True)


def _typed(one: Saved, name: str) -> str:
    """Who typed a text, and what became of it."""
    return _("{name} kept beside", name=name) if one.aside else _("{name} wrote", name=name)


def shown(found: list[Entry]) -> str:
    """The entries as blocks to open, each with its difference from the one before it. Pure."""
    blocks = []
    for index, one in enumerate(found[:SHOWN]):
        before = found[index + 1].text if index + 1 < len(found) else ""
        body = frame.quiet_line(_("Nothing changed.")) if one.text == before else reading.difference(before, one.text)
        when = f"<time title='{escape(words.exact(one.at))}'>{escape(words.moment(one.at))}</time>"
        blocks.append(f"<details><summary>{escape(one.title)} {when}</summary>{body}</details>")
    more = frame.quiet_line(_("The newest {n} are shown.", n=SHOWN)) if len(found) > SHOWN else ""
    return f"<div class='lh-versions'>{''.join(blocks)}{more}</div>"


def history(view: ResponseView) -> None:
    """The earlier texts, looked up only when somebody asks for them."""
    if not st.toggle(_("Earlier texts and what changed"), key=f"earlier-{view.response.id}"):
        return
    with store().read() as tx:
        saves = drafts.history(tx, view.response.id)
    found = entries(view.versions, saves, view.names)
    if not found:
        frame.quiet(_("Nothing was written yet."))
        return
    st.html(shown(found))
