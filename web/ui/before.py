"""What stands above the editor before a word is written: who must approve, why, how long it takes, what needs less."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from model.language import _, later, many
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
    st.subheader(_needed(len(steps), own=view.comment is None), anchor=False)
    where = words.joined([words.CHANNEL[Channel(channel)] for channel in sorted(view.channels)])
    parts = [reading.route(steps, asked, first=_("You write"), last=_("On: {where}", where=where))]
    covered = any(reason.rule == template_use.RULE for reason in view.outlook.route.because)
    if not steps and not covered:
        parts.append(
            frame.quiet_line(_("It is within your own authority. It goes out when the seconds to undo are over."))
        )
    if view.comment is None and not view.response.draft:
        parts.append(frame.quiet_line(_("So much for where it goes. What its words are about may ask for more.")))
    for reason in view.outlook.route.because:
        why = _(reason.says)
        asks = _("{why}: {levels}. Rule “{rule}”.", why=why, levels=_all(reason.levels), rule=reason.rule)
        parts.append(frame.quiet_line(asks if reason.levels else f"{why}."))
    if steps:
        seen = foresee(store(), view.response.id, frozenset(step.level for step in steps))
        parts.append(frame.quiet_line(usually([step.level for step in steps], seen)))
        lines = "".join(f"<li>{escape(line)}</li>" for line in fewer(seen, own=view.comment is None))
        what = escape(_("What would need fewer levels"))
        parts.append(f"<details class='lh-fewer'><summary>{what}</summary><ul>{lines}</ul></details>")
    st.html("".join(parts))
    if view.outlook.empty_level is not None:
        frame.problem(waits.beforehand(view.outlook.empty_level))


def _needed(count: int, *, own: bool) -> str:
    """'This reply needs 2 approvals'."""
    if not count:
        return _("This response needs no approval") if own else _("This reply needs no approval")
    if own:
        return many("This response needs {n} approval", "This response needs {n} approvals", count)
    return many("This reply needs {n} approval", "This reply needs {n} approvals", count)


def _all(levels: Sequence[int]) -> str:
    """'level 1, level 2 and level 3'."""
    names = [words.level(one) for one in levels] or [_("no level")]
    return words.listed(names, len(names), "and")


def usually(levels: list[int], seen: Foresight) -> str:
    """'Level 1 usually answers in 50 min (median of 23). How long level 2 takes is not known yet: fewer than 5
    answers.'"""
    known = [
        _(
            "{level} usually answers in {span} (median of {n})",
            level=words.level(level),
            span=words.span(seen.usual[level].seconds),
            n=seen.usual[level].n,
        )
        for level in levels
        if level in seen.usual
    ]
    other = [level for level in levels if level not in seen.usual]
    said = [f"{'; '.join(known)}."] if known else []
    if other:
        said.append(
            _(
                "How long {levels} takes is not known yet: fewer than {least} answers so far.",
                levels=_all(other),
                least=LEAST,
            )
        )
    whole = " ".join(said)
    return whole[:1].upper() + whole[1:]


def fewer(seen: Foresight, *, own: bool = False) -> list[str]:
    """What the author can change, each as a sentence; else why nothing can be. `own`: there is no comment behind it."""
    unknown = (
        later(
            "The text could not be assessed in full, so the stricter rules ask. Were it known to be harmless, {levels}"
            " need not approve."
        )
        if own
        else later(
            "The comment could not be assessed in full, so the stricter rules ask. Were it known to be harmless,"
            " {levels} need not approve."
        )
    )
    lines = []
    for way in seen.ways:
        saved = _all(sorted(way.saves))
        if way.leave is not None:
            left = words.CHANNEL[way.leave]
            lines.append(_("If it does not go to {channel}, {levels} need not approve.", channel=left, levels=saved))
        else:
            lines.append(_(unknown, levels=saved))
    if not lines:
        lines.append(
            _("Where it goes can take none off.")
            if own
            else _("Nothing that you can change: what the comment says asks for these levels.")
        )
    if seen.escalated:
        levels = _all(sorted(seen.escalated))
        lines.append(_("Somebody escalated the case to {levels}; that stays whatever you write.", levels=levels))
    if own:
        lines.append(_("The rules read these words of your own: other words may need fewer levels, or more."))
        return lines
    lines.append(
        _(
            "No rule reads your own words, so neither a promise nor a link changes the route. A template that"
            " was approved beforehand does: filled in and left as it is, it needs only what its own approval"
            " lacks."
        )
    )
    return lines
