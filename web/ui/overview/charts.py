"""The charts of the overview that are about comments. Pure; colours and style are the house's."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from html import escape
from textwrap import wrap

import plotly.graph_objects as go

from analysis import figures
from model.language import Labels, _, later, number
from model.tally import Day, Ours, Tally
from web.ui.charts import BLUE, GREY, ORANGE, counted, figure, kept
from web.ui.overview import cost
from web.ui.overview.gather import Compared

_DAY_MS = 86_400_000
_LOWER, _BETWEEN, _UPPER = [0, 0.56], [0.58, 0.75], [0.77, 1]
MARKS = {Ours.REPLY: "triangle-up", Ours.POST: "square", Ours.STATEMENT: "star"}
"""What of ours is told apart by its shape: replies stand at the foot of the bars, the others above them."""
_PLACES, _PLACE_OF_SIGNS = {Ours.POST: 0.1, Ours.STATEMENT: 0.9}, 0.5
OURS = Labels(
    {
        Ours.REPLY: later("replies published"),
        Ours.POST: later("posts of our own"),
        Ours.STATEMENT: later("statements to several channels"),
    }
)
SIGN = "sign"
"""What the mark of an early sign says that it is, in the place where others say what of ours they are."""
SHOWN = 6
"""Bars of a chart by names."""


def every_day(days: Sequence[Day], *, weekly: bool = False) -> tuple[Day, ...]:
    """The days (or weeks) with those between them on which nothing was left, so that a gap is seen as one."""
    if not days:
        return ()
    known, step = {one.day: one for one in days}, 7 if weekly else 1
    length = (days[-1].day - days[0].day).days // step + 1
    every = [days[0].day + timedelta(days=step * n) for n in range(length)]
    return tuple(known.get(one, Day(one, Tally())) for one in every)


@kept
def over_time(
    days: Sequence[Day],
    posts: Sequence[date],
    ours: Sequence[tuple[Ours, date, int]],
    weekly: bool,
    signs: Sequence[tuple[date, str]] = (),
) -> go.Figure:
    """Below, comments as bars, those that needed a person in orange; above, the mean sentiment. The posts are numbered
    lines; days on which something of ours went out have a mark, each kind one of its own, and so have those of early
    signs, with what they were."""
    made, x = figure(235), [one.day for one in days]
    calm = [one.tally.comments - one.tally.flagged for one in days]
    made.add_bar(x=x, y=calm, name=_("left in peace"), marker_color=GREY)
    made.add_bar(x=x, y=[one.tally.flagged for one in days], name=_("needed a person"), marker_color=ORANGE)
    mood = [figures.mean_sentiment(one.tally) for one in days]
    rounded = [None if value is None else round(value, 2) for value in mood]
    line = {"x": x, "y": rounded, "yaxis": "y2", "name": _("mean sentiment"), "line_color": BLUE}
    made.add_scatter(**line, mode="lines+markers", marker_size=4)
    for what, symbol in MARKS.items():
        sent = [(day, n) for of, day, n in ours if of is what and days[0].day <= day <= days[-1].day] if days else []
        if not sent:
            continue
        made.add_scatter(
            x=[day for day, _n in sent],
            y=[_PLACES.get(what, 0)] * len(sent),
            yaxis="y3" if what in _PLACES else "y",
            customdata=[(n, what.value) for _day, n in sent],
            mode="markers",
            marker={"symbol": symbol, "size": 11, "color": BLUE, "line": {"width": 1, "color": "#FFFFFF"}},
            name=OURS[what],
            hovertemplate="%{customdata[0]}",
            cliponaxis=False,
        )
    if signs:
        made.add_scatter(
            x=[day for day, _said in signs],
            y=[_PLACE_OF_SIGNS] * len(signs),
            yaxis="y3",
            mode="markers",
            marker={"symbol": "diamond", "size": 11, "color": ORANGE, "line": {"width": 1, "color": "#FFFFFF"}},
            name=_("early sign"),
            customdata=[(0, SIGN)] * len(signs),
            hovertext=["<br>".join(map(escape, wrap(said, 60))) for _day, said in signs],
            hoverinfo="x+text",
            cliponaxis=False,
        )
    for place, day in enumerate(posts, start=1):
        made.add_shape(
            type="line", x0=day, x1=day, y0=0, y1=1, yref="paper", line={"color": GREY, "width": 1, "dash": "dot"}
        )
        made.add_annotation(
            x=day, y=1, yref="paper", yanchor="bottom", text=str(place), showarrow=False, bordercolor=GREY
        )
    made.add_shape(
        type="line", x0=0, x1=1, xref="paper", y0=0, y1=0, yref="y2", line={"color": GREY, "width": 1, "dash": "dot"}
    )
    made.update_layout(
        barmode="stack",
        yaxis={"domain": _LOWER, "title": _("comments"), "rangemode": "tozero"},
        yaxis3={"domain": _BETWEEN, "range": [0, 1], "visible": False, "fixedrange": True},
        yaxis2={"domain": _UPPER, "range": [-1, 1], "title": _("sentiment"), "tickvals": [-1, 0, 1], "fixedrange": True}
        | {"gridcolor": "rgba(132,147,160,.25)", "zeroline": False},
        hovermode="closest",  # of all that stands on a day, what is pointed at is what a click means
    )
    return _dated(made, days, weekly)


@kept
def share(days: Sequence[Day], weekly: bool) -> go.Figure:
    """The share of comments that needed a person, in percent of each day's; days with few comments are pale, and say
    how many of how many instead."""
    made, left = figure(165), [one for one in days if one.tally.comments]
    made.add_bar(
        x=[one.day for one in left],
        y=[round(100 * one.tally.flagged / one.tally.comments, 1) for one in left],
        marker={"color": ORANGE, "opacity": [1 if one.tally.comments >= figures.FEW else 0.45 for one in left]},
        name=_("needed a person"),
        hovertext=[cost.share(one.tally.flagged, one.tally.comments) for one in left],
        hoverinfo="x+text",
    )
    made.update_layout(yaxis={"title": _("percent"), "rangemode": "tozero"})
    return _dated(made, days, weekly)


def _dated(made: go.Figure, days: Sequence[Day], weekly: bool) -> go.Figure:
    """Ticks on whole days or weeks: each of a few, or about eight of many."""
    length = 7 if weekly else 1
    made.update_xaxes(dtick=_DAY_MS * length * max(1, round(len(days) / 8)))
    if days:
        edge = timedelta(days=0.6 * length)
        begin = datetime.combine(days[0].day, time())
        made.update_xaxes(range=[begin - edge, datetime.combine(days[-1].day, time()) + edge])
    return made


@kept
def names(rows: Sequence[tuple[str, int, str]]) -> go.Figure:
    """Lying bars: a name, a count, and what stands beside it. The first one is in orange."""
    rows = rows[:SHOWN]
    made = figure(165)
    made.add_bar(
        y=[cut(name) for name, *_more in rows],
        x=[value for _name, value, _text in rows],
        text=[text for *_more, text in rows],
        textposition="outside",
        cliponaxis=False,
        marker_color=[ORANGE, *[GREY] * (len(rows) - 1)],
        orientation="h",
        hoverinfo="none",
    )
    most = max((value for _name, value, _text in rows), default=0)
    made.update_xaxes(visible=False, range=[0, most * 1.9 or 1])
    made.update_yaxes(autorange="reversed", tickmode="linear", showgrid=False)
    return made.update_layout(hovermode="closest", margin={"l": 4, "r": 8, "t": 4, "b": 4, "pad": 4})


def cut(name: str, most: int = 22) -> str:
    """A name as far as there is room for it."""
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"


def compared(rows: Sequence[Compared], called: Mapping[str, str]) -> tuple[tuple[str, int, str], ...]:
    """For the chart by names: what there is of each matter and what is usual."""
    return tuple(
        (
            called.get(one.name, one.name),
            one.now,
            _beside(one),
        )
        for one in rows
    )


def _beside(one: Compared) -> str:
    n = number(one.now)
    if one.usual is None:
        return n
    m = number(one.usual.middle)
    if one.compared == one.now:
        return _("{n}, usual {m}", n=n, m=m)
    return _("{n}; compared: {part}, usual {m}", n=n, part=number(one.compared), m=m)


@kept
def ages(counts: Sequence[int], labels: Sequence[str]) -> go.Figure:
    """Open cases by age, each bar with its number."""
    return counted(list(labels), list(counts), [number(count) for count in counts])
