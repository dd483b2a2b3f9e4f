"""Whether comments may have come and gone between two reads of a feed that shows only its newest ones.

A feed is a window on the newest comments. What was left since the last read is all there if the window reaches back to
where the last one ended; if it does not, something may have been pushed out in between. `missed` decides that from the
old end of the window alone: an old comment that stands further up (it was edited, or the document is in another order
than that of time) proves nothing. A comment that is approved late and is older than the window's end is not in the
window at all; no reading of this feed can tell, so it is no gap (reading with an account finds it).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from jobs import enqueue
from model import clock
from model.comment import Entry
from model.language import _
from model.words import SourceKind
from store import audit, gaps
from store.db import Tx
from store.sources import Source

_STILL_NEWS = timedelta(days=2)
_LOST = timedelta(minutes=10)
INTERFACE, POST_FEEDS, LOOKED_AT = "interface", "post feeds", "looked at"


@dataclass(frozen=True, slots=True)
class Missed:
    """Comments left after `since` and before `until` may be missing."""

    since: datetime
    until: datetime


def news_since(source: Source) -> datetime | None:
    """At the first read of a source: what was left before this has been lived with, and opens no case though it is
    read. None later on: then everything is news. What a feed itself shows is always news."""
    return clock.now() - _STILL_NEWS if source.read_at is None else None


def lived_with_before(source: Source) -> datetime:
    """What was left before this is no news of this source, whenever it is read."""
    return source.created_at - _STILL_NEWS


def old_end(entries: Sequence[Entry]) -> Entry | None:
    """The entry at the old end of a document: its last, or its first where more of it ascends than descends."""
    times = [entry.published_at for entry in entries if entry.published_at]
    ups = sum(a < b for a, b in pairwise(times))
    downs = sum(a > b for a, b in pairwise(times))
    return (entries[0] if ups > downs else entries[-1]) if entries else None


def missed(entries: Sequence[Entry], known: Collection[str], front: datetime | None, now: datetime) -> Missed | None:
    """What may be missing before the entries of a feed, in the document's order.

    `known` are the identities that were known before, `front` is the newest comment that a read has met before, None
    when there was none: the first read misses nothing.
    """
    end = old_end(entries)
    if end is None or front is None or end.identity in known:
        return None
    if end.published_at is not None and end.published_at < front and _in_order(entries):
        return None  # everything since the last read is in this window; its end is only older than what was ever read
    newer = [entry.published_at for entry in entries if entry.published_at and entry.published_at > front]
    return Missed(front, max(min([now, *newer]), front))


def _in_order(entries: Sequence[Entry]) -> bool:
    """Whether a document is sorted by time, in either direction."""
    times = [entry.published_at for entry in entries if entry.published_at]
    pairs = list(pairwise(times))
    return len(times) == len(entries) and (all(a >= b for a, b in pairs) or all(a <= b for a, b in pairs))


def front_of(entries: Sequence[Entry], before: datetime | None, now: datetime) -> datetime | None:
    """The newest comment that has been met, with these entries; never in the future."""
    times = [min(entry.published_at or now, now) for entry in entries]
    return max([*times, *([before] if before else [])], default=None)


def way_of(source: Source, generator: str) -> str:
    """How a gap of this source can be filled; empty when there is no way."""
    if source.api_url:
        return INTERFACE
    return POST_FEEDS if source.kind == SourceKind.WORDPRESS or "wordpress" in generator.lower() else ""


def note(tx: Tx, source: Source, gap: Missed, generator: str, now: datetime) -> int:
    """Writes a gap down, and has it filled where there is a way; returns its id."""
    way = way_of(source, generator)
    gap_id = gaps.add(
        tx,
        source_id=source.id,
        since=gap.since,
        met=gap.until,
        until=gap.until,
        found_at=now,
        way=way,
        next_at=None,
        problem="" if way else _("Its feed no longer shows them, and there is no other way to read them."),
    )
    audit.record(tx, "gap.found", "gap", gap_id, by=None, at=now, source=source.id)
    if way:
        go_on(tx, gap_id, 0, now)
    return gap_id


def go_on(tx: Tx, gap_id: int, step: int, now: datetime) -> None:
    """Has a gap filled further, now. Should the job be lost, it is looked at again later."""
    row = gaps.get(tx, gap_id)
    assert row is not None
    gaps.change(tx, row, step=step, next_at=now + _LOST)
    enqueue(tx, "read.fill", gap_id, f"fill:{gap_id}:{step}", now)
