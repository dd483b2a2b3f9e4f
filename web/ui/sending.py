"""Under the editor: what the text asks for by its own words, and what is worth a second look before it is sent."""

from collections.abc import Collection
from html import escape

import streamlit as st

from model.language import _, many, number
from response import own
from response.drafts import Outlook
from response.hints import Hints, hints
from response.views import ResponseView
from store.db import store
from store.responses import Response
from web.ui import lists, words

_SHOWN = 90


def by_its_words(view: ResponseView, response: Response, outlook: Outlook) -> None:
    """For a text of our own: which matters its words touch, and whether it needs more or less than stands above."""
    lines = []
    if outlook.route.steps != view.outlook.route.steps:
        levels = words.listed([words.level(step.level) for step in outlook.route.steps], 5, "and")
        lines.append(
            many(
                "As it reads now it needs {n} approval: {levels}.",
                "As it reads now it needs {n} approvals: {levels}.",
                len(outlook.route.steps),
                levels=levels,
            )
            if levels
            else _("As it reads now it needs no approval.")
        )
        lines += [f"{_(reason.says)}." for reason in outlook.route.because if reason.levels]
    with store().read() as tx:
        found = dict.fromkeys(one.label for one in own.concerns(tx, response.draft))
    if found:
        lines.append(_("Its words touch: {matters}.", matters=words.listed(list(found), 5, "and")))
    if lines:
        st.html(f"<p class='lh-note' role='status'>{escape(' '.join(lines))}</p>")


def before_you_send(text: str, comment: str = "", known: Collection[str] = ()) -> None:
    """The hints, as a list; they stop nothing."""
    if made := block(hints(text, comment, known)) if text.strip() else "":
        st.html(made)


def block(found: Hints) -> str:
    """The hints as escaped HTML; empty when there is nothing to look at."""
    rows = []
    if found.asked:
        done = len(found.asked) - len(found.open)
        took = _("{done} of {all} taken up", done=number(done), all=number(len(found.asked)))
        rows.append((_("What was asked"), took))
        rows += [(_("Perhaps still open"), f"“{lists.shortened(one, _SHOWN)}”") for one in found.open]
    told = ((_("Promised for"), found.dates), (_("Named"), found.people), (_("Leads to"), found.links))
    for label, each in told:
        if each:
            rows.append((label, " · ".join(lists.shortened(one, _SHOWN) for one in each)))
    if not rows:
        return ""
    lines = "".join(f"<div><dt>{escape(label)}</dt><dd dir='auto'>{escape(said)}</dd></div>" for label, said in rows)
    return f"<section class='lh-hints'><h2>{escape(_('Before you send'))}</h2><dl>{lines}</dl></section>"
