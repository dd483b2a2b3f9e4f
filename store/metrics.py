"""Counts for the overview, made by the database: a page never counts rows itself."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import case, func, select

from store.db import Tx
from store.schema import cases, comments, level_times, sources, waits
from store.uploads import UNDONE

_MOST_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Day:
    """One day: how many comments were left, how many of them flagged, and the sum of their sentiment (-1..1 each)."""

    day: date
    comments: int
    flagged: int
    sentiment_sum: float


@dataclass(frozen=True, slots=True)
class Wait:
    """One wait for approval at a level (0: an expert), in seconds; `open` while it goes on."""

    level: int
    seconds: float
    open: bool


def days(tx: Tx, since: datetime, zone: ZoneInfo) -> list[Day]:
    """Comments by day since a moment, the days being those of `zone`, oldest first. Neither ours count, nor those of
    an upload that was undone.

    The database groups by the hour, so that a day begins when it does for the reader; that is at most 24 rows a day.
    """
    sqlite = tx.dialect.name == "sqlite"
    when = comments.c.at
    hour = (
        func.strftime("%Y-%m-%d %H:30:00", when)
        if sqlite
        else func.to_char(func.timezone("UTC", when), "YYYY-MM-DD HH24:30:00")  # as it is
    )
    rows = tx.execute(
        select(
            hour.label("hour"),
            func.count().label("comments"),
            func.sum(case((comments.c.flagged, 1), else_=0)).label("flagged"),
            func.sum(comments.c.sentiment).label("sentiment"),
        )
        .where(when >= since, ~comments.c.ours, comments.c.status != UNDONE)
        .group_by(hour)
        .limit(_MOST_ROWS)
    )
    days: dict[date, list[float]] = {}
    for row in rows:
        moment = datetime.fromisoformat(f"{row.hour}+00:00").astimezone(zone)
        sums = days.setdefault(moment.date(), [0, 0, 0.0])
        sums[0] += row.comments
        sums[1] += row.flagged
        sums[2] += row.sentiment
    return [Day(day, int(a), int(b), c) for day, (a, b, c) in sorted(days.items())]


def open_ages(tx: Tx, now: datetime) -> list[float]:
    """The ages of the open cases in seconds, oldest first."""
    opened = tx.execute(
        select(cases.c.opened_at).where(cases.c.state == "open").order_by(cases.c.opened_at).limit(10_000)
    )
    return [(now - moment).total_seconds() for moment in opened.scalars()]


def waits_by_level(tx: Tx, since: datetime, now: datetime) -> list[Wait]:
    """Every wait for approval that began since a moment, those that go on included."""
    query = select(level_times).where(level_times.c.began_at >= since).order_by(level_times.c.began_at)
    return [
        Wait(row.level, ((row.ended_at or now) - row.began_at).total_seconds(), row.ended_at is None)
        for row in tx.execute(query.limit(_MOST_ROWS))
    ]


def waiting_now(tx: Tx) -> int:
    """How many responses wait for somebody's decision."""
    return int(tx.execute(select(func.count(func.distinct(waits.c.submission_id)))).scalar_one())


def last_read(tx: Tx) -> datetime | None:
    """When a source last answered."""
    return tx.execute(select(func.max(sources.c.read_at))).scalar()
