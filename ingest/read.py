"""Reading a source: when its time has come, what its answer means for the source, and what could not be read before.

The network comes first, then the assessment, and the transaction last: nobody waits for a slow blog.
"""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from access.permissions import Permission, require
from channels.feed import read as feed
from channels.feed.apart import parse
from channels.http import FetchError
from channels.shape import Fresh
from channels.wordpress.parse import parse as interface
from ingest import isso, moderated, rhythm, uploads
from ingest.gaps import history
from ingest.missed import go_on
from ingest.take import keep, take
from jobs import Context, enqueue
from model import clock
from model.comment import Reading, Unreadable
from model.errors import NotFound
from model.language import _, later
from model.person import Person
from model.settings import settings
from model.words import SourceKind
from store import audit, gaps, sources
from store.db import Busy, Store, refused
from store.sources import Source

log = logging.getLogger("levelhead.ingest")

_UNDER_WAY = timedelta(minutes=1)
_ENDING = timedelta(seconds=5)
_OUR_FAULT = later(
    "What it sent could not be taken in, by a fault of Levelhead. It is tried again later; whoever runs"
    " Levelhead finds the details in its log."
)

_NOT_STORABLE = later(
    "It sent something that cannot be stored, so nothing of what it sent was taken in. It is tried again"
    " later; if this stays, ask whoever runs the source."
)


def look(store: Store) -> None:
    """Enqueues a read of each source whose time has come, and what fills gaps further."""
    now = clock.now()
    with store.read() as tx:
        due, open_gaps = sources.due(tx, now), gaps.due(tx, now)
    if not due and not open_gaps:
        return
    with store.write() as tx:
        begun = {source_id for source_id in due if enqueue(tx, "read", source_id, f"read:{source_id}", now)}
        # A job that is lost with its worker is taken again by another; this is for one that never came to be.
        sources.put_off(tx, begun, now + max(_UNDER_WAY, timedelta(seconds=settings().poll_seconds)))
        # Another read's job has not ended yet: it may be past the point at which this one could still be part of it.
        sources.put_off(tx, set(due) - begun, now + _ENDING)
        for gap in open_gaps:
            go_on(tx, gap.id, gap.step + 1, now)


def read_source(context: Context) -> None:
    """The job: reads one source. What the source answers, or does not, is told on its row in plain words.

    Whatever goes wrong with one source ends here and stops no other.
    """
    store, source_id = context.store, context.job.ref
    began = clock.now()
    with store.read() as tx:
        source = sources.get(tx, source_id)
        arrivals = sources.arrivals(tx, source_id, rhythm.LOOKED_AT)
    if source is None or not source.active or not source.feed_url:
        return
    try:
        fresh = _fetched(source)
        if fresh.reading is None:
            # The document is as it was, and so is what was wrong with it.
            moderated.look(store, source)
            _succeeded(store, source, began, arrivals, {}, "" if source.failures else source.problem)
        else:
            _take(store, source, began, fresh)
    except feed.NoFeed as error:
        failed(store, source, began, str(error), asked=rhythm.retry_after(error.retry_after, began))
    except FetchError as error:
        failed(store, source, began, str(error))
    except Busy:
        raise
    except SQLAlchemyError as error:
        if not refused(error):
            raise  # this is no fault of the source; the job is tried again
        log.error("source %s sent what the database does not take: %s", source_id, type(error).__name__)
        failed(store, source, began, _(_NOT_STORABLE))
    except Exception:
        log.exception("source %s could not be taken in", source_id)
        failed(store, source, began, _(_OUR_FAULT))


def _fetched(source: Source) -> Fresh:
    return feed.read(
        source.feed_url,
        allow_private=source.allow_private,
        etag=source.etag,
        last_modified=source.last_modified,
        body_hash=source.body_hash,
        wordpress=source.kind == SourceKind.WORDPRESS,
    )


def _take(store: Store, source: Source, began: datetime, fresh: Fresh) -> None:
    """What a source has sent becomes comments; then its row says how it went."""
    reading = fresh.reading
    assert reading is not None
    problem = reading.problems[0] if reading.problems and not reading.entries else ""
    if problem:
        failed(store, source, began, problem, reading.unreadable)
        return
    reading = isso.without_deleted(store, source, reading)
    take(store, source, moderated.identified(store, source, reading))
    if source.read_at is None:
        history(store, source, reading)
    moderated.look(store, source)
    # What was cut off on its way carries the marks of the whole: with them the rest would never be asked for. And
    # WordPress dates a feed by its newest comment alone: with its marks, edits and late approvals would not be seen.
    # Isso marks a feed by its oldest comment: with its marks, nothing new would ever be seen.
    sound = not reading.problems and "wordpress" not in reading.generator.lower() and not isso.is_of(reading)
    marks = {"etag": fresh.etag if sound else "", "last_modified": fresh.last_modified if sound else ""}
    with store.read() as tx:
        arrivals = sources.arrivals(tx, source.id, rhythm.LOOKED_AT)
    _succeeded(store, source, began, arrivals, {**marks, "body_hash": fresh.body_hash}, " ".join(reading.problems))


def bounds() -> rhythm.Bounds:
    """How often a source is read at most and at least, by the settings."""
    return rhythm.Bounds.of(settings().poll_seconds, settings().poll_longest_seconds)


def failed(
    store: Store,
    source: Source,
    began: datetime,
    problem: str,
    unreadable: Sequence[Unreadable] = (),
    asked: timedelta | None = None,
) -> None:
    """A read of a source has come to nothing: its row says since when and why, and when it is tried again."""
    now = clock.now()
    failures = source.failures + 1
    with store.write() as tx:
        keep(tx, source.id, unreadable, now)
        sources.ended(
            tx,
            source.id,
            began,
            now,
            rhythm.after_failure(now, failures, bounds(), asked),
            problem=problem,
            failures=failures,
            failing_since=source.failing_since or now,
            rest_until=now + asked if asked else None,
        )
        if failures == 1:
            audit.record(tx, "source.failed", "source", source.id, by=None, at=now)


def _succeeded(
    store: Store, source: Source, began: datetime, arrivals: Sequence[datetime], marks: dict[str, str], problem: str
) -> None:
    """One small change of one row, and no event: most reads bring nothing."""
    now = clock.now()
    values: dict[str, object] = {"read_at": now, **marks}
    if source.failures or source.problem != problem or source.rest_until:
        values |= {"problem": problem, "failures": 0, "failing_since": None, "rest_until": None}
    with store.write() as tx:
        next_at = rhythm.next_read(now, arrivals, source.created_at, bounds())
        sources.ended(tx, source.id, began, now, next_at, **values)


def read_again(store: Store, by: Person, source_id: int) -> int:
    """Reads what was kept because it could not be read; returns how many comments came of it.

    What can be read by now becomes comments and is no longer kept; the rest stays as it is.
    """
    require(by, Permission.SOURCES)
    with store.read() as tx:
        source = sources.get(tx, source_id)
        items = sources.kept(tx, source_id) if source else []
    if source is None:
        raise NotFound(_("There is no such source."))
    brought = 0
    for item_id, raw in items:
        reading = _again(store, source, raw)
        if not reading.entries:
            continue
        brought += take(store, source, replace(reading, unreadable=()), newest=False).new
        if not reading.unreadable and not reading.problems:
            with store.write() as tx:
                sources.forget_kept(tx, item_id)
                audit.record(tx, "source.read_again", "source", source_id, by=by.id)
    return brought


def _again(store: Store, source: Source, raw: str) -> Reading:
    if source.kind == SourceKind.BY_HAND:
        return uploads.read_kept(store, source, raw)
    body = raw.encode("utf-8", "replace")
    return interface(b"[" + body + b"]") if raw.startswith("{") else parse(body)
