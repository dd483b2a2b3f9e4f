"""The parts of the page For the board: the choice of a period and a goal, and the report as its file has it."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from html import escape
from urllib.parse import urlencode

import streamlit as st

from access.permissions import Permission, may
from analysis import figures
from model.errors import BadInput
from model.language import Labels, _, later, sense
from model.person import Person
from store.export import table
from store.goals import Goal
from web import frame
from web.ui.board import period as periods
from web.ui.board import saying
from web.ui.board.gather import OfGoal, Report
from web.ui.board.period import MONTH, OWN, QUARTER, Period
from web.ui.overview import charts, cost, ways
from web.ui.overview.cards import Behind, Numbers, Way, card

_COMMENTS = "pages/comments.py"

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


def report(of: Report, me: Person) -> None:
    """All of it, in the order of the file; clicks lead on for those who may go there."""
    with st.container(horizontal=True, key="figures"):
        for one in saying.four(of):
            st.metric(one.label, one.value, one.usual, delta_color="off", delta_arrow="off", border=True)
    _volume(of, me)
    left, right = st.columns(2)
    with left:
        _share(of, me)
    with right:
        _matters(of, me)
    rows = cost.cost_rows(of.costs, _period(of) | {"kind": "replies"} | ({"goal": str(of.goal.id)} if of.goal else {}))
    _table("costs", saying.costs(of), cost.cost_heads(), rows, cost.cost_file(of.costs))
    file = table(saying.goal_file_heads(), [saying.goal_numbers(one) for one in of.goals])
    _table("goals", saying.by_goal(of), saying.goal_heads(), [_goal_row(one) for one in of.goals], file)
    with st.container(border=True, key="card-rests"):
        said = "".join(f"<p class='lh-quiet'>{escape(one)}</p>" for one in saying.rests_on(of))
        st.html(f"<div class='lh-side'><h2>{escape(_('What the figures rest on'))}</h2></div>{said}")


def _first_column(of: Report) -> str:
    return sense("a column", "week from") if of.weekly else _("day")


def _period(of: Report) -> dict[str, str]:
    return {"since": of.period.since.isoformat(), "until": of.period.until.isoformat()}


def _behind_days(of: Report, me: Person, narrowed: Mapping[str, str]) -> Behind | None:
    """From a bar to the comments of that day or week, for those who may read them; with a goal to those about its
    matters."""
    if not may(me, Permission.COMMENTS):
        return None
    found = ways.of_days(of.period.since, of.period.until, weekly=of.weekly, narrowed=narrowed)
    mine = next((one.matters for one in of.goals if of.goal and one.goal.id == of.goal.id), ())
    if of.goal is None:
        return found

    def about(way: Way) -> Way:
        asked = {name: way[1][name] for name in ("since", "until")} | {"matter": ",".join(mine)}
        return _COMMENTS, asked | ({"only": "flagged"} if "flag" in way[1] else {})

    return Behind(about(found.all), found.label, lambda point: about(way) if (way := found.of(point)) else None)


def _behind_matters(of: Report, me: Person) -> Behind | None:
    if not may(me, Permission.COMMENTS) or not of.matters:
        return None
    each = [(_COMMENTS, {"matter": one.name, **_period(of)}) for one in of.matters]
    return Behind(each[0], _("See the comments of the first one"), lambda point: each[point["point_index"]])


def _volume(of: Report, me: Person) -> None:
    rows = [
        (one.day, one.tally.comments, one.tally.flagged, _rounded(figures.mean_sentiment(one.tally), 3), one.tally.spam)
        for one in of.days
    ]
    heads = [_first_column(of), _("comments"), _("needed a person"), _("mean sentiment"), _("spam left out")]
    made = charts.over_time(tuple(of.days), (), (), of.weekly)
    numbers = Numbers(heads, rows if of.now.comments else [])
    card("volume", *saying.volume(of), made, numbers, _behind_days(of, me, {}))


def _share(of: Report, me: Person) -> None:
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
    numbers = Numbers(heads, rows if of.now.comments else [])
    card("share", *saying.share(of), made, numbers, _behind_days(of, me, {"flag": "flagged"}))


def _matters(of: Report, me: Person) -> None:
    called = of.called
    heads, rows = saying.matter_table(of)
    made = charts.names(charts.compared(of.matters, called))
    card("matters", *saying.matters(of), made, Numbers(heads, rows), _behind_matters(of, me))


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _goal_row(one: OfGoal) -> list[str]:
    """Its name leads to the report read by it, for the same days."""
    name, *cells = (escape(cell) for cell in saying.goal_cells(one))
    asked = {name: value for name, value in st.query_params.to_dict().items() if name in ("period", "since", "until")}
    address = escape(f"/board?{urlencode({**asked, 'goal': one.goal.id})}")
    return [f"<a href='{address}' target='_self'>{name}</a>", *cells]


def _table(key: str, said: tuple[str, str], heads: list[str], rows: list[list[str]], file: str) -> None:
    """A card with a table and its file; the cells are HTML already."""
    title, line = said
    with st.container(border=True, key=f"card-{key}"):
        with st.container(horizontal=True, vertical_alignment="top", wrap=False, key=f"head-{key}"):
            st.html(
                f"<div class='lh-side'><h2>{escape(title)}</h2><p class='lh-quiet'>{escape(line)}</p></div>",
                width="stretch",
            )
            if rows:
                st.download_button(
                    _("As CSV"), file.encode(), f"{key}.csv", "text/csv", key=f"csv-{key}", on_click="ignore"
                )
        if rows:
            st.html(cost.laid_out(heads, rows, title))


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
