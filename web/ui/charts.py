"""The charts of the overview: plotly figures from plain values. Pure; the same figure serves both themes."""

from collections.abc import Sequence
from datetime import timedelta
from statistics import median

import plotly.graph_objects as go

from model.language import Labels, _, later, number
from model.route import EXPERT
from store.metrics import Day, Wait
from web.ui import words

GREY, ORANGE, BLUE = "#8493A0", "#D4711F", "#3A8BC2"
CONFIG = {"displayModeBar": False, "scrollZoom": False}
_AGES = Labels(
    {
        4 * 3600: later("under 4 h"),
        86_400: later("4 to 24 h"),
        3 * 86_400: later("1 to 3 days"),
        float("inf"): later("over 3 days"),
    }
)
"""The ages of the chart, each up to so many seconds."""


def _figure(height: int) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        height=height,
        margin={"l": 4, "r": 8, "t": 22, "b": 4, "pad": 2},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        showlegend=False,
        dragmode=False,
        hovermode="x unified",
        separators=number(0.5, 1)[1] + number(1000)[1],
        bargap=0.28,
        font={"family": "Inter, sans-serif", "size": 12, "color": "#84939F"},  # as it is
        hoverlabel={"bgcolor": "#1A222A", "font": {"color": "#F2F5F7"}},
    )
    figure.update_xaxes(
        showgrid=False, automargin=True, fixedrange=True, tickformat=_("%-d %b"), hoverformat=_("%b %-d, %Y")
    )
    figure.update_yaxes(gridcolor="rgba(132,147,160,.25)", zeroline=False, nticks=4, automargin=True, fixedrange=True)
    return figure


def every_day(days: Sequence[Day]) -> list[Day]:
    """The days with those between them on which nothing was left, so that a gap is seen as one."""
    if not days:
        return []
    known = {day.day: day for day in days}
    length = (days[-1].day - days[0].day).days + 1
    return [known.get(one, Day(one, 0, 0, 0.0)) for one in (days[0].day + timedelta(n) for n in range(length))]


def volume(days: Sequence[Day]) -> go.Figure:
    """Comments a day as bars, the flagged ones in orange."""
    days = every_day(days)
    figure, x = _figure(190), [day.day for day in days]
    calm = [day.comments - day.flagged for day in days]
    figure.add_bar(x=x, y=calm, name=_("left in peace"), marker_color=GREY)
    figure.add_bar(x=x, y=[day.flagged for day in days], name=_("flagged"), marker_color=ORANGE)
    return _daily(figure, len(days)).update_layout(barmode="stack", yaxis_title=_("comments"))


def sentiment(days: Sequence[Day]) -> go.Figure:
    """Mean sentiment a day, -1 to +1, with a line at 0."""
    figure = _figure(170)
    figure.add_hline(y=0, line_dash="dot", line_color=GREY, line_width=1)
    figure.add_scatter(
        x=[day.day for day in days],
        y=[round(day.sentiment_sum / day.comments, 3) for day in days],
        mode="lines+markers",
        name=_("mean sentiment"),
        line_color=BLUE,
    )
    return _daily(figure, len(days)).update_layout(yaxis={"range": [-1, 1], "title": _("-1 to +1")})


def share(days: Sequence[Day]) -> go.Figure:
    """The share of comments that were flagged, in percent of each day's comments."""
    figure = _figure(170)
    values = [round(100 * day.flagged / day.comments, 1) for day in days]
    figure.add_bar(x=[day.day for day in days], y=values, name=_("flagged"), marker_color=ORANGE)
    return _daily(figure, len(days)).update_layout(yaxis={"title": _("percent"), "rangemode": "tozero"})


def _daily(figure: go.Figure, days: int) -> go.Figure:
    """Ticks on whole days: each of a few, or about eight of many."""
    step = max(1, round(days / 8))
    return figure.update_xaxes(dtick=86_400_000 * step)


def age_counts(ages: Sequence[float]) -> list[tuple[str, int]]:
    """How many open cases are how old, by the four ages of the chart."""
    counts, low = [], 0.0
    for high, name in _AGES.items():
        counts.append((name, sum(1 for age in ages if low <= age < high)))
        low = high
    return counts


def ages(counts: Sequence[tuple[str, int]]) -> go.Figure:
    """Open cases by age, each bar with its number."""
    figures = [count for name, count in counts]
    return _counted([name for name, count in counts], figures, [number(count) for count in figures])


def level_waits(found: Sequence[Wait]) -> list[tuple[str, float, int]]:
    """For each level its name, the median wait in hours, and how many waits that rests on."""
    levels = sorted({wait.level for wait in found})
    by_level = {level: [wait.seconds / 3600 for wait in found if wait.level == level] for level in levels}
    return [
        (_("Expert") if level == EXPERT else _("Level {level}", level=level), round(median(times), 2), len(times))
        for level, times in by_level.items()
    ]


def waiting(rows: Sequence[tuple[str, float, int]]) -> go.Figure:
    """The median wait for approval by level, in hours."""
    medians = [hours for name, hours, waits in rows]
    return _counted([name for name, hours, waits in rows], medians, [words.span(hours * 3600) for hours in medians])


def _counted(names: list[str], values: list[float] | list[int], labels: list[str]) -> go.Figure:
    figure = _figure(170)
    figure.add_bar(
        x=names, y=values, text=labels, textposition="outside", cliponaxis=False, marker_color=GREY, hoverinfo="skip"
    )
    return figure.update_layout(xaxis={"tickmode": "linear"}, yaxis={"rangemode": "tozero"})
