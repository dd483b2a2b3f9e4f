"""A card of the overview: a chart with its finding, its units and n, its numbers, and the way to what is behind it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from model.language import _
from store.export import table
from web import frame
from web.ui import charts

Way = tuple[str, Mapping[str, str]]
"""A page and the address to open it at."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a chart shows, as a table."""

    columns: Sequence[str]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Behind:
    """Where a click leads, for those who may go there: `of` a point of the chart as plotly tells it, and to `all` of it
    for those who do not click in charts."""

    all: Way
    label: str
    of: Callable[[Mapping[str, Any]], Way | None]


def card(
    key: str,
    title: str,
    line: str,
    figure: go.Figure,
    numbers: Numbers,
    behind: Behind | None = None,
    choose: Callable[[], None] | None = None,
) -> None:
    """Draws it. Without rows it says that there is nothing to show. `choose` draws what stands beside the title."""
    with st.container(border=True, height="stretch", key=f"card-{key}"):
        with st.container(horizontal=True, vertical_alignment="top", wrap=False, key=f"head-{key}"):
            st.html(
                f"<div class='lh-side'><h2>{escape(title)}</h2><p class='lh-quiet'>{escape(line)}</p></div>",
                width="stretch",
            )
            if choose:
                choose()
            if numbers.rows:
                _numbers(key, title, numbers, behind)
        if not numbers.rows:
            frame.quiet(_("There is nothing to show for this time yet."))
            return
        _chart(key, f"{title}. {line}", figure, behind)


def _numbers(key: str, title: str, numbers: Numbers, behind: Behind | None) -> None:
    """The table, made only while it is open."""
    open_one = st.popover(_("Numbers"), type="tertiary", on_change="rerun", key=f"numbers-{key}")
    if not open_one.open:
        return
    with open_one:
        shown = pd.DataFrame([list(row) for row in numbers.rows], columns=list(numbers.columns))
        st.dataframe(shown, hide_index=True, alt=title)
        with st.container(horizontal=True):
            file = table(numbers.columns, numbers.rows).encode()
            st.download_button(_("As CSV"), file, f"{key}.csv", "text/csv", key=f"csv-{key}", on_click="ignore")
            if behind:
                page, query = behind.all
                st.page_link(page, label=behind.label, query_params=dict(query))


def _chart(key: str, alt: str, figure: go.Figure, behind: Behind | None) -> None:
    name = f"chart-{key}"
    if behind is None:
        st.plotly_chart(figure, theme=None, config=charts.CONFIG, alt=alt, key=name)
        return
    picked = st.plotly_chart(
        figure, theme=None, config=charts.CONFIG, alt=alt, key=name, on_select="rerun", selection_mode="points"
    )
    points = picked["selection"]["points"]
    way = behind.of(points[0]) if points else None
    if way:
        st.switch_page(way[0], query_params=dict(way[1]))
