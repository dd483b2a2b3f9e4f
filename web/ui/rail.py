"""Beside the thread: why a case is here, who wrote the comment, what was asked, and what happened."""

from collections.abc import Callable
from html import escape

import streamlit as st

from response.views import CaseView
from web.ui import reading, words
from web.ui.author import author
from web.ui.softening import holds


def rail(view: CaseView, soften: int, notes: Callable[[], None]) -> None:
    """The side of a case; words of comments from the severity `soften` on are hidden. `notes` draws what the team says
    of the author, between the author and the history."""
    who = author(view.author, view.source.name, soften)
    st.html(f"<div class='lh-side'>{why(view, soften)}{who}</div>")
    notes()
    st.html(f"<div class='lh-side'>{before(view)}{asked(view)}{history(view)}</div>")


def why(view: CaseView, soften: int) -> str:
    """The reasons of the comment that matters."""
    hide = bool(holds(view.lead.flagged_severity, soften))
    return f"<h2>Why it is here</h2>{reading.why(reading.concern(view.assessments.get(view.lead.id)), hide=hide)}"


def before(view: CaseView) -> str:
    """What was decided before in this thread."""
    if view.previous is None:
        return ""
    closed = words.exact(view.previous.closed_at)
    reason = f": “<bdi>{escape(view.previous_reason)}</bdi>”" if view.previous_reason else ""
    return f"<h2>Before</h2><p>This thread had a case, {view.previous.outcome} {closed}{reason}</p>"


def asked(view: CaseView) -> str:
    """What was asked of others, with their answers."""
    parts = []
    for one in view.escalations:
        to = view.names.get(one.to_person_id or 0) or words.level(one.to_level or 0)
        answer = f"<br>“<bdi>{escape(one.answer)}</bdi>”" if one.answer else ""
        said = f"{escape(one.by_name)} to {escape(to)}, {words.age(one.at)}"
        parts.append(f"<div class='lh-note'>“<bdi>{escape(one.text)}</bdi>”{answer}<small>{said}</small></div>")
    return f"<h2>Asked</h2>{''.join(parts)}" if parts else ""


def history(view: CaseView) -> str:
    """What happened, newest first: the newest eight, the rest a click away."""
    lines = [
        f"<p><time class='when' title='{words.exact(event.at)}'>{words.age(event.at)}</time>"
        f"{escape(words.happened(event, view.names, view.does))}</p>"
        for event in view.history
    ]
    rest = f"<details><summary>{len(lines) - 8} earlier</summary>{''.join(lines[8:])}</details>" if lines[8:] else ""
    return f"<h2>History</h2>{''.join(lines[:8])}{rest}"
