"""The parts of the page For the board: the choice of a period and a goal, and the report as its file has it."""

from collections.abc import Callable
from datetime import date, timedelta
from html import escape

import streamlit as st

from analysis import figures
from analysis.approval import Cost
from model.errors import BadInput
from model.language import Labels, _, later, sense
from store.goals import Goal
from web import frame
from web.ui.board import period as periods
from web.ui.board import saying
from web.ui.board.gather import Report
from web.ui.board.period import MONTH, OWN, QUARTER, Period
from web.ui.overview import charts, cost
from web.ui.overview.cards import Numbers, card

PERIOD = Labels({MONTH: later("Last month"), QUARTER: later("Last quarter"), OWN: later("Days of my own")})


def chosen(today: date) -> Period:
    """The period in the address, and the choice of it: last month where nothing else was chosen."""
    kind = st.query_params.get("period", MONTH)
    kind = kind if kind in PERIOD else MONTH
    picked = st.segmented_control(
        _("Period"),
        list(PERIOD),
        default=kind,
        format_func=lambda one: PERIOD[one],
        required=True,
        label_visibility="collapsed",
        key="board-period",
    )
    if picked != kind:
        st.query_params["period"] = str(picked)
        st.rerun()
    if kind == OWN:
        return _own(today)
    return periods.last_quarter(today) if kind == QUARTER else periods.last_month(today)


def _own(today: date) -> Period:
    """Days of one's own; while only the first of them is chosen, those of before stay."""
    asked = periods.read(st.query_params.get("since", ""), st.query_params.get("until", ""), today)
    now = asked or Period(today - timedelta(days=27), today)
    picked = st.date_input(
        _("From and to"),
        (now.since, now.until),
        min_value=today - timedelta(days=10 * 366),
        max_value=today,
        format="YYYY-MM-DD",
        label_visibility="collapsed",
        key=f"board-days-{now.since}-{now.until}",
    )
    if isinstance(picked, tuple) and len(picked) == 2 and picked != (now.since, now.until):
        try:
            wanted = periods.own(*picked, today)
        except BadInput as error:
            frame.problem(error)
        else:
            st.query_params["since"], st.query_params["until"] = wanted.since.isoformat(), wanted.until.isoformat()
            st.rerun()
    return now


def goal(some: list[Goal], asked: int | None) -> int | None:
    """The goal that the report is read by, None: all of it. Nothing is drawn where there is no goal."""
    called = {one.id: one.name for one in some}
    if not called:
        return None
    now = asked if asked in called else None
    picked = st.selectbox(
        _("Goal"),
        [None, *called],
        index=0 if now is None else 1 + list(called).index(now),
        format_func=lambda one: called[one] if one is not None else _("All of it"),
        label_visibility="collapsed",
        width=260,
        key="board-goal",
    )
    if picked != now:
        if picked is None:
            st.query_params.pop("goal", None)
        else:
            st.query_params["goal"] = str(picked)
        st.rerun()
    return now


# --- the report ------------------------------------------------------------------------------------------------------


def report(of: Report) -> None:
    """All of it, in the order of the file."""
    with st.container(horizontal=True, key="figures"):
        for one in saying.four(of):
            st.metric(one.label, one.value, one.usual, delta_color="off", delta_arrow="off", border=True)
    _volume(of)
    left, right = st.columns(2)
    with left:
        _share(of)
    with right:
        _matters(of)
    _table("costs", saying.costs(of), cost.cost_heads(), [_cost_row(one) for one in of.costs])
    _table("goals", saying.by_goal(of), saying.goal_heads(), [_escaped(saying.goal_cells(one)) for one in of.goals])
    with st.container(border=True, key="card-rests"):
        said = "".join(f"<p class='lh-quiet'>{escape(one)}</p>" for one in saying.rests_on(of))
        st.html(f"<div class='lh-side'><h2>{escape(_('What the figures rest on'))}</h2></div>{said}")


def _first_column(of: Report) -> str:
    return sense("a column", "week from") if of.weekly else _("day")


def _volume(of: Report) -> None:
    rows = [
        (one.day, one.tally.comments, one.tally.flagged, _rounded(figures.mean_sentiment(one.tally), 3), one.tally.spam)
        for one in of.days
    ]
    heads = [_first_column(of), _("comments"), _("needed a person"), _("mean sentiment"), _("spam left out")]
    made = charts.over_time(tuple(of.days), (), (), of.weekly)
    card("volume", *saying.volume(of), made, Numbers(heads, rows if of.now.comments else []))


def _share(of: Report) -> None:
    rows = [
        (
            one.day,
            one.tally.flagged,
            one.tally.comments,
            _rounded(figures.percent(one.tally.flagged, one.tally.comments), 1),
        )
        for one in of.days
    ]
    heads = [_first_column(of), _("needed a person"), _("comments"), _("percent")]
    made = charts.share(tuple(of.days), of.weekly)
    card("share", *saying.share(of), made, Numbers(heads, rows if of.now.comments else []))


def _matters(of: Report) -> None:
    called = of.called
    rows = [(called.get(one.name, one.name), one.now, one.usual.middle if one.usual else None) for one in of.matters]
    made = charts.names(charts.compared(of.matters, called))
    heads = [_("matter"), _("comments"), _("usual in as many days")]
    card("matters", *saying.matters(of), made, Numbers(heads, rows))


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _escaped(cells: list[str]) -> list[str]:
    return [escape(cell) for cell in cells]


def _cost_row(one: Cost) -> list[str]:
    cells, kinds = _escaped(cost.cost_cells(one)), escape(cost.kinds(one))
    return [*cells[:4], f"{cells[4]}<small>{kinds}</small>" if kinds else cells[4], *cells[5:]]


def _table(key: str, said: tuple[str, str], heads: list[str], rows: list[list[str]]) -> None:
    """A card with a table; its cells are HTML already."""
    title, line = said
    with st.container(border=True, key=f"card-{key}"):
        shown = f"<div class='lh-side'><h2>{escape(title)}</h2><p class='lh-quiet'>{escape(line)}</p></div>"
        st.html(shown + (cost.laid_out(heads, rows, title) if rows else ""))


def download(make: Callable[[], bytes], name: str) -> None:
    """The file: it is made when somebody wants it."""
    st.download_button(
        _("Download as PDF"),
        make,
        name,
        "application/pdf",
        type="primary",
        on_click="ignore",
        icon=":material/download:",
        key="board-file",
    )
