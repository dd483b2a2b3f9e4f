"""How many each view of the queue holds, and the line of figures beside the page's name: both follow what happens."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from model.language import _, many, number
from model.queue import EVERY, VIEWS, Filters, Of, View
from response.board import News
from store import queue

_ROOM = 2
"""Digits that each count has room for."""


def line(view: View, filters: Filters, counts: Mapping[str, int], oldest: datetime | None) -> str:
    """The line beside the page's name, with a place '{age}' for that of the oldest that is shown."""
    if filters.like:
        return _("nearly the same words, or the same author at the same source")
    if view.of is not Of.CASES or not view.open:
        return ""
    needed = many("{n} needs a person", "{n} need a person", counts["todo"])
    said = [needed, _("{n} yours", n=number(counts["mine"]))]
    return " · ".join([*said, _("oldest {age}", age="{age}")] if oldest else said)


def counted(view: View, filters: Filters, news: News, shown: int) -> dict[str, str]:
    """What stands beside the title of each view, by its key. Of what is like one comment, and of all
    that is open, `shown` are on the screen."""
    found = {one.key: (news.counts[one.key], queue.counted_to(one)) for one in VIEWS}
    said = {key: f"{most - 1}+" if n == most else f"{n}" if n else "" for key, (n, most) in found.items()}
    if filters.like or view is EVERY:
        alike = shown + news.new
        said[view.key] = f"{alike}+" if alike >= queue.SHOWN else f"{alike}"
    return said


def fitting(drawn: Mapping[str, str], by_now: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Each count, and the room that it has in digits: as much as when the page was drawn, so that nothing beside it
    moves. One that has outgrown its room waits until the page is drawn again."""
    room = {key: max(_ROOM, len(said)) for key, said in drawn.items()}
    return {key: (by_now[key] if len(by_now[key]) <= most else drawn[key], most) for key, most in room.items()}


def style(keys: Iterable[str], counts: Mapping[str, tuple[str, int]]) -> str:
    """The counts as a style sheet for the titles of these views, as they stand in the page.

    They are no part of the titles: a browser answers with the title that was picked, which must be known to whatever
    runs next, and a title that changes loses the focus.
    """
    rules = [
        f".st-key-views .stButtonGroup button:nth-of-type({place})::after {{ content: '{said}'; min-width: {room}ch; }}"
        for place, (said, room) in enumerate(map(counts.__getitem__, keys), start=1)
    ]
    return f"<style>{' '.join(rules)}</style>"
