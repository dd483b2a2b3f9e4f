"""Overview: is it calm, what is left here, and how long approval takes."""

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from access.permissions import Permission
from store import cases, metrics, queue, sources
from store.db import store
from web import frame
from web.guard import guard
from web.ui import charts, first, words

me = guard(Permission.OVERVIEW)
PERIODS = {"14": "14 days", "60": "60 days", "365": "A year"}


def card(title: str, line: str, figure: go.Figure, rows: Sequence[tuple[object, ...]], columns: list[str]) -> None:
    """A chart with its finding, its units and n, and its numbers a click away."""
    with st.container(border=True):
        with st.container(horizontal=True, vertical_alignment="top", wrap=False):
            st.html(f"<div class='lh-side'><h2>{title}</h2><p class='lh-quiet'>{line}</p></div>", width="stretch")
            if rows:
                with st.popover("Numbers", type="tertiary", width="content"):
                    st.dataframe(pd.DataFrame(list(rows), columns=columns), hide_index=True, alt=title)
        if rows:
            st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=f"{title}. {line}", key=title)
        else:
            st.html("<p class='lh-quiet'>There is nothing to show for this time yet.</p>")


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
    frame.heading("Overview")
    first.no_source(me)
    st.stop()
total, flagged = sum(day.comments for day in days), sum(day.flagged for day in days)
mood = sum(day.sentiment_sum for day in days) / total if total else 0.0
verdict = "Nothing needs a person now" if not needed else f"{words.count(needed, 'case')} need a person"
verdict = "1 case needs a person" if needed == 1 else verdict
verdict = f"More than {needed - 1:,} cases need a person" if needed == queue.COUNTED else verdict
line = [f"{words.count(opened, 'case')} open"] if opened > needed else []
line.append(f"last read {words.ago(read_at)}" if read_at else "no source was read yet")
frame.heading(verdict, " · ".join(line))
picked = st.segmented_control(
    "Period", list(PERIODS), default=days_back, format_func=PERIODS.get, required=True, label_visibility="collapsed"
)
if picked != days_back:
    st.query_params["days"] = picked
    st.rerun()

with st.container(horizontal=True, key="figures"):
    st.metric("Comments", f"{total:,}", border=True)
    st.metric("Flagged", f"{flagged / total:.0%}" if total else "none", border=True)
    st.metric("Mean sentiment", f"{mood:+.2f}" if total else "none", border=True)
    st.metric("Oldest open case", words.span(ages[0]) if ages else "none", border=True)
    st.metric("Waiting for approval", f"{waiting_now:,}", border=True)

period = PERIODS[days_back].lower()
card(
    f"{total:,} comments in {period}",
    f"Comments a day, flagged in orange, n = {total:,}",
    charts.volume(days),
    [(day.day, day.comments, day.flagged) for day in days],
    ["day", "comments", "flagged"],
)
left, right = st.columns(2)
with left:
    card(
        f"Sentiment is {mood:+.2f} on average" if total else "No mood to show yet",
        f"Mean sentiment a day, -1 to +1, n = {total:,}",
        charts.sentiment(days),
        [(day.day, round(day.sentiment_sum / day.comments, 3), day.comments) for day in days],
        ["day", "mean sentiment", "comments"],
    )
    counts = charts.age_counts(ages)
    card(
        f"The oldest open case is {words.span(ages[0])} old" if ages else "No case is open",
        f"Open cases by age, n = {len(ages)}",
        charts.ages(counts),
        counts if ages else [],
        ["age", "open cases"],
    )
with right:
    card(
        f"{flagged:,} of {total:,} comments were flagged" if flagged else "No comment was flagged",
        f"Share of a day's comments, percent, n = {total:,}",
        charts.share(days),
        [(day.day, round(100 * day.flagged / day.comments, 1), day.comments) for day in days],
        ["day", "flagged, percent", "comments"],
    )
    rows = charts.level_waits(waits)
    slowest = max(rows, key=lambda row: row[1], default=None)
    card(
        f"{slowest[0]} takes longest: {words.span(slowest[1] * 3600)}" if slowest else "Nothing waited for approval",
        f"Median wait for approval by level, hours, n = {len(waits)}, those still waiting included",
        charts.waiting(rows),
        rows,
        ["level", "median hours", "waits"],
    )
