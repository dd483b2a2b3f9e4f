"""Beside the thread: why a case is here, who wrote the comment, what was asked, and what happened."""

from collections.abc import Callable
from html import escape

import streamlit as st

from model.language import _, many
from response.states import STATE
from response.views import CaseView
from web.ui import reading, telling, words
from web.ui.author import author
from web.ui.softening import holds

_SHOWN = 8
_RAISES = ("case.opened", "case.graver")


def rail(view: CaseView, soften: int, notes: Callable[[], None]) -> None:
    """The side of a case; words of comments from the severity `soften` on are hidden. `notes` draws what the team says
    of the author and what is like the case, between the author and the history."""
    who = author(view.author, view.source.name, soften)
    st.html(f"<div class='lh-side'>{why(view, soften)}{tells(view, soften)}{who}</div>")
    notes()
    st.html(f"<div class='lh-side'>{before(view)}{asked(view)}{history(view)}</div>")


def why(view: CaseView, soften: int) -> str:
    """The reasons of the comment that matters."""
    hide = bool(holds(view.lead.flagged_severity, soften))
    reasons = reading.why(reading.concern(view.assessments.get(view.lead.id)), hide=hide)
    return f"<h2>{escape(_('Why it is here'))}</h2>{reasons}{_second(view)}"


def _second(view: CaseView) -> str:
    """When a second look raised the case or made it graver: nobody wonders then why it came late."""
    looks = [one for one in view.history if one.data.get("second") and one.action in _RAISES]
    if not looks:
        return ""
    when = words.exact(looks[0].at)
    said = (
        _("Raised on a second look, {when}.", when=when)
        if looks[0].action == "case.opened"
        else _("Graver on a second look, {when}.", when=when)
    )
    return f"<p class='lh-quiet'>{escape(said)}</p>"


def tells(view: CaseView, soften: int) -> str:
    """What each signal says of the comment that matters, and of its thread."""
    hide = bool(holds(view.lead.flagged_severity, soften))
    told = telling.told(view.assessments.get(view.lead.id), view.lead.text, hide=hide)
    return told + telling.of_thread(view.thread_signals)


def before(view: CaseView) -> str:
    """What was decided before in this thread."""
    if view.previous is None:
        return ""
    ended = STATE.get(view.previous.outcome, "")
    closed = words.exact(view.previous.closed_at)
    said = escape(_("This thread had a case, {ended} {when}", ended=ended, when=closed))
    reason = f": “<bdi>{escape(view.previous_reason)}</bdi>”" if view.previous_reason else ""
    return f"<h2>{escape(_('Before'))}</h2><p>{said}{reason}</p>"


def asked(view: CaseView) -> str:
    """What was asked of others, with their answers."""
    parts = []
    for one in view.escalations:
        to = view.names.get(one.to_person_id or 0) or words.level(one.to_level or 0)
        answer = f"<br>“<bdi>{escape(one.answer)}</bdi>”" if one.answer else ""
        said = escape(_("{name} to {to}, {when}", name=one.by_name, to=to, when=words.age(one.at)))
        exact = escape(words.exact(one.at))
        parts.append(
            f"<div class='lh-note'>“<bdi>{escape(one.text)}</bdi>”{answer}<small title='{exact}'>{said}</small></div>"
        )
    return f"<h2>{escape(_('Asked'))}</h2>{''.join(parts)}" if parts else ""


def history(view: CaseView) -> str:
    """What happened, newest first: the newest eight, the rest a click away."""
    lines = [
        f"<p><time class='when' title='{escape(words.exact(event.at))}'>{escape(words.age(event.at))}</time>"
        f"{escape(words.happened(event, view.names, view.does))}</p>"
        for event in view.history
    ]
    earlier = escape(many("{n} earlier", "{n} earlier", len(lines[_SHOWN:])))
    rest = f"<details><summary>{earlier}</summary>{''.join(lines[_SHOWN:])}</details>" if lines[_SHOWN:] else ""
    return f"<h2>{escape(_('History'))}</h2>{''.join(lines[:_SHOWN])}{rest}"
