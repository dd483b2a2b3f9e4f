"""What the overview shows of the comments, looked up and worked out: one value for the whole page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from analysis import figures
from analysis.figures import Calm, Rising, Series, Sign, Usual, What
from model.queue import WAITING
from model.tally import Day, Ours, Tally
from store import metrics, young
from store.db import Store, Tx
from store.metrics import Post, Said

WEEKLY_FROM = 100
"""More days than this are shown by weeks."""
AGES = tuple(one.below for one in WAITING.values() if one.below)
_BACK = figures.REPLAYED + 7 * figures.WEEKS + 2
_LOOKED_AT, _WORDS_KEPT_S = 40, 300


@dataclass(frozen=True, slots=True)
class Compared:
    """How many comments of some days are of something, how many of these can be compared, and how many there usually
    are of it in as many days, both without sources that are too young; None where most of it comes from these."""

    name: str
    now: int
    compared: int
    usual: Usual | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything about comments that the page shows. `now` are the last seven days; `weeks` are the same and then the
    weeks before that have a past, all of them without the sources `apart`, which are too young to be compared;
    `waited` the longest waits of the same weeks in seconds, of all sources. `since` and `days` are of the period
    chosen, each entry of `days` a week where `weekly`. `sign_posts` are the number and name of the busiest post on
    the day of a sign about one, `signs_without` the sources that are too young for signs. `utc` is today there.
    `published` is how much of ours went out on which day."""

    today: date
    utc: date
    since: date
    weekly: bool
    now: Tally
    weeks: Sequence[Tally]
    apart: Sequence[str]
    waited: Sequence[float | None]
    calm: Calm
    signs: Sequence[Sign]
    earlier_signs: Sequence[Sign]
    sign_posts: Mapping[date, tuple[int, str]]
    signs_without: frozenset[int]
    days: Sequence[Day]
    matters: Sequence[Compared]
    channels: Sequence[tuple[str, Tally]]
    posts: Sequence[Post]
    begun_posts: Sequence[Post]
    published: Mapping[Ours, Mapping[date, int]]
    open_by_age: Sequence[int]
    oldest: float | None

    def usual(self, values: Sequence[float | None]) -> Usual | None:
        """What is usual of values of the weeks before, those without one left out."""
        return figures.usual([value for value in values if value is not None])


def see(tx: Tx, now: datetime, zone: ZoneInfo, days_back: int) -> Seen:
    """Looks everything up. The days are the reader's, where docs/metrics.md does not say that they are UTC's."""
    today, utc = now.astimezone(zone).date(), now.astimezone(UTC).date()
    since, week, weekly = today - timedelta(days=days_back - 1), utc - timedelta(days=6), days_back > WEEKLY_FROM
    firsts = young.firsts(tx)
    past = figures.past(firsts, _first_of(now, 0))
    whole = metrics.weeks_back(tx, now, figures.WEEKS)
    apart = young.weeks_back_of(tx, past.young, now, figures.WEEKS)
    weeks = [one - left_out for one, left_out in zip(whole, apart, strict=True)]
    known = [place for place in range(1, figures.WEEKS + 1) if past.begun and _first_of(now, place) >= past.begun]
    if not figures.speaks_for(weeks[0].comments, whole[0].comments):
        known = []
    waited = metrics.longest_waits(tx, now, figures.WEEKS)
    days = metrics.days(tx, today - timedelta(days=max(_BACK, 0 if weekly else days_back)), today, zone)
    spoken = metrics.matters(tx, utc - timedelta(days=_BACK), utc)
    busiest = metrics.busiest(tx, min(since, utc - timedelta(days=_BACK)), utc)
    signs, earlier, posts, without = _signs(tx, firsts, days, spoken, busiest, today, utc)
    tallies = [weeks[0], *(weeks[place] for place in known)]
    of_young = counts(young.matters_of(tx, past.young, utc - timedelta(days=_BACK), utc))
    top = metrics.posts(tx, since, utc, _on_top(busiest, since))
    return Seen(
        today=today,
        utc=utc,
        since=since,
        weekly=weekly,
        now=whole[0],
        weeks=tallies,
        apart=young.names(tx, past.young, _first_of(now, figures.WEEKS)) if known else [],
        waited=[waited[0], *(waited[place] for place in known)],
        calm=figures.verdict(tallies[0], tallies[1:], signs=len(signs)),
        signs=signs,
        earlier_signs=[one for one in earlier if one.day >= since],
        sign_posts=posts,
        signs_without=without,
        days=metrics.weeks_of_days(tx, since, utc) if weekly else [one for one in days if one.day >= since],
        matters=compared(
            summed(spoken, _week(utc, 0)),
            summed(of_young, _week(utc, 0)),
            less(spoken, of_young),
            [_week(utc, place) for place in known],
        ),
        channels=metrics.channels(tx, week, utc),
        posts=metrics.posts(tx, week, utc, _on_top(busiest, week)),
        begun_posts=[one for one in top if one.began >= since],
        published=metrics.published_by_week(tx, since, utc) if weekly else metrics.published(tx, since, today, zone),
        open_by_age=(ages := metrics.open_by_age(tx, now, AGES))[0],
        oldest=ages[1],
    )


def _week(today: date, place: int) -> list[date]:
    """The last seven days, or those so many weeks before."""
    return [today - timedelta(days=7 * place + n) for n in range(7)]


def _first_of(now: datetime, place: int) -> date:
    """The day on which a week before begins."""
    return (now - timedelta(weeks=place + 1)).astimezone(UTC).date()


def _signs(
    tx: Tx,
    firsts: Mapping[int, date],
    days: Sequence[Day],
    spoken: Mapping[str, Mapping[date, int]],
    busiest: Mapping[date, tuple[int, int]],
    today: date,
    utc: date,
) -> tuple[Sequence[Sign], Sequence[Sign], dict[date, tuple[int, str]], frozenset[int]]:
    """The early signs of sources that have a past, of now and of the days before, the post that was the busiest on the
    day of each about one, and the sources that have none."""
    past = figures.past_of_signs(firsts, utc)
    if past.begun is None:
        return [], [], {}, past.young
    since = utc - timedelta(days=_BACK)
    if past.young:
        busiest = metrics.busiest(tx, since, utc, past.young)
        # By source there are UTC's days alone.
        days, today = young.days_without(tx, past.young, since, utc), utc
        spoken = less(spoken, counts(young.matters_of(tx, past.young, since, utc)))
    series = _series(days, spoken, busiest)
    signs, earlier = (find(series, today, past.begun) for find in (figures.early_signs, figures.earlier_signs))
    about = {one.day for one in (*signs, *earlier) if one.what is What.THREAD and one.day in busiest}
    posts = {day: (busiest[day][0], metrics.title(tx, busiest[day][0])) for day in about}
    return signs, earlier, posts, past.young


def counts(matters: Mapping[str, Mapping[date, Tally]]) -> dict[str, dict[date, int]]:
    """How many comments there were of each matter on each day."""
    return {matter: {day: tally.comments for day, tally in days.items()} for matter, days in matters.items()}


def summed(matters: Mapping[str, Mapping[date, int]], days: Sequence[date]) -> dict[str, int]:
    """How many comments there were of each matter on some days together."""
    return {matter: sum(on.get(day, 0) for day in days) for matter, on in matters.items()}


def less(
    spoken: Mapping[str, Mapping[date, int]], apart: Mapping[str, Mapping[date, int]]
) -> dict[str, dict[date, int]]:
    """The comments of each matter on each day, without those left out of a comparison."""
    return {
        matter: {day: count - apart.get(matter, {}).get(day, 0) for day, count in counts.items()}
        for matter, counts in spoken.items()
    }


def _series(
    days: Sequence[Day], spoken: Mapping[str, Mapping[date, int]], busiest: Mapping[date, tuple[int, int]]
) -> list[Series]:
    """Everything in which an unusual rise is looked for."""
    comments = {one.day: one.tally.comments for one in days}
    return [
        Series(What.COMMENTS, comments),
        Series(What.NEGATIVE, {one.day: one.tally.negative for one in days}, of=comments),
        Series(What.NEW_AUTHORS, {one.day: one.tally.new_authors for one in days}),
        Series(What.THREAD, {day: count for day, (_, count) in busiest.items()}),
        *(Series(What.MATTER, counts, subject=matter) for matter, counts in sorted(spoken.items())),
    ]


def _on_top(busiest: Mapping[date, tuple[int, int]], since: date) -> set[int]:
    """The posts that were the busiest on some day since one."""
    return {thread for day, (thread, _count) in busiest.items() if day >= since}


def compared(
    now: Mapping[str, int],
    apart: Mapping[str, int],
    days: Mapping[str, Mapping[date, int]],
    before: Sequence[Sequence[date]],
) -> list[Compared]:
    """How many comments speak of each matter now, against the days of the weeks before, those furthest above what is
    usual first. `apart` are those of sources that are too young; `days` are without them."""
    found = [
        _compared(
            matter,
            n,
            n - apart.get(matter, 0),
            [sum(days.get(matter, {}).get(day, 0) for day in week) for week in before],
        )
        for matter, n in now.items()
        if n
    ]
    above = {one.name: one.compared - (one.usual.middle if one.usual else 0) for one in found}
    return sorted(found, key=lambda one: (-above[one.name], -one.now, one.name))


def _compared(name: str, now: int, part: int, before: Sequence[int]) -> Compared:
    return Compared(name, now, part, figures.usual(before) if figures.speaks_for(part, now) else None)


# --- words -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Words:
    """Rising words, and how many comments of the last seven days, and of the weeks before, were looked at."""

    rising: Sequence[Rising]
    now: int
    before: int


def rising_words(store: Store, now: datetime) -> Words:
    """The words that rise, worked out anew every five minutes: some hundred texts are looked at for it."""
    return _rising(str(store.engine.url), int(now.timestamp() // _WORDS_KEPT_S), store, now)


@st.cache_data(ttl=_WORDS_KEPT_S, max_entries=4, show_spinner=False)
def _rising(database: str, slot: int, _store: Store, _now: datetime) -> Words:  # noqa: ARG001 (they tell calls apart)
    day, week = timedelta(days=1), timedelta(weeks=1)
    with _store.read() as tx:
        past = figures.past(young.firsts(tx), _first_of(_now, 0))
        apart = past.young if past.begun else ()  # where all are new, they are alike

        def said(n: int, length: timedelta) -> list[Said]:
            return metrics.texts(tx, _now - length * (n + 1), _now - length * n, _LOOKED_AT, apart)

        now = [one for n in range(7) for one in said(n, day)]
        before = [one for n in range(1, figures.WEEKS + 1) for one in said(n, week)]
    # A name is no topic, and whoever may not read the comments is told none.
    names = frozenset(word for one in (*now, *before) for word in figures.words(one.author))
    here = [(one.id, figures.words(one.text) - names) for one in now]
    return Words(figures.rising(here, [figures.words(one.text) for one in before]), len(now), len(before))
