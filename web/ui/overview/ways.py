"""Where a click in a chart of days leads: to the comments of that day or week, those that needed a person from their
part of the bar, or to what went out from a mark. Pure."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from model.language import _
from web.ui.overview.cards import Behind, Way

SEARCH, COSTS = "pages/search.py", "pages/costs.py"
_FLAGGED = 1
"""Which of the chart's parts is of those that needed a person, in the chart of comments over time."""


def day(point: Mapping[str, Any]) -> date:
    """The day, or the first one of the week, of a point as plotly tells it."""
    return date.fromisoformat(str(point["x"])[:10])


def mark(point: Mapping[str, Any]) -> str:
    """What a point is a mark of: of ours, or an early sign; empty for a bar, and for the line."""
    told = point.get("customdata")
    return str(told[1]) if isinstance(told, list | tuple) and len(told) == 2 else ""


def of_days(since: date, until: date, *, weekly: bool, narrowed: Mapping[str, str]) -> Behind:
    """From a bar of a chart of these days to the comments of its own; from the first and the last week to those of its
    days that are among them."""

    def of(point: Mapping[str, Any]) -> Way:
        first = day(point)
        last = first + timedelta(days=6 if weekly else 0)
        flagged = {"flag": "flagged"} if point.get("curve_number") == _FLAGGED else {}
        return search(max(first, since) if weekly else first, min(last, until), {**narrowed, **flagged})

    return Behind(search(since, until, narrowed), _("See these comments"), of)


def search(since: date, until: date, narrowed: Mapping[str, str]) -> Way:
    """The comments of some days."""
    return SEARCH, {"kind": "comments", "since": since.isoformat(), "until": until.isoformat(), **narrowed}
