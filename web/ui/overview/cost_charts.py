"""The charts about first answers and approval, from plain values. Pure; colours and style are the house's.

A line of a chart is a level (or one of its channels), a channel, or a severity. Marks differ in shape, not in colour
alone. A bar that nobody sees lies over each line of the waits, so that a click hits the line and not a mark.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from analysis import waiting
from analysis.waiting import MANY, Lengths, Waited
from model.language import _, number
from web.ui import words
from web.ui.charts import BLUE, GREY, ORANGE, figure, kept
from web.ui.overview.charts import cut

_LINE, _AROUND = 24, 34
_LEAST_S = 60
_TICKS_S = (_LEAST_S, 600, 3600, 4 * 3600, 86400, 7 * 86400, 30 * 86400, 182 * 86400, 730 * 86400)
_MOST_TICKS, _BETWEEN_S = 5, (600, 4 * 3600)
HATCHES = ("", "/", "x", ".", "-")
_SHADES = (GREY, BLUE, ORANGE, "#5E6C78", "#7FB2D9")


@dataclass(frozen=True, slots=True)
class Waits:
    """A line of the chart of waits: its name, and how many waits of each length (by step) were over or were not."""

    name: str
    over: tuple[tuple[int, int], ...]
    open: tuple[tuple[int, int], ...]

    @property
    def waited(self) -> Waited:
        return waiting.waited(Lengths(dict(self.over), dict(self.open)))


@dataclass(frozen=True, slots=True)
class Bars:
    """A line of a chart of counts: its name, the parts of its bar, what stands beside it, and whether it is of few."""

    name: str
    parts: tuple[float, ...]
    beside: str
    few: bool = False


def of(name: str, waits: Lengths) -> Waits:
    """A line, as a chart can be kept by it."""
    return Waits(name, *(tuple(sorted((at, n) for at, n in some.items() if n)) for some in (waits.over, waits.open)))


def _at(step: int) -> float:
    """Where a wait stands: all that are under a minute at one."""
    return max(_LEAST_S, waiting.seconds(step))


def _over(longest: float) -> str:
    return _("over {time}", time=words.span(longest))


def told(one: Waits) -> str:
    """What is known of a line, for who points at it."""
    waited = one.waited
    still = waited.n - waited.over
    said = [_("n = {n}", n=number(waited.n))]
    if waited.n < MANY:
        said.append(_("the longest {time}", time=words.span(waited.longest)))
    else:
        said += [
            f"{sign} {words.span(after) if after is not None else _over(waited.longest)}"
            for sign, after in (("●", waited.median), ("◆", waited.p90))
        ]
    if still:
        said.append(_("▷ {n} without an end", n=number(still)))
    return " · ".join(said)


@kept
def waits(lines: Sequence[Waits]) -> go.Figure:
    """From left to right the time, by its logarithm. Of many a circle after half and a diamond after nine in ten; of
    few each wait as a dot. A triangle points on from what has no end."""
    made = figure(_LINE * len(lines) + _AROUND)
    lengths = [_at(at) for one in lines for at, _n in (*one.over, *one.open)]
    low, high = min(lengths, default=_LEAST_S), max(lengths, default=86400)
    room = (high / low) ** 0.25  # for what stands beside a mark
    low, high = low / max(1.6, room**0.5), high * max(3, room)
    made.add_bar(
        y=list(range(len(lines))),
        x=[high - low] * len(lines),
        base=[low] * len(lines),
        orientation="h",
        marker_color="rgba(0,0,0,0)",
        width=1,
        hovertext=[told(one) for one in lines],
        hoverinfo="text",
    )
    many = [(place, one.waited) for place, one in enumerate(lines) if one.waited.n >= MANY]
    far = [(place, _known(was.median, was)[0], _known(was.p90, was)[0]) for place, was in many]
    made.add_scatter(
        x=[value for _place, half, nine in far for value in (half, nine, None)],
        y=[value for place, _half, _nine in far for value in (place, place, None)],
        mode="lines",
        line={"color": BLUE, "width": 3},
        hoverinfo="skip",
    )
    for symbol, size, side, values in (
        ("circle", 11, "middle left", [(place, was.median, was) for place, was in many]),
        ("diamond", 11, "middle right", [(place, was.p90, was) for place, was in many if was.median is not None]),
    ):
        ends = [(place, *_known(after, was)) for place, after, was in values]
        made.add_scatter(
            x=[at for _place, at, _over in ends],
            y=[place for place, *_more in ends],
            text=[f" {_over(at) if over else words.span(at)} " for _place, at, over in ends],
            textposition=["middle right" if over else side for *_more, over in ends],
            mode="markers+text",
            marker={"symbol": ["triangle-right-open" if over else symbol for *_more, over in ends]}
            | {"size": size, "color": BLUE, "line": {"width": 2, "color": BLUE}},
            hoverinfo="skip",
            cliponaxis=False,
        )
    few = [(place, one) for place, one in enumerate(lines) if one.waited.n < MANY]
    for symbol, size, part in (("circle", 7, "over"), ("triangle-right-open", 9, "open")):
        dots = [(place, at, n) for place, one in few for at, n in getattr(one, part)]
        made.add_scatter(
            x=[_at(at) for _place, at, _n in dots],
            y=[place for place, *_more in dots],
            mode="markers",
            marker={"symbol": symbol, "size": [size + 2 * min(n - 1, 4) for *_more, n in dots], "color": GREY},
            hoverinfo="skip",
        )
    ticks = [at for at in _TICKS_S if low <= at <= high]
    if len(ticks) > _MOST_TICKS:
        ticks = [at for at in ticks if at not in _BETWEEN_S]
    made.update_xaxes(type="log", range=[math.log10(low), math.log10(high)], tickformat="", hoverformat="")
    made.update_xaxes(tickvals=ticks, ticktext=[words.span(at) for at in ticks], tickangle=0)
    made.update_xaxes(showgrid=True, gridcolor="rgba(132,147,160,.25)")
    return _lines(made, [_("{name}, n = {n}", name=cut(one.name), n=number(one.waited.n)) for one in lines])


def _known(after: float | None, waited: Waited) -> tuple[float, bool]:
    """Where a mark stands, and whether it only says: later than this."""
    return (waited.longest, True) if after is None else (after, False)


@kept
def bars(lines: Sequence[Bars], parts: Sequence[str]) -> go.Figure:
    """Lying bars whose parts are told apart by their hatching, with a legend where there are several; pale: of few."""
    several = len(parts) > 1
    made = figure(_LINE * len(lines) + (_AROUND if several else 12))
    for at, part in enumerate(parts):
        made.add_bar(
            y=list(range(len(lines))),
            x=[one.parts[at] for one in lines],
            name=part,
            orientation="h",
            marker={
                "color": _SHADES[at],
                "opacity": [0.45 if one.few else 1 for one in lines],
                "pattern": {"shape": HATCHES[at], "fgcolor": "#FFFFFF", "fillmode": "overlay", "size": 6},
            },
            hovertext=[f"{part}: {number(one.parts[at])}" for one in lines],
            hoverinfo="text" if several else "none",
        )
    most = max((sum(one.parts) for one in lines), default=0)
    made.add_scatter(
        x=[sum(one.parts) for one in lines],
        y=list(range(len(lines))),
        text=[f" {one.beside}" for one in lines],
        textposition="middle right",
        mode="text",
        hoverinfo="skip",
        cliponaxis=False,
        showlegend=False,
    )
    made.update_xaxes(visible=False, range=[0, most * 1.9 or 1])
    made.update_layout(
        barmode="stack",
        showlegend=several,
        legend={"orientation": "h", "x": 0, "xref": "container", "y": 1, "yref": "container", "yanchor": "top"}
        | {"itemclick": False, "itemdoubleclick": False, "traceorder": "normal"},
    )
    if several:
        made.update_layout(margin_t=_AROUND - 6)
    return _lines(made, [cut(one.name) for one in lines])


def _lines(made: go.Figure, names: Sequence[str]) -> go.Figure:
    made.update_yaxes(
        tickmode="array",
        tickvals=list(range(len(names))),
        ticktext=list(names),
        range=[len(names) - 0.5, -0.5],
        showgrid=False,
        nticks=None,
    )
    return made.update_layout(
        hovermode="closest", margin={"l": 4, "r": 8, "b": 4, "pad": 4} | {"t": made.layout.margin.t}
    )
