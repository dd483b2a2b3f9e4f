"""The parts of the overview that are about comments, each laid out from what was looked up."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from html import escape
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from access.permissions import Permission, may
from analysis import figures
from model.language import _, many, number, sense
from model.person import Person
from model.queue import EVERY, WAITING
from model.tally import Ours
from model.words import Channel
from store import comments
from store.db import store
from web.ui import lists, words
from web.ui.overview import charts, saying, ways, went_out
from web.ui.overview.cards import Behind, Numbers, Way, card
from web.ui.overview.gather import Seen, Words

_SHAPES = {Ours.REPLY: "▲", Ours.POST: "■", Ours.STATEMENT: "★"}
_COMMENTS, _SEARCH, _QUEUE = ways.COMMENTS, ways.SEARCH, "pages/queue.py"


def signs(seen: Seen, me: Person) -> None:
    """The early signs, one sentence each, with the way to the comments behind it for those who may read them; nothing
    where there is none."""
    if not seen.signs:
        return
    called, items = words.matters(), ""
    for one in seen.signs:
        way = ""
        if may(me, Permission.COMMENTS):
            address = f"/comments?{urlencode(_of_sign(seen, one)[1])}"
            way = f" <a href='{escape(address)}' target='_self'>{escape(_('See these comments'))}</a>"
        items += f"<li>{escape(_said(seen, one, called))}{way}</li>"
    st.html(f"<ul class='lh-signs' role='status' aria-label='{escape(_('Early signs'))}'>{items}</ul>")


def four_figures(seen: Seen) -> None:
    """Four figures of the last seven days, each with its usual range."""
    part, past = seen.weeks[0], seen.weeks[1:]
    none = sense("a mean", "none")
    share, share_usual = saying.flagged_share(seen.now, seen.weeks)
    mood, longest = figures.mean_sentiment(seen.now), seen.waited[0]
    moods, waits = [figures.mean_sentiment(one) for one in past], list(seen.waited[1:])
    told = (
        (
            _("Comments in seven days"),
            number(seen.now.comments),
            saying.compared(seen.now.comments, part.comments, seen.usual([one.comments for one in past]), saying.Say()),
        ),
        (_("Needed a person"), share, share_usual),
        (
            _("Mean sentiment"),
            none if mood is None else saying.Signed()(mood),
            saying.compared(mood, figures.mean_sentiment(part), seen.usual(moods), saying.Signed()),
        ),
        (
            _("Longest wait"),
            sense("a case", "none") if longest is None else words.span(longest),
            saying.usually(seen.usual(waits), saying.Time()),
        ),
    )
    with st.container(horizontal=True, key="figures"):
        for label, value, usual in told:
            st.metric(label, value, usual, delta_color="off", delta_arrow="off", border=True)


def _said(seen: Seen, sign: figures.Sign, called: Mapping[str, str]) -> str:
    _thread, post = seen.sign_posts.get(sign.day, (None, ""))
    return saying.sign(sign, seen.today, post, called)


def _of_sign(seen: Seen, sign: figures.Sign) -> Way:
    thread, _post = seen.sign_posts.get(sign.day, (None, ""))
    return ways.of_sign(sign, thread, seen.signs_without)


# --- the wide chart --------------------------------------------------------------------------------------------------


def over_time(seen: Seen, me: Person, choose: Callable[[], None]) -> None:
    """The wide chart; `choose` draws the choice of its period."""
    days = charts.every_day(seen.days, weekly=seen.weekly)
    begun = sorted(seen.begun_posts[: charts.SHOWN], key=lambda one: one.began)
    total = sum(one.tally.comments for one in days)
    line = [
        _(
            "Line: mean sentiment, -1 to +1. Bars: comments a week, those that needed a person in orange, n = {n}.",
            n=number(total),
        )
        if seen.weekly
        else _(
            "Line: mean sentiment, -1 to +1. Bars: comments a day, those that needed a person in orange, n = {n}.",
            n=number(total),
        )
    ]
    if begun:
        named = [f"{place} {one.title or one.url}" for place, one in enumerate(begun, start=1)]
        line.append(_("Posts: {posts}.", posts=", ".join(charts.cut(one, 40) for one in named)))
    sent = {what: seen.published.get(what, {}) for what in charts.MARKS}
    line += [
        _("{mark} {what}, {n}.", mark=_SHAPES[what], what=charts.OURS[what], n=number(sum(found.values())))
        for what, found in sent.items()
        if found
    ]
    told = _earlier_signs(seen)
    if told:
        line.append(_("◆ early signs, {n}.", n=number(sum(map(len, told.values())))))
    rows = [
        (
            one.day,
            one.tally.comments,
            one.tally.flagged,
            _rounded(figures.mean_sentiment(one.tally)),
            *(found.get(one.day, 0) for found in sent.values()),
            one.tally.spam,
            *([" ".join(told.get(one.day, ()))] if told else ()),
        )
        for one in days
    ]
    of = [sense("a column", "week from") if seen.weekly else _("day"), _("comments"), _("needed a person")]
    of += [_("mean sentiment"), *(charts.OURS[what] for what in sent), _("spam left out")]
    of += [_("early signs")] if told else []
    marks = tuple(_slot(one.began, seen.weekly) for one in begun)
    ours = tuple((what, day, n) for what, found in sent.items() for day, n in sorted(found.items()))
    made = charts.over_time(days, marks, ours, seen.weekly, tuple((day, " ".join(of)) for day, of in told.items()))
    behind = _behind_days(me, seen, {}, sent)
    card("volume", saying.over_time(days, seen.weekly), " ".join(line), made, Numbers(of, rows), behind, choose)


def _earlier_signs(seen: Seen) -> dict[date, list[str]]:
    """What the early signs of the days before were, by the day (or the week) that they stand at."""
    called = words.matters()
    found: dict[date, list[str]] = {}
    for one in seen.earlier_signs:
        found.setdefault(_slot(one.day, seen.weekly), []).append(_said(seen, one, called))
    return found


def share(seen: Seen, me: Person) -> None:
    days = charts.every_day(seen.days, weekly=seen.weekly)
    total = sum(one.tally.comments for one in days)
    rows = [
        (
            one.day,
            one.tally.flagged,
            one.tally.comments,
            _rounded(figures.percent(one.tally.flagged, one.tally.comments), 1),
        )
        for one in days
    ]
    line = _("Share of a week's comments, percent, n = {n}; pale: under {few}", n=number(total), few=figures.FEW)
    if not seen.weekly:
        line = _("Share of a day's comments, percent, n = {n}; pale: under {few}", n=number(total), few=figures.FEW)
    of = [
        sense("a column", "week from") if seen.weekly else _("day"),
        _("needed a person"),
        _("comments"),
        _("percent"),
    ]
    made, behind = charts.share(days, seen.weekly), _behind_days(me, seen, {"flag": "flagged"})
    card("share", saying.share(days), line, made, Numbers(of, rows if total else []), behind)


def _slot(day: date, weekly: bool) -> date:
    return day - timedelta(days=day.weekday()) if weekly else day


def _rounded(value: float | None, digits: int = 3) -> float | None:
    return None if value is None else round(value, digits)


def _behind_days(
    me: Person, seen: Seen, narrowed: Mapping[str, str], sent: Mapping[Ours, Mapping[date, int]] | None = None
) -> Behind | None:
    """From a bar to the comments of that day or week, for those who may read them; from a mark to what went out then,
    some of `sent`, for everybody."""
    to_comments = ways.of_days(seen.since, seen.today, weekly=seen.weekly, narrowed=narrowed)
    known = [what for what, found in (sent or {}).items() if found]

    def of(point: Mapping[str, Any]) -> Way | None:
        what, first = ways.mark(point), ways.day(point)
        if what in set(Ours):
            last = first + timedelta(days=6 if seen.weekly else 0)
            return ways.COSTS, went_out.address(Ours(what), first, last, utc=seen.weekly)
        if what == charts.SIGN and may(me, Permission.COMMENTS):
            return _of_sign(seen, next(one for one in seen.earlier_signs if _slot(one.day, seen.weekly) == first))
        return to_comments.of(point) if may(me, Permission.COMMENTS) else None

    if may(me, Permission.COMMENTS):
        return Behind(to_comments.all, to_comments.label, of)
    if not known:
        return None
    every = ways.COSTS, went_out.address(known[0], seen.since, seen.today, utc=seen.weekly)
    return Behind(every, went_out.TITLE[known[0]], of)


# --- what is said ----------------------------------------------------------------------------------------------------


def matters(seen: Seen, me: Person) -> None:
    called = words.matters()
    of, rows = saying.matter_table(seen.matters, called, _("comments in seven days"), _("usual in a week"))
    total = sum(one.now for one in seen.matters)
    shown = charts.names(charts.compared(seen.matters, called))
    behind = _behind_names(me, seen, [{"matter": one.name} for one in seen.matters])
    line = _("Comments in seven days by matter, n = {n}", n=number(total))
    card("matters", saying.matters(seen.matters, called), line, shown, Numbers(of, rows), behind)


def rising(found: Words, me: Person, seen: Seen) -> None:
    """Rising words, each with an example for those who may read comments."""
    reads = may(me, Permission.COMMENTS)
    rows: list[tuple[object, ...]] = [(one.word, one.now, one.before) for one in found.rising]
    of = [_("word"), _("comments of the last seven days"), _("comments of the eight weeks before")]
    if reads and rows:
        with store().read() as tx:
            examples = [comments.get(tx, one.example) for one in found.rising]
        rows = [(*row, lists.shortened(one.text, 120) if one else "") for row, one in zip(rows, examples, strict=True)]
        of.append(_("for example"))
    bars = [(one.word, one.now, _("{n}, before {m}", n=number(one.now), m=number(one.before))) for one in found.rising]
    line = _(
        "Of {n} comments looked at in seven days, against {m} of the eight weeks before",
        n=number(found.now),
        m=number(found.before),
    )
    behind = None
    if reads and rows:
        since = seen.today - timedelta(days=7)

        def search(word: str) -> Way:
            return ways.search(since, seen.today, {"q": word})

        behind = Behind(
            search(found.rising[0].word),
            _("See the comments with the first word"),
            lambda point: search(found.rising[point["point_index"]].word),
        )
    card("words", saying.rising(found), line, charts.names(tuple(bars)), Numbers(of, rows), behind)


# --- where -----------------------------------------------------------------------------------------------------------


def channels(seen: Seen, me: Person) -> None:
    named = [(words.CHANNEL[Channel(channel)], tally) for channel, tally in seen.channels]
    total = sum(tally.comments for _name, tally in named)
    bars = [(name, tally.comments, number(tally.comments)) for name, tally in named]
    rows = [(name, tally.comments, tally.flagged, _rounded(figures.mean_sentiment(tally))) for name, tally in named]
    of = [_("channel"), _("comments"), _("needed a person"), _("mean sentiment")]
    behind = None
    if may(me, Permission.COMMENTS):
        since = _week(seen)
        behind = Behind(
            ways.search(since, seen.today, {}),
            _("See these comments"),
            lambda point: ways.search(since, seen.today, {"channel": seen.channels[point["point_index"]][0]}),
        )
    line = _("Comments in seven days by channel, n = {n}", n=number(total))
    title = saying.where([(name, tally.comments) for name, tally in named])
    card("channels", title, line, charts.names(tuple(bars)), Numbers(of, rows), behind)


def posts(seen: Seen, me: Person) -> None:
    named = [(one.title or one.url, one.tally) for one in seen.posts]
    bars = [(name, tally.comments, number(tally.comments)) for name, tally in named]
    rows = [(name, tally.comments, tally.flagged, _rounded(figures.mean_sentiment(tally))) for name, tally in named]
    of = [_("post"), _("comments"), _("needed a person"), _("mean sentiment")]
    behind = _behind_names(me, seen, [{"thread": str(one.id)} for one in seen.posts])
    total = sum(tally.comments for _name, tally in seen.channels)  # of the same days
    line = _("Comments in seven days by post, n = {n}", n=number(total))
    title = saying.posts([(name, tally.comments) for name, tally in named], total)
    card("posts", title, line, charts.names(tuple(bars)), Numbers(of, rows), behind)


def _behind_names(me: Person, seen: Seen, narrowed: Sequence[Mapping[str, str]]) -> Behind | None:
    """From a bar to the list of its comments, newest first; to those of the first bar for those who do not click."""
    if not may(me, Permission.COMMENTS) or not narrowed:
        return None
    since = {"since": (seen.utc - timedelta(days=6)).isoformat(), "days": "utc"}
    return Behind(
        (_COMMENTS, {**narrowed[0], **since}),
        _("See the comments of the first one"),
        lambda point: (_COMMENTS, {**narrowed[point["point_index"]], **since}),
    )


def _week(seen: Seen) -> date:
    """The reader's day on which the first of the seven days of UTC begins that are counted."""
    begin = datetime.combine(seen.utc - timedelta(days=6), time(), UTC)
    return begin.astimezone(words.zone()).date()


def ages(seen: Seen, me: Person) -> None:
    labels, keys = [_(one.name) for one in WAITING.values()], list(WAITING)
    total = sum(seen.open_by_age)
    rows = list(zip(labels, seen.open_by_age, strict=True)) if total else []
    behind = None
    if may(me, Permission.TRIAGE):
        every = {"show": EVERY.key}
        behind = Behind(
            (_QUEUE, every),
            _("See the open cases"),
            lambda point: (_QUEUE, {**every, "waiting": keys[point["point_index"]]}),
        )
    line = _("Open cases by age, n = {n}", n=number(total))
    made = charts.ages(tuple(seen.open_by_age), tuple(labels))
    card("ages", saying.ages(seen.oldest), line, made, Numbers([_("age"), _("open cases")], rows), behind)


def state(opened: int, read_at_ago: str, seen: Seen) -> str:
    """The line beside the verdict."""
    said = [many("{n} case open", "{n} cases open", opened)]
    said.append(_("last read {ago}", ago=read_at_ago) if read_at_ago else _("no source was read yet"))
    if len(seen.weeks) <= figures.LEAST_WEEKS:
        said.append(_("compared once there are four weeks of past"))
    else:
        weeks = many("{n} week", "{n} weeks", len(seen.weeks) - 1)
        said.append(_("compared with the same weekdays of the {weeks} before", weeks=weeks))
    if seen.apart:
        said.append(_("not compared, too new: {sources}", sources=saying.sources(seen.apart)))
    return " · ".join(said)
