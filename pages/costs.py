"""What approval cost, and what went out: the responses behind a figure of the overview or of the report for the board,
and for who may see it what was changed."""

from datetime import timedelta
from html import escape

import streamlit as st

from access.permissions import Permission, may
from model.cost import ASKED_FOR, OWN_AUTHORITY, SEVERAL, Cold
from model.language import Labels, _, later, many
from model.words import Channel, ResponseState
from store import cost, goals
from store.cost import Behind
from store.db import store
from web import frame
from web.guard import guard
from web.ui import lists, reading, words
from web.ui.board import period as periods
from web.ui.board.period import Period
from web.ui.narrowed import day_of
from web.ui.overview import cost as figures
from web.ui.overview import went_out

me = guard(Permission.OVERVIEW)
if out := went_out.asked(st.query_params.to_dict()):
    went_out.show(me, *out)
    st.stop()
OUTCOME = Labels(
    {
        "": later("All that came there"),
        "changed": later("Changes were asked for"),
        "refused": later("Said no"),
        "cold": later("Went cold"),
    }
)
asked = st.query_params.to_dict()
own = asked.get("level") == str(OWN_AUTHORITY)
level = OWN_AUTHORITY if own else min(lists.number(asked.get("level")) or 0, 5)
outcome = asked.get("outcome", "")
outcome = outcome if outcome in OUTCOME and not own else ""
kind = asked.get("kind", "replies")
kind = kind if kind in figures.KINDS else "replies"
channel = asked.get("channel", "")
channel = channel if channel in {SEVERAL, *(one.value for one in Channel)} else ""
days = min(lists.number(asked.get("days")) or 60, 3650)
first, last = day_of(asked.get("since", "")), day_of(asked.get("until", ""))
period = Period(first, last) if first and last and first <= last else None
# What was written stands on the pages of those who write and those who decide; others see how it went.
reads = may(me, Permission.TRIAGE) or may(me, Permission.DECIDE)


def how(one: Behind) -> str:
    """How it went at this level, in words."""
    of, said = one.cost, [figures.channel_named(one.cost.channel)]
    if of.since is not None:
        said.append(_("waits since {when}", when=words.moment(of.since)))
    elif level != OWN_AUTHORITY:
        said.append(_("waited {time}", time=words.span(of.waited_s)))
    if of.changed == ASKED_FOR:
        said.append(_("changes asked for, none made so far"))
    elif of.changed:
        said.append(_("changed: {kind}", kind=figures.CHANGED[of.changed]))
    if of.refused:
        said.append(_("said no"))
    if of.cold:
        said.append(_("went cold: {why}", why=figures.WENT_COLD[Cold(of.cold)]))
    return " · ".join([*said, words.NOW[ResponseState(one.state)]])


def row(one: Behind, texts: dict[tuple[int, int], str], begins: str) -> str:
    """A line: which response, how it begins, how it went, and what was changed."""
    of = one.cost
    name = escape(_("Response {id}", id=of.response_id))
    if one.case_id is not None and may(me, Permission.TRIAGE):
        name = f"<a href='/queue?case={one.case_id}' target='_self'>{name}</a>"
    before, after = (texts.get((of.response_id, at or 0)) for at in (of.from_version, of.to_version))
    change = ""
    if before is not None and after is not None:
        shown = escape(_("What was changed"))
        change = f"<details><summary>{shown}</summary>{reading.difference(before, after)}</details>"
    said = f" {escape(lists.shortened(begins, 90))}" if begins else ""
    return f"<li><strong>{name}</strong>{said} <small>{escape(how(one))}</small>{change}</li>"


first_day = (period.since if period else (words.now() - timedelta(days=days)).date()).isoformat()
after = (period.until + timedelta(days=1)).isoformat() if period else "9999"
with store().read() as tx:
    actions, before = sorted(figures.KINDS[kind]), lists.number(asked.get("before"))
    goal_id = lists.number(asked.get("goal"))
    goal = goals.get(tx, goal_id) if goal_id is not None else None
    found = cost.behind(
        tx, level, actions, outcome, first_day, before, channel, until=after, goal_id=goal.id if goal else None
    )
    shown = found[: cost.PAGE]
    wanted = [
        (one.cost.response_id, version)
        for one in shown
        if reads
        for version in (one.cost.from_version, one.cost.to_version)
        if version is not None
    ]
    texts = cost.texts(tx, wanted)
    begins = cost.beginnings(tx, [one.cost.response_id for one in shown]) if reads else {}
frame.heading(
    _("{level}: {what}", level=figures.level_named(level), what=OUTCOME[outcome]),
    " · ".join(
        [
            figures.KIND[kind],
            *([figures.channel_named(channel)] if channel else []),
            *([goal.name] if goal else []),
            periods.said(period) if period else many("of the last {n} day", "of the last {n} days", days),
        ]
    ),
)
if found:
    st.html(
        f"<ul class='lh-rows'>{''.join(row(one, texts, begins.get(one.cost.response_id, '')) for one in shown)}</ul>"
    )
else:
    frame.quiet(_("There is no such response in this time."))
st.html(f"<p class='lh-way'><a href='/overview' target='_self'>{escape(_('Back to the overview'))}</a></p>")
if len(found) > cost.PAGE and st.button(_("Further back")):
    st.query_params["before"] = str(shown[-1].cost.response_id)
    st.rerun()
