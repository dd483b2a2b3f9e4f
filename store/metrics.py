"""Counts for the overview, out of the roll-ups and bounded look-ups: a page never counts rows itself.

docs/metrics.md says what each of them means.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Table, and_, case, func, select

from model.tally import Day, Ours, Tally
from store.db import Tx
from store.rollups import COUNTS, HOUR_S
from store.schema import (
    cases,
    closed_hours,
    comments,
    hours,
    matter_days,
    published_days,
    published_hours,
    revisions,
    source_days,
    sources,
    thread_days,
    threads,
)

_MOST_ROWS = 20_000
_WEEK_H = 7 * 24
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Post:
    """A thread, the day (UTC) of the first comment that was left in it, and the counts of a period."""

    id: int
    title: str
    url: str
    began: date
    tally: Tally


@dataclass(frozen=True, slots=True)
class Said:
    """A comment's author and present text."""

    id: int
    author: str
    text: str


def number(day: date) -> int:
    """A day as the roll-ups have it."""
    return (day - _EPOCH).days


@lru_cache(maxsize=2_000)
def day_of(of: int) -> date:
    """The day of such a number."""
    return _EPOCH + timedelta(days=of)


def hour_of(moment: datetime) -> int:
    """The hour in which a moment lies, as the roll-ups have it."""
    return int(moment.timestamp() // HOUR_S)


def sums(table: Table) -> list[Any]:
    """The sums of a roll-up's counts, the last columns of a query for `tally_of`."""
    return [func.sum(table.c[name]).label(name) for name in COUNTS]


def tally_of(row: Any) -> Tally:
    """The counts of a row that ends in them."""
    return Tally(*row[-len(COUNTS) :])


# --- over time -------------------------------------------------------------------------------------------------------


def days(tx: Tx, since: date, until: date, zone: ZoneInfo) -> list[Day]:
    """The counts of each of the days from `since` to `until` on which something was left, oldest first.

    The days are those of `zone`. Counted is by hours of UTC: where a zone is off by a part of an hour, the hour in
    which a day begins is that day's from its half on.
    """
    found = []
    for first, begin, end, length in _stretches(since, until, zone):
        day = ((hours.c.hour - begin) // length).label("day")
        query = select(day, *sums(hours)).where(hours.c.hour >= begin, hours.c.hour < end).group_by(day)
        found += [Day(first + timedelta(days=row.day), tally_of(row)) for row in tx.execute(query.order_by(day))]
    return [one for one in found if one.tally.comments or one.tally.spam]


def _stretches(since: date, until: date, zone: ZoneInfo) -> Iterator[tuple[date, int, int, int]]:
    """Days that follow each other and all have 24 hours, as the first of them, the hours from and up to
    which they go, and the hours of each; a day on which the clocks change stands alone."""
    every = [since + timedelta(days=n) for n in range((until - since).days + 2)]
    begins = [-int(-(datetime.combine(one, time(), zone).timestamp() / HOUR_S - 0.5) // 1) for one in every]
    start = 0
    for place in range(1, len(every)):
        last = place == len(every) - 1
        if last or begins[place + 1] - begins[place] != 24 or begins[place] - begins[place - 1] != 24:
            yield every[start], begins[start], begins[place], (begins[place] - begins[start]) // (place - start)
            start = place


def weeks_of_days(tx: Tx, since: date, until: date) -> list[Day]:
    """The same by weeks from Monday on, of UTC's days: what a year is shown by."""
    monday = number(since - timedelta(days=since.weekday()))
    week = ((source_days.c.day - monday) // 7).label("week")
    within = source_days.c.day >= monday, source_days.c.day <= number(until)
    query = select(week, *sums(source_days)).where(*within).group_by(week).order_by(week)
    found = [Day(day_of(monday + 7 * row.week), tally_of(row)) for row in tx.execute(query)]
    return [one for one in found if one.tally.comments or one.tally.spam]


def weeks_back(tx: Tx, now: datetime, weeks: int) -> list[Tally]:
    """The counts of the last seven times 24 hours, and of as many before these, week by week; the hour that runs
    belongs to it."""
    this = hour_of(now)
    back = ((this - hours.c.hour) // _WEEK_H).label("back")
    within = hours.c.hour > this - _WEEK_H * (weeks + 1), hours.c.hour <= this
    query = select(back, *sums(hours)).where(*within).group_by(back)
    found = {row.back: tally_of(row) for row in tx.execute(query)}
    return [found.get(place, Tally()) for place in range(weeks + 1)]


def left_since(tx: Tx, since: datetime) -> int:
    """How many comments strangers left since a full hour, spam among them."""
    query = select(func.sum(hours.c.comments + hours.c.spam)).where(hours.c.hour >= hour_of(since))
    return int(tx.execute(query).scalar() or 0)


def _ended(tx: Tx, now: datetime, weeks: int) -> dict[int, tuple[datetime, int]]:
    """Of the cases that were closed in the last seven times 24 hours, and in each week before: when the first of them
    was opened, and the longest wait in seconds; by how many weeks ago that was. The hour that runs belongs to it."""
    this = hour_of(now)
    back = ((this - closed_hours.c.hour) // _WEEK_H).label("back")
    within = closed_hours.c.hour > this - _WEEK_H * (weeks + 1), closed_hours.c.hour <= this
    query = select(back, func.min(closed_hours.c.opened_at), func.max(closed_hours.c.longest_s)).where(*within)
    return {row[0]: (row[1], row[2]) for row in tx.execute(query.group_by(back))}


def longest_waits(tx: Tx, now: datetime, weeks: int) -> list[float | None]:
    """The longest time in seconds from the opening of a case to its end, or to the end of the week: of the cases that
    were open at some time in the last seven days, and so for each week before; None where none was."""
    ended = _ended(tx, now, weeks)
    first = tx.execute(select(func.min(cases.c.opened_at)).where(cases.c.state == "open")).scalar()
    found: list[float | None] = []
    for place in range(weeks + 1):
        until = now - timedelta(weeks=place)
        waits = [ended[place][1]] if place in ended else []
        if first is not None and first <= until:
            waits.append((until - first).total_seconds())
        found.append(max(waits, default=None))
        # What ended in this week was still open when the week before was over, if it had begun by then.
        if place in ended:
            first = min(first or now, ended[place][0])
    return found


# --- where, and about what -------------------------------------------------------------------------------------------


def channels(tx: Tx, since: date, until: date) -> list[tuple[str, Tally]]:
    """The counts of each channel over UTC's days from `since` to `until`, most comments first."""
    joined = source_days.join(sources, sources.c.id == source_days.c.source_id)
    within = source_days.c.day >= number(since), source_days.c.day <= number(until)
    query = select(sources.c.channel, *sums(source_days)).select_from(joined).where(*within)
    found = [(row.channel, tally_of(row)) for row in tx.execute(query.group_by(sources.c.channel))]
    return sorted((one for one in found if one[1].comments), key=lambda one: (-one[1].comments, one[0]))


def posts(tx: Tx, since: date, until: date, among: Collection[int], most: int = 8) -> list[Post]:
    """Of some threads those with the most comments over UTC's days from `since` to `until`: among those that had the
    most of all on one of these days, say (see `busiest`)."""
    first = thread_days.alias("first")
    began = select(func.min(first.c.day)).where(first.c.thread_id == threads.c.id).scalar_subquery()
    within = thread_days.c.day >= number(since), thread_days.c.day <= number(until)
    query = (
        select(threads.c.id, threads.c.title, threads.c.url, began.label("began"), *sums(thread_days))
        .join(thread_days, thread_days.c.thread_id == threads.c.id)
        .where(threads.c.id.in_(among), *within)
        .group_by(threads.c.id, threads.c.title, threads.c.url)
        .order_by(func.sum(thread_days.c.comments).desc(), threads.c.id)
        .limit(most)
    )
    return [Post(row.id, row.title, row.url, day_of(row.began), tally_of(row)) for row in tx.execute(query)]


def busiest(tx: Tx, since: date, until: date, without: Collection[int] = ()) -> dict[date, tuple[int, int]]:
    """The thread with the most comments on each of UTC's days, and how many these are; those of the sources `without`
    left out."""
    within = source_days.c.day >= number(since), source_days.c.day <= number(until)
    known = select(source_days.c.day).where(*within).distinct().subquery()
    mine = thread_days.alias("mine")
    of_day = select(mine.c.thread_id).where(mine.c.day == known.c.day)
    if without:
        of_day = of_day.join(threads, threads.c.id == mine.c.thread_id).where(threads.c.source_id.not_in(without))
    top = of_day.order_by(mine.c.comments.desc(), mine.c.thread_id.desc()).limit(1).scalar_subquery()
    query = select(thread_days.c.day, thread_days.c.thread_id, thread_days.c.comments).join(
        known, and_(thread_days.c.day == known.c.day, thread_days.c.thread_id == top)
    )
    return {day_of(row.day): (row.thread_id, row.comments) for row in tx.execute(query) if row.comments}


def title(tx: Tx, thread_id: int) -> str:
    """What a thread is called; its address where it has no title."""
    row = tx.execute(select(threads.c.title, threads.c.url).where(threads.c.id == thread_id)).one()
    return str(row.title or row.url)


def matters(tx: Tx, since: date, until: date) -> dict[str, dict[date, int]]:
    """How many comments spoke of each matter on each of UTC's days."""
    within = matter_days.c.day >= number(since), matter_days.c.day <= number(until)
    found: dict[str, dict[date, int]] = {}
    query = select(matter_days.c.matter, matter_days.c.day, matter_days.c.comments).where(*within)
    for matter, day, count in tx.execute(query.limit(_MOST_ROWS)):
        if count:
            found.setdefault(matter, {})[day_of(day)] = count
    return found


def spoken(tx: Tx, since: date, until: date) -> dict[str, Tally]:
    """The counts of each matter over UTC's days from `since` to `until`."""
    within = matter_days.c.day >= number(since), matter_days.c.day <= number(until)
    query = select(matter_days.c.matter, *sums(matter_days)).where(*within).group_by(matter_days.c.matter)
    return {row.matter: tally_of(row) for row in tx.execute(query)}


def days_of_matters(tx: Tx, since: date, until: date, some: Sequence[str]) -> dict[date, Tally]:
    """The counts of some matters together on each of UTC's days; a comment about two of them counts for each."""
    within = matter_days.c.day >= number(since), matter_days.c.day <= number(until), matter_days.c.matter.in_(some)
    query = select(matter_days.c.day, *sums(matter_days)).where(*within).group_by(matter_days.c.day)
    return {day_of(row.day): tally_of(row) for row in tx.execute(query)}


def texts(tx: Tx, begin: datetime, end: datetime, most: int, without: Collection[int] = ()) -> list[Said]:
    """The newest comments of strangers that were left from `begin` to before `end`, with their present texts; spam,
    what was erased and what came from the sources `without` left out; at most `most`."""
    wanted = (
        comments.c.at >= begin,
        comments.c.at < end,
        ~comments.c.ours,
        ~comments.c.spam,
        comments.c.status != "undone",
        comments.c.erased_at.is_(None),
        comments.c.source_id.not_in(without),
    )
    present = and_(revisions.c.comment_id == comments.c.id, revisions.c.number == comments.c.revision)
    query = select(comments.c.id, comments.c.author, revisions.c.text).join(revisions, present).where(*wanted)
    return [Said(*row) for row in tx.execute(query.order_by(comments.c.at.desc()).limit(most))]


# --- what we did -----------------------------------------------------------------------------------------------------


def published(tx: Tx, since: date, until: date, zone: ZoneInfo) -> dict[Ours, dict[date, int]]:
    """How much of ours went out on each of the days of `zone` from `since` to `until`, counted by hours as comments
    are (see `days`)."""
    found: dict[Ours, dict[date, int]] = {what: {} for what in Ours}
    hour, sent = published_hours.c.hour, func.sum(published_hours.c.n)
    for first, begin, end, length in _stretches(since, until, zone):
        day = ((hour - begin) // length).label("day")
        query = select(published_hours.c.what, day, sent).where(hour >= begin, hour < end)
        for what, place, n in tx.execute(query.group_by(published_hours.c.what, day).having(sent != 0)):
            found[Ours(what)][first + timedelta(days=place)] = n
    return found


def published_by_week(tx: Tx, since: date, until: date) -> dict[Ours, dict[date, int]]:
    """The same by weeks from Monday on, of UTC's days."""
    monday = number(since - timedelta(days=since.weekday()))
    week = ((published_days.c.day - monday) // 7).label("week")
    within = published_days.c.day >= monday, published_days.c.day <= number(until)
    sent = func.sum(published_days.c.n)
    query = select(published_days.c.what, week, sent).where(*within).having(sent != 0)
    found: dict[Ours, dict[date, int]] = {what: {} for what in Ours}
    for what, place, n in tx.execute(query.group_by(published_days.c.what, week)):
        found[Ours(what)][day_of(monday + 7 * place)] = n
    return found


def open_by_age(tx: Tx, now: datetime, ages: Sequence[timedelta]) -> tuple[list[int], float | None]:
    """How many open cases are younger than each of the ages and not younger than the one before, the last number being
    of those that are older than all; and the age of the oldest in seconds, None where no case is open."""
    groups, younger = [], cases.c.opened_at > now
    for age in ages:
        within = cases.c.opened_at > now - age
        groups.append(func.sum(case((and_(within, ~younger), 1), else_=0)))
        younger = within
    groups.append(func.sum(case((~younger, 1), else_=0)))
    row = tx.execute(select(*groups, func.min(cases.c.opened_at)).where(cases.c.state == "open")).one()
    oldest = None if row[-1] is None else (now - row[-1]).total_seconds()
    return [int(one or 0) for one in row[:-1]], oldest


def last_read(tx: Tx) -> datetime | None:
    """When a source last answered."""
    return tx.execute(select(func.max(sources.c.read_at))).scalar()
