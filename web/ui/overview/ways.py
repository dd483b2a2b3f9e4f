"""Where a click in a chart of days leads: to the comments of that day or week, those that needed a person from their
part of the bar, or to what went out from a mark; and what is behind an early sign. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any

from analysis.figures import Sign, What
from model.language import _
from web.ui.overview.cards import Behind, Way

COMMENTS, SEARCH, COSTS = "pages/comments.py", "pages/search.py", "pages/costs.py"
_FLAGGED = 1
"""Which of the chart's parts is of those that needed a person, in the chart of comments over time."""
_ONLY = {What.NEGATIVE: "negative", What.NEW_AUTHORS: "first"}


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


def of_sign(sign: Sign, thread_id: int | None, without: Collection[int]) -> Way:
    """The comments that an early sign counts: of one post those of its thread, of many new authors the first of each,
    of a share of negative ones these; each of the sign's day, which is UTC's where it is counted so, and without the
    sources that are too young for signs."""
    day = sign.day.isoformat()
    asked = {"since": day, "until": day}
    if sign.what is What.MATTER:
        asked["matter"] = sign.subject
    elif sign.what is What.THREAD and thread_id is not None:
        asked["thread"] = str(thread_id)
    elif sign.what in _ONLY:
        asked["only"] = _ONLY[sign.what]
    if without or sign.what in (What.MATTER, What.THREAD):
        asked["days"] = "utc"
    if without:
        asked["without"] = ",".join(str(one) for one in sorted(without))
    return COMMENTS, asked
