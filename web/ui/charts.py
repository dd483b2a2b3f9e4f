"""Plotly figures in the house's style, from plain values. Pure; the same figure serves both themes."""

from collections.abc import Callable, Hashable
from functools import lru_cache, wraps

import plotly.graph_objects as go

from model.language import _, current, number

GREY, ORANGE, BLUE = "#8493A0", "#D4711F", "#3A8BC2"
CONFIG = {"displayModeBar": False, "scrollZoom": False}


def kept(draw: Callable[..., go.Figure]) -> Callable[..., go.Figure]:
    """A chart is drawn once for the same values and language: to draw it costs more than all else on the page. What it
    is drawn from must be hashable, and nobody may change what comes back."""

    @lru_cache(maxsize=64)
    def drawn(_language: str, *values: Hashable) -> go.Figure:
        return draw(*values)

    @wraps(draw)
    def again(*values: Hashable) -> go.Figure:
        return drawn(current(), *values)

    return again


def figure(height: int) -> go.Figure:
    """An empty figure in the house's style."""
    made = go.Figure()
    made.update_layout(
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
    made.update_xaxes(
        showgrid=False, automargin=True, fixedrange=True, tickformat=_("%-d %b"), hoverformat=_("%b %-d, %Y")
    )
    made.update_yaxes(gridcolor="rgba(132,147,160,.25)", zeroline=False, nticks=4, automargin=True, fixedrange=True)
    return made


def counted(names: list[str], values: list[float] | list[int], labels: list[str]) -> go.Figure:
    made = figure(170)
    made.add_bar(
        x=names, y=values, text=labels, textposition="outside", cliponaxis=False, marker_color=GREY, hoverinfo="none"
    )
    return made.update_layout(hovermode="closest", xaxis={"tickmode": "linear"}, yaxis={"rangemode": "tozero"})
