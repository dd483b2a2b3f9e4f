"""What stands above the editor before a word is written: who must approve, why, how long it takes, what needs less."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.words import Channel
from response import template_use
from response.foresight import Foresight, foresee
from response.views import ResponseView
from store.answers import LEAST
from store.db import store
from web import frame
from web.ui import reading, waits, words


def needs(view: ResponseView) -> None:
    """Which levels this reply needs, who they are, which rule asks for each, and what can be known of the wait."""
    steps = view.outlook.route.steps
    asked = [[view.names[one] for one in sorted(ids)] for ids in view.outlook.asked]
    needed = f"needs {words.count(len(steps), 'approval')}" if steps else "needs no approval"
    st.subheader(f"This {'reply' if view.comment else 'response'} {needed}", anchor=False)
    where = " and ".join(words.CHANNEL[Channel(channel)] for channel in sorted(view.channels))
    parts = [reading.route(steps, asked, first="You write", last=f"On: {where}")]
    covered = any(reason.rule == template_use.RULE for reason in view.outlook.route.because)
    if not steps and not covered:
        parts.append(_quiet("It is within your own authority. It goes out when the seconds to undo are over."))
    if view.comment is None and not view.response.draft:
        parts.append(_quiet("So much for where it goes. What its words are about may ask for more."))
    for reason in view.outlook.route.because:
        asks = f": {_all(reason.levels)}. Rule “{reason.rule}”." if reason.levels else "."
        parts.append(_quiet(f"{reason.says}{asks}"))
    if steps:
        seen = foresee(store(), view.response.id, frozenset(step.level for step in steps))
        parts.append(_quiet(usually([step.level for step in steps], seen)))
        lines = "".join(f"<li>{escape(line)}</li>" for line in fewer(seen, own=view.comment is None))
        parts.append(
            f"<details class='lh-fewer'><summary>What would need fewer levels</summary><ul>{lines}</ul></details>"
        )
    st.html("".join(parts))
    if view.outlook.empty_level is not None:
        frame.problem(waits.beforehand(view.outlook.empty_level))


def _all(levels: Sequence[int]) -> str:
    """'level 1, level 2 and level 3'."""
    *first, last = [words.level(number) for number in levels] or ["no level"]
    return f"{', '.join(first)} and {last}" if first else last


def _quiet(text: str) -> str:
    return f"<p class='lh-quiet'>{escape(text)}</p>"


def usually(levels: list[int], seen: Foresight) -> str:
    """'Level 1 usually answers in 50 min (median of 23). How long level 2 takes is not known yet: fewer than 5
    answers.'"""
    known = [
        f"{words.level(level)} usually answers in {words.span(seen.usual[level].seconds)}"
        f" (median of {seen.usual[level].n})"
        for level in levels
        if level in seen.usual
    ]
    other = [level for level in levels if level not in seen.usual]
    said = f"{'; '.join(known)}. " if known else ""
    if other:
        said += f"How long {_all(other)} takes is not known yet: fewer than {LEAST} answers so far."
    said = said.strip()
    return said[:1].upper() + said[1:]


def fewer(seen: Foresight, *, own: bool = False) -> list[str]:
    """What the author can change, each as a sentence; else why nothing can be. `own`: there is no comment behind it."""
    what = "text" if own else "comment"
    lines = []
    for way in seen.ways:
        saved = _all(sorted(way.saves))
        if way.leave is not None:
            lines.append(f"If it does not go to {words.CHANNEL[way.leave]}, {saved} need not approve.")
        else:
            lines.append(
                f"The {what} could not be assessed in full, so the stricter rules ask. Were it known to be harmless, "
                f"{saved} need not approve."
            )
    if not lines:
        lines.append(
            "Where it goes can take none off."
            if own
            else "Nothing that you can change: what the comment says asks for these levels."
        )
    if seen.escalated:
        levels = _all(sorted(seen.escalated))
        lines.append(f"Somebody escalated the case to {levels}; that stays whatever you write.")
    if own:
        lines.append("The rules read these words of your own: other words may need fewer levels, or more.")
        return lines
    lines.append(
        "No rule reads your own words, so neither a promise nor a link changes the route. A template that was approved "
        "beforehand does: filled in and left as it is, it needs only what its own approval lacks."
    )
    return lines
