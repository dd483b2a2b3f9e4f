"""Filling gaps: what a feed has forgotten is read by other ways, page by page, until what was known before is met.

WordPress's feed of comments holds ten. Its interface holds them all, a hundred a page, also for those without an
account; where it is closed, each post's own feed of comments may still reach back. Each page is one transaction, and
the gap's row says how far it went: whoever takes the next job goes on from there. What cannot be filled stays, to be
shown and looked at by a person.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from urllib.parse import urlsplit

from access.permissions import Permission, require
from channels.feed import read as feed
from channels.feed.posts import covered, feed_of_post, feed_of_posts
from channels.http import FetchError
from channels.wordpress import api as wordpress
from ingest import rhythm
from ingest.missed import INTERFACE, LOOKED_AT, POST_FEEDS, Missed, go_on, lived_with_before, news_since, note
from ingest.take import Taken, take
from jobs import Context
from model import clock
from model.comment import Reading
from model.errors import Conflict, LevelheadError, NotFound
from model.language import _, later
from model.person import Person
from model.settings import settings
from response import blogs
from store import audit, gaps, sources
from store.db import Store, Tx
from store.gaps import Gap
from store.sources import Source

log = logging.getLogger("levelhead.ingest")

MOST_PAGES = 300
_STEP = wordpress.PAGE - 10  # pages overlap, so that what is deleted on the blog meanwhile moves nothing past us
_PAGES_A_JOB = 20
_SECONDS_A_JOB = 60.0
_MOST_FAILURES = 12
_MOST_THREADS = 200
_THREADS_A_CALL = 10
# The blog compares in its own local time, where an hour comes twice a year.
_MARGIN = timedelta(hours=1)
_UNREAD_FEEDS = later("Some feeds of its posts could not be read.")
_OTHER_POSTS = later(
    "The feeds of its newest posts, and of the last {most} with comments, were read; comments under other"
    " posts may be missing."
)


class _NoWay(LevelheadError):
    """A gap cannot be filled this way; the message says why."""


def history(store: Store, source: Source, reading: Reading) -> None:
    """What stands behind the first reading of a blog: its newest hundred comments, as context.

    They tell the analysis who has been here before and what the talk is about. Only what was left in the last two days
    opens cases: what is older has been lived with, and must not flood the queue as if it were news. An account that
    may moderate reads them by itself (`ingest.moderated`). What is news and neither in that `reading` nor among the
    hundred, or all of it where the blog does not give them now, is a gap like any other.
    """
    if not source.api_url or blogs.moderates(source):
        return
    news, shown = news_since(source), reading.entries
    try:
        page = wordpress.older(blogs.site(source))
        here = replace(page.reading, entries=covered(source.feed_url, page.reading.entries))
        take(store, source, here, newest=False, quiet_before=news)
        if page.last:
            return
        shown = (*shown, *page.reading.entries)
    except LevelheadError as error:
        log.info("the history of source %s was not read: %s", source.id, type(error).__name__)
    now = clock.now()
    oldest = min((entry.published_at for entry in shown if entry.published_at), default=now)
    if news and shown and news < oldest:
        with store.write() as tx:
            note(tx, source, Missed(news, min(oldest, now)), reading.generator, now)


def fill(context: Context) -> None:
    """The job: fills a gap as far as it gets within a minute, and has it gone on with when there is more."""
    store = context.store
    with store.read() as tx:
        gap = gaps.get(tx, context.job.ref)
        source = sources.get(tx, gap.source_id) if gap else None
    if gap is None or source is None or gap.filled_at or not gap.way:
        return
    if not source.active:
        _put_off(store, gap, "", timedelta(days=1))
        return
    late = time.monotonic() + _SECONDS_A_JOB
    for _page_of_job in range(_PAGES_A_JOB):
        try:
            further = _WAYS[gap.way](store, source, gap)
        except (_NoWay, wordpress.AccountProblem) as error:
            further = _other_way(store, source, gap, str(error))
        except FetchError as error:
            _failed(store, gap, str(error))
            return
        if further is None or further.filled_at or not further.way:
            return
        gap = further
        if time.monotonic() > late or not context.still_mine():
            break
    with store.write() as tx:
        go_on(tx, gap.id, gap.step + 1, clock.now())


def _by_interface(store: Store, source: Source, gap: Gap) -> Gap | None:
    """One page of the interface. Returns the gap as it is afterwards, None when somebody else works on it."""
    if gap.place >= MOST_PAGES * _STEP:
        raise _NoWay(_("More comments were left meanwhile than are fetched at once."))
    page = wordpress.older(blogs.site(source), gap.met + _MARGIN, offset=gap.place)
    times = [entry.published_at for entry in page.reading.entries if entry.published_at]
    in_order = all(a >= b for a, b in pairwise(times))
    done = page.last or (in_order and bool(times) and times[-1] < gap.since)
    left = max(gap.since, min([gap.until, *times])) if in_order else gap.until
    return _page(store, source, gap, page.reading, done=done, left=left, place=gap.place + _STEP)


def _by_post_feeds(store: Store, source: Source, gap: Gap) -> Gap | None:
    """The feeds of single posts: first those of the newest posts, then those of the threads that are known, newest
    first, some with each call. `place` is the thread that was read last.

    This way brings what it can and is never sure of having brought all: nobody tells of posts that are neither among
    the newest nor known. So it ends with a sentence, and a person looks.
    """
    full = len((_read(source, source.feed_url) or Reading()).entries)
    posts = "" if gap.place else feed_of_posts(source.feed_url)
    newest = _read(source, posts) if posts else Reading()
    feeds = [(url, gap.place) for url in (newest.comment_feeds if newest else ())]
    with store.read() as tx:
        threads = gaps.threads_before(tx, source.id, gap.place, _MOST_THREADS)
    feeds += [(feed_of_post(url), thread_id) for thread_id, url in threads[:_THREADS_A_CALL]]
    problem, more = gap.problem if newest else _(_UNREAD_FEEDS), len(threads) > _THREADS_A_CALL
    for address, place in feeds:
        found = _read(source, address, of_post=True) if _same_host(address, source.feed_url) else None
        reading = found or Reading()
        times = [entry.published_at for entry in reading.entries if entry.published_at]
        if found is None:
            problem = _(_UNREAD_FEEDS)
        elif len(reading.entries) >= full and min(times, default=gap.since) >= gap.since:
            problem = _("Some of its posts have more new comments than their feeds show.")
        further = _page(store, source, gap, reading, done=False, place=place, problem=problem)
        if further is None:
            return None
        gap = further
    if more:
        return gap
    raise _NoWay(problem or (_(_OTHER_POSTS, most=_MOST_THREADS) if feeds else _("Its feeds no longer show them.")))


def _read(source: Source, url: str, *, of_post: bool = False) -> Reading | None:
    """A feed of the source's, or None where what answers is no feed that could be read: that is no empty one.

    A post that is gone, and its feed with it, has no comments any more. Raises a FetchError.
    """
    try:
        fresh = feed.read(url, allow_private=source.allow_private, wordpress=True)
    except feed.NoFeed as error:
        if error.status == 429 or error.status >= 500:
            raise FetchError(error.what, sent=True, again=error.again) from error
        return Reading() if error.status == 410 or (of_post and error.status == 404) else None
    reading = fresh.reading
    return None if reading is None or (reading.problems and not reading.entries) else reading


def _same_host(url: str, other: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(other)[:2]


_WAYS: dict[str, Callable[[Store, Source, Gap], Gap | None]] = {INTERFACE: _by_interface, POST_FEEDS: _by_post_feeds}


def _page(
    store: Store,
    source: Source,
    gap: Gap,
    reading: Reading,
    *,
    done: bool,
    place: int,
    left: datetime | None = None,
    problem: str = "",
) -> Gap | None:
    """Takes one page and writes down how far the gap is filled with it, in one transaction."""
    after: list[Gap | None] = []

    def also(tx: Tx, taken: Taken) -> None:
        now = clock.now()
        values: dict[str, object] = {"place": place, "until": left or gap.until, "problem": problem, "failures": 0}
        if done:
            values |= {"filled_at": now, "how": gap.way, "next_at": None}
        mine = gaps.change(tx, gap, brought=gap.brought + taken.new, **values)
        if mine and done:
            audit.record(tx, "gap.filled", "gap", gap.id, by=None, at=now, way=gap.way, brought=gap.brought + taken.new)
        after.append(gaps.get(tx, gap.id) if mine else None)

    here = replace(reading, entries=covered(source.feed_url, reading.entries))
    # A page may show more than the gap: what was lived with before the source was added is no news.
    quiet = min(gap.since, lived_with_before(source))
    take(store, source, here, newest=False, quiet_before=quiet, quiet_undated=False, also=also)
    return after[0]


def _other_way(store: Store, source: Source, gap: Gap, problem: str) -> Gap | None:
    """The next way to fill a gap after one has failed for good; without one it stays, to be shown."""
    wordpress_feed = feed_of_posts(source.feed_url)
    way = POST_FEEDS if gap.way == INTERFACE and wordpress_feed else ""
    return _changed(store, gap, way=way, place=0, failures=0, problem="" if way else problem, next_at=None)


def _failed(store: Store, gap: Gap, problem: str) -> None:
    """The source could not be reached: it is tried again later, a dozen times, at longer and longer intervals."""
    now, failures = clock.now(), gap.failures + 1
    if failures >= _MOST_FAILURES:
        _changed(store, gap, way="", failures=failures, problem=problem, next_at=None)
        return
    bounds = rhythm.Bounds.of(settings().poll_seconds, settings().poll_longest_seconds)
    _put_off(store, gap, problem, rhythm.after_failure(now, failures, bounds) - now, failures)


def _put_off(store: Store, gap: Gap, problem: str, pause: timedelta, failures: int = 0) -> None:
    _changed(store, gap, step=gap.step + 1, failures=failures, problem=problem, next_at=clock.now() + pause)


def _changed(store: Store, gap: Gap, **values: object) -> Gap | None:
    with store.write() as tx:
        return gaps.get(tx, gap.id) if gaps.change(tx, gap, **values) else None


def look_at(store: Store, by: Person, gap_id: int) -> None:
    """A person has looked at the source: nothing is missing, or what was is known. Raises Conflict when somebody else
    has, or when it was filled meanwhile."""
    require(by, Permission.SOURCES)
    now = clock.now()
    with store.write() as tx:
        gap = gaps.get(tx, gap_id)
        if gap is None:
            raise NotFound(_("There is no such gap."))
        if not gaps.change(tx, gap, filled_at=now, how=LOOKED_AT, looked_by=by.id, next_at=None):
            raise Conflict(_("This gap was filled or looked at meanwhile."))
        audit.record(tx, "gap.looked_at", "gap", gap_id, by=by.id, at=now)
