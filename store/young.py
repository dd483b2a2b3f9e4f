"""What single sources brought, so that those too young to be compared can be left out of a comparison.

Out of the roll-ups by source; of the days in whose midst a week begins, out of the comments of the sources asked for.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from sqlalchemy import and_, or_, select

from model.tally import Day, Tally
from store import rollups
from store.db import Tx
from store.metrics import day_of, hour_of, number, sums, tally_of
from store.rollups import DAY_S, HOUR_S
from store.schema import comments, source_days, source_matter_days, sources

_WEEK = timedelta(weeks=1)
_HOUR = timedelta(hours=1)


def firsts(tx: Tx) -> dict[int, date]:
    """The day (UTC) of the first comment that is known of each source which has any."""
    first = select(source_days.c.day).where(source_days.c.source_id == sources.c.id, source_days.c.comments > 0)
    query = select(sources.c.id, first.order_by(source_days.c.day).limit(1).scalar_subquery())
    return {row[0]: day_of(row[1]) for row in tx.execute(query) if row[1] is not None}


def names(tx: Tx, ids: Iterable[int], since: date) -> list[str]:
    """Those of the sources that brought a comment from a day (UTC) on, by name."""
    brought = select(source_days.c.source_id).where(
        source_days.c.source_id.in_(ids), source_days.c.day >= number(since), source_days.c.comments > 0
    )
    return list(tx.execute(select(sources.c.name).where(sources.c.id.in_(brought)).order_by(sources.c.name)).scalars())


def days_of(tx: Tx, ids: Iterable[int], since: date, until: date) -> dict[date, Tally]:
    """The counts of these sources together on each of UTC's days."""
    return _days(tx, since, until, source_days.c.source_id.in_(ids))


def days_without(tx: Tx, ids: Iterable[int], since: date, until: date) -> list[Day]:
    """The counts of all other sources together on each of UTC's days on which something was left, oldest first."""
    found = _days(tx, since, until, source_days.c.source_id.not_in(ids))
    return [Day(day, tally) for day, tally in found.items() if tally.comments or tally.spam]


def _days(tx: Tx, since: date, until: date, which: object) -> dict[date, Tally]:
    within = source_days.c.day >= number(since), source_days.c.day <= number(until), which
    query = select(source_days.c.day, *sums(source_days)).where(*within).group_by(source_days.c.day)  # type: ignore[arg-type]
    return {day_of(row.day): tally_of(row) for row in tx.execute(query.order_by(source_days.c.day))}


def weeks_back_of(tx: Tx, ids: frozenset[int], now: datetime, weeks: int) -> list[Tally]:
    """`store.metrics.weeks_back` of these sources alone: the last seven times 24 hours, and as many before these."""
    if not ids:
        return [Tally()] * (weeks + 1)
    ends = [datetime.fromtimestamp((hour_of(now) + 1) * HOUR_S, UTC) - place * _WEEK for place in range(weeks + 2)]
    edges = [(end - _HOUR).date() for end in ends]
    days = days_of(tx, ids, edges[-1], edges[0])
    before = _before(tx, ids, [(datetime.combine(day, time(), UTC), end) for day, end in zip(edges, ends, strict=True)])
    before[edges[0]] = days.get(edges[0], Tally())  # nothing of it is to come
    found = []
    for last, first in pairwise(edges):
        whole = sum((tally for day, tally in days.items() if first <= day < last), Tally())
        found.append(whole - before.get(first, Tally()) + before.get(last, Tally()))
    return found


def _before(tx: Tx, ids: frozenset[int], parts: list[tuple[datetime, datetime]]) -> dict[date, Tally]:
    """What was left in the first part of some of UTC's days."""
    c, day = comments.c, (rollups.seconds(tx.dialect) // DAY_S).label("day")
    within = or_(*(and_(c.source_id.in_(ids), c.at >= begin, c.at < end) for begin, end in parts))
    counts = zip(rollups.COUNTS, rollups.totals(), strict=True)
    query = select(day, *(count.label(name) for name, count in counts)).where(within, *rollups.COUNTED).group_by(day)
    return {day_of(row.day): tally_of(row) for row in tx.execute(query)}


def matters_of(tx: Tx, ids: Iterable[int], since: date, until: date) -> dict[str, dict[date, Tally]]:
    """The counts of each matter in the comments of these sources together, on each of UTC's days."""
    c = source_matter_days.c
    within = c.source_id.in_(ids), c.day >= number(since), c.day <= number(until)
    found: dict[str, dict[date, Tally]] = {}
    query = select(c.matter, c.day, *sums(source_matter_days)).where(*within).group_by(c.matter, c.day)
    for row in tx.execute(query):
        found.setdefault(row.matter, {})[day_of(row.day)] = tally_of(row)
    return found
