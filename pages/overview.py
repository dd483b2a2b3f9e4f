"""Overview: is it calm, what is left here, and how long approval takes."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from access.permissions import Permission
from model.language import _, many, number, sense
from store import cases, metrics, queue, sources
from store.db import store
from web import frame
from web.guard import guard
from web.ui import charts, first, words
from web.ui.overview import cost

me = guard(Permission.OVERVIEW)
PERIODS = {days: many("{n} day", "{n} days", int(days)) for days in ("14", "60")} | {"365": _("A year")}


def card(title: str, line: str, figure: go.Figure, rows: Sequence[tuple[object, ...]], columns: list[str]) -> None:
    """A chart with its finding, its units and n, and its numbers a click away."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="top", wrap=False):
            st.html(
                f"<div class='lh-side'><h2>{escape(title)}</h2><p class='lh-quiet'>{escape(line)}</p></div>",
                width="stretch",
            )
            if rows:
                with st.popover(_("Numbers"), type="tertiary", width="content"):
                    st.dataframe(pd.DataFrame(list(rows), columns=columns), hide_index=True, alt=title)
        if rows:
            st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=f"{title}. {line}", key=title)
        else:
            frame.quiet(_("There is nothing to show for this time yet."))


def signed(value: float) -> str:
    """A mean with its sign: '+0.12', '-0.30'."""
    return f"{value:+.2f}"[0] + number(abs(round(value, 2)), 2)


days_back = st.query_params.get("days", "14")
days_back = days_back if days_back in PERIODS else "14"
now = words.now()
since = now - timedelta(days=int(days_back))
with store().read() as tx:
    days = metrics.days(tx, since, words.zone())
    ages = metrics.open_ages(tx, now)
    waits = metrics.waits_by_level(tx, since, now)
    waiting_now, opened, read_at = metrics.waiting_now(tx), cases.count_open(tx), metrics.last_read(tx)
    needed = queue.count_to_do(tx, now)
    begun = bool(sources.every(tx))

if not begun:
    frame.heading(_("Overview"))
    first.no_source(me)
    st.stop()
total, flagged = sum(day.comments for day in days), sum(day.flagged for day in days)
mood = sum(day.sentiment_sum for day in days) / total if total else 0.0
verdict = many("{n} case needs a person", "{n} cases need a person", needed)
verdict = verdict if needed else _("Nothing needs a person now")
if needed == queue.COUNTED:
    verdict = _("More than {n} cases need a person", n=number(needed - 1))
line = [many("{n} case open", "{n} cases open", opened)] if opened > needed else []
line.append(_("last read {ago}", ago=words.ago(read_at)) if read_at else _("no source was read yet"))
frame.heading(verdict, " · ".join(line))
picked = st.segmented_control(
    _("Period"),
    list(PERIODS),
    default=days_back,
    format_func=PERIODS.get,
    required=True,
    label_visibility="collapsed",
)
if picked != days_back:
    st.query_params["days"] = picked
    st.rerun()

with st.container(horizontal=True, key="figures"):
    share = _("{n}%", n=number(flagged / total * 100)) if total else sense("a mean", "none")
    average = signed(mood) if total else sense("a mean", "none")
    st.metric(_("Comments"), number(total), border=True)
    st.metric(sense("comments", "Flagged"), share, border=True)
    st.metric(_("Mean sentiment"), average, border=True)
    st.metric(_("Oldest open case"), words.span(ages[0]) if ages else sense("a case", "none"), border=True)
    st.metric(_("Waiting for approval"), number(waiting_now), border=True)

card(
    many("{n} comment in a year", "{n} comments in a year", total)
    if days_back == "365"
    else many("{n} comment in {days} days", "{n} comments in {days} days", total, days=days_back),
    _("Comments a day, flagged in orange, n = {n}", n=number(total)),
    charts.volume(days),
    [(day.day, day.comments, day.flagged) for day in days],
    [_("day"), _("comments"), _("flagged")],
)
left, right = st.columns(2)
with left:
    card(
        _("Sentiment is {average} on average", average=average) if total else _("No mood to show yet"),
        _("Mean sentiment a day, -1 to +1, n = {n}", n=number(total)),
        charts.sentiment(days),
        [(day.day, round(day.sentiment_sum / day.comments, 3), day.comments) for day in days],
        [_("day"), _("mean sentiment"), _("comments")],
    )
    counts = charts.age_counts(ages)
    card(
        _("The oldest open case is {age} old", age=words.span(ages[0])) if ages else _("No case is open"),
        _("Open cases by age, n = {n}", n=number(len(ages))),
        charts.ages(counts),
        counts if ages else [],
        [_("age"), _("open cases")],
    )
with right:
    card(
        _("{flagged} of {total} comments were flagged", flagged=number(flagged), total=number(total))
        if flagged
        else _("No comment was flagged"),
        _("Share of a day's comments, percent, n = {n}", n=number(total)),
        charts.share(days),
        [(day.day, round(100 * day.flagged / day.comments, 1), day.comments) for day in days],
        [_("day"), _("flagged, percent"), _("comments")],
    )
    rows = charts.level_waits(waits)
    slowest = max(rows, key=lambda row: row[1], default=None)
    card(
        _("{level} takes longest: {time}", level=slowest[0], time=words.span(slowest[1] * 3600))
        if slowest
        else _("Nothing waited for approval"),
        _(
            "Median wait for approval by level, hours, n = {n}, those still waiting included",
            n=number(len(waits)),
        ),
        charts.waiting(rows),
        rows,
        [_("level"), _("median hours"), _("waits")],
    )
cost.draw(now, int(days_back))
