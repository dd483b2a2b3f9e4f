"""When a source is read next: its own rhythm, learnt from when its comments came. Pure.

A read costs both sides something, a comment that waits costs more. So a source is read about twice as often as
comments come there, or ten times as often as it has been quiet, whichever is more often: a thread that is alive is read
at the shortest interval, one that fell asleep less and less.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

__all__ = ["DAY", "LOOKED_AT", "Bounds", "after_failure", "next_read", "retry_after"]

LOOKED_AT = 100  # arrivals, the newest; more say nothing new
DAY = timedelta(days=1)

_WINDOWS = (timedelta(hours=1), timedelta(hours=6), DAY, timedelta(days=7))
_ENOUGH = 3  # arrivals in a window make a rhythm; fewer are chance
_READS_AN_ARRIVAL = 2
_READS_A_QUIET = 10
_MOST_TIMES = 12
_LONGEST_PAUSE = timedelta(hours=6)
_JITTER = 0.25
_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between two reads lie at least `shortest` and at most `longest` seconds."""

    shortest: float
    longest: float

    @classmethod
    def of(cls, shortest: float, longest: float) -> "Bounds":
        """The bounds by the settings: the longest is never less than the shortest, nor more than twelve times it."""
        return cls(shortest, max(shortest, min(longest, shortest * _MOST_TIMES)))


def interval(now: datetime, arrivals: Sequence[datetime], since: datetime, bounds: Bounds) -> timedelta:
    """How long to wait between two reads.

    `arrivals` are the times of the newest comments in any order (those in the future count as now), `since` is when
    the source was added: until a comment comes it has been quiet from then on.
    """
    ages = sorted(max(timedelta(0), now - one) for one in arrivals)
    quiet = min([*ages[:1], max(timedelta(0), now - since)])
    wanted = [quiet / _READS_A_QUIET]
    for window in _WINDOWS:
        came = sum(age <= window for age in ages)
        if came >= _ENOUGH:
            # Where the list is cut off, its oldest says how far it reaches.
            reach = min(window, ages[-1]) if came == len(ages) and came >= LOOKED_AT else window
            wanted.append(reach / came / _READS_AN_ARRIVAL)
    return _between(min(wanted), bounds)


def _between(wanted: timedelta, bounds: Bounds) -> timedelta:
    return timedelta(seconds=min(max(wanted.total_seconds(), bounds.shortest), bounds.longest))


def next_read(
    now: datetime, arrivals: Sequence[datetime], since: datetime, bounds: Bounds, chance: float | None = None
) -> datetime:
    """When a source that answered is read next. Up to a twentieth is added by `chance` (0 to 1; None: by lot), so that
    sources that were added together do not all come together."""
    return now + interval(now, arrivals, since, bounds) * (1 + _SPREAD * _lot(chance))


def after_failure(
    now: datetime, failures: int, bounds: Bounds, asked: timedelta | None = None, chance: float | None = None
) -> datetime:
    """When a source that failed is tried again; `failures` counts this one too.

    The pause doubles with each failure up to six hours, and up to a quarter is added by `chance`. What the source
    `asked` for (`retry_after`) is waited for at least, but never more than a day.
    """
    longest = max(_LONGEST_PAUSE, timedelta(seconds=bounds.shortest))
    doubled: timedelta = min(timedelta(seconds=bounds.shortest) * 2 ** min(max(0, failures - 1), 20), longest)
    lot = _lot(chance)
    left_alone = min((asked or timedelta(0)) * (1 + _SPREAD * lot), DAY)
    return now + max(doubled * (1 + _JITTER * lot), left_alone)


def retry_after(header: str, now: datetime) -> timedelta | None:
    """How long a source asks to be left alone, by its header Retry-After: seconds or a date; at most a day.

    None where the header says nothing that can be understood.
    """
    text = header.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), int(DAY.total_seconds())))
    try:
        until = parsedate_to_datetime(text)
        until = until if until.tzinfo else until.replace(tzinfo=UTC)
        return min(max(timedelta(0), until - now), DAY)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _lot(chance: float | None) -> float:
    return random.random() if chance is None else chance  # noqa: S311 (jitter, no secret)
