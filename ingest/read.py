"""Reading a source: what is new or edited becomes comments, assessments and cases, in one transaction a read.

The network comes first, then the assessment, and the transaction last: nobody waits for a slow blog.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import analysis
from access.permissions import Permission, require
from analysis.similarity import near_key
from channels.feed import read as feed
from channels.feed.parse import parse
from channels.http import FetchError
from channels.wordpress.parse import parse as interface
from jobs import Context, enqueue
from model.assessment import Assessment, Subject
from model.comment import Entry, Reading, Unreadable
from model.errors import NotFound
from model.person import Person
from model.settings import settings
from model.words import SourceKind
from response import cases
from response.cases import Flagged
from store import audit, comments, sources
from store.comments import Known, Thread
from store.db import Store, Tx
from store.sources import Source

_LONGEST_PAUSE = timedelta(hours=6)
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a read brought."""

    new: int = 0
    edited: int = 0
    unreadable: int = 0
    cases: int = 0


@dataclass(frozen=True, slots=True)
class _Judged:
    """An entry with what the analysis says of it; `known` is the comment it edits, if any."""

    entry: Entry
    text_hash: str
    near: str
    assessment: Assessment
    known: Known | None


def look(store: Store) -> None:
    """Enqueues a read of each source whose time has come."""
    now = datetime.now(UTC)
    with store.read() as tx:
        due = sources.due(tx, now)
    if not due:
        return
    with store.write() as tx:
        for source_id in due:
            sources.change(tx, source_id, next_read_at=now + timedelta(seconds=settings().poll_seconds))
            enqueue(tx, "read", source_id, f"read:{source_id}", now)


def read_source(context: Context) -> None:
    """The job: reads one source. What the source answers, or does not, is told on its row in plain words."""
    store, source_id = context.store, context.job.ref
    with store.read() as tx:
        source = sources.get(tx, source_id)
    if source is None or not source.active:
        return
    try:
        fresh = feed.read(
            source.feed_url,
            allow_private=source.allow_private,
            etag=source.etag,
            last_modified=source.last_modified,
            body_hash=source.body_hash,
            wordpress=source.kind == SourceKind.WORDPRESS,
        )
    except (FetchError, feed.NoFeed) as error:
        _failed(store, source, str(error))
        return
    if fresh.reading is None:
        # The document is as it was, and so is what was wrong with it.
        _succeeded(store, source, {}, "" if source.failures else source.problem)
        return
    problem = fresh.reading.problems[0] if fresh.reading.problems and not fresh.reading.entries else ""
    if problem:
        _failed(store, source, problem, fresh.reading.unreadable)
        return
    take(store, source, fresh.reading)
    # What was cut off on its way carries the marks of the whole: with them the rest would never be asked for. And
    # WordPress dates a feed by its newest comment alone: with its marks, edits and late approvals would not be seen.
    sound = not fresh.reading.problems and "wordpress" not in fresh.reading.generator.lower()
    marks = {"etag": fresh.etag if sound else "", "last_modified": fresh.last_modified if sound else ""}
    _succeeded(store, source, {**marks, "body_hash": fresh.body_hash}, " ".join(fresh.reading.problems))


def _failed(store: Store, source: Source, problem: str, unreadable: Sequence[Unreadable] = ()) -> None:
    now = datetime.now(UTC)
    failures = source.failures + 1
    pause = min(timedelta(seconds=settings().poll_seconds) * 2 ** min(failures - 1, 10), _LONGEST_PAUSE)
    with store.write() as tx:
        _keep(tx, source.id, unreadable, now)
        sources.change(
            tx,
            source.id,
            problem=problem,
            failures=failures,
            failing_since=source.failing_since or now,
            next_read_at=now + pause,
        )
        if failures == 1:
            audit.record(tx, "source.failed", "source", source.id, by=None, at=now)


def _succeeded(store: Store, source: Source, marks: dict[str, str], problem: str = "") -> None:
    now = datetime.now(UTC)
    well: dict[str, object] = {"problem": problem, "failures": 0, "failing_since": None}
    if source.failures:
        well["next_read_at"] = now + timedelta(seconds=settings().poll_seconds)
    with store.write() as tx:
        sources.change(tx, source.id, read_at=now, **well, **marks)


def take(store: Store, source: Source, reading: Reading) -> Taken:
    """Stores what a reading brought; taking the same reading again changes nothing.

    An entry known by its identity with the same text is not looked at further; another text is a new revision. Where
    nothing of the reading was known, but other comments of the source were, some may have come and gone in between:
    that gap is shown with the source.
    """
    entries = [_placed(entry) for entry in {entry.identity: entry for entry in reading.entries}.values()]
    hashes = {entry.identity: _hash(entry.text) for entry in entries}
    with store.read() as tx:
        known = comments.known(tx, source.id, list(hashes))
        changed = [e for e in entries if e.identity not in known or known[e.identity].text_hash != hashes[e.identity]]
        subjects = _subjects(tx, source, changed, known) if changed else {}
        before = sources.newest_comment(tx, source.id) if entries and not known else None
    judged = [
        _Judged(e, hashes[e.identity], near, analysis.assess(subject), known.get(e.identity))
        for e in changed
        for near, subject in [subjects[e.identity]]
    ]
    back = [one.id for one in known.values() if one.deleted_at]
    if not judged and not back and not reading.unreadable:
        return Taken()
    now = datetime.now(UTC)
    with store.write() as tx:
        _keep(tx, source.id, reading.unreadable, now)
        for comment_id in back:  # out of the blog's bin again
            comments.change(tx, comment_id, deleted_at=None)
        if before is not None:
            oldest = min((entry.published_at for entry in entries if entry.published_at), default=now)
            sources.change(tx, source.id, gap_from=source.gap_from or before, gap_until=max(oldest, before))
        return _store(tx, source, judged, len(reading.unreadable), now)


def read_again(store: Store, by: Person, source_id: int) -> int:
    """Reads what was kept because it could not be read; returns how many comments came of it.

    What can be read by now becomes comments and is no longer kept; the rest stays as it is.
    """
    require(by, Permission.SOURCES)
    with store.read() as tx:
        source = sources.get(tx, source_id)
        items = sources.kept(tx, source_id) if source else []
    if source is None:
        raise NotFound("There is no such source.")
    brought = 0
    for item_id, raw in items:
        body = raw.encode("utf-8", "replace")
        reading = interface(b"[" + body + b"]") if raw.startswith("{") else parse(body)
        if not reading.entries:
            continue
        brought += take(store, source, replace(reading, unreadable=())).new
        if not reading.unreadable and not reading.problems:
            with store.write() as tx:
                sources.forget_kept(tx, item_id)
                audit.record(tx, "source.read_again", "source", source_id, by=by.id)
    return brought


def _placed(entry: Entry) -> Entry:
    """An entry that names no thread stands for itself: strangers must not become one conversation."""
    return entry if entry.thread_url else replace(entry, thread_url=entry.external_id)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _keep(tx: Tx, source_id: int, unreadable: Iterable[Unreadable], now: datetime) -> None:
    for item in unreadable:
        sources.keep_raw(tx, source_id, item.raw, _hash(item.raw), item.problem, now)


def _subjects(
    tx: Tx, source: Source, entries: Sequence[Entry], known: Mapping[str, Known]
) -> dict[str, tuple[str, Subject]]:
    """What the analysis is told of each entry, by identity, with its key of near-equal texts."""
    near = {entry.identity: near_key(entry.text) for entry in entries}
    seen = _pasts(entries, known, comments.author_counts(tx, source.id, list({entry.author for entry in entries})))
    threads = comments.threads_by_url(tx, source.id, list({entry.thread_url for entry in entries}))
    here = {entry.identity: entry.text for entry in entries}
    parents = list({entry.parent_identity for entry in entries if entry.parent_identity} - set(here))
    texts = here | (comments.texts_by_identity(tx, source.id, parents) if parents else {})
    # Threads that this very reading brings have no number yet; their address stands for them.
    places = {
        entry.thread_url: threads[entry.thread_url].id if entry.thread_url in threads else entry.thread_url
        for entry in entries
    }
    copies: dict[str, set[int | str]] = {}
    for key, ids in comments.near_threads(tx, [key for key in near.values() if key]).items():
        copies.setdefault(key, set()).update(ids)
    for entry in entries:
        copies.setdefault(near[entry.identity], set()).add(places[entry.thread_url])
    found = {}
    for entry in entries:
        thread, key = threads.get(entry.thread_url), near[entry.identity]
        found[entry.identity] = (
            key,
            Subject(
                text=entry.text,
                parent=texts.get(entry.parent_identity, ""),
                thread_title=entry.thread_title or (thread.title if thread else ""),
                thread_text=entry.thread_text or (thread.text if thread else ""),
                author=entry.author,
                author_seen=seen.get(entry.identity),
                seen_elsewhere=len(copies[key] - {places[entry.thread_url]}) if key else 0,
            ),
        )
    return found


def _pasts(entries: Sequence[Entry], known: Mapping[str, Known], counts: Mapping[str, int]) -> dict[str, int]:
    """How many comments each author left before each entry, by identity; those without a name have no past.

    `counts` is what is stored. A first read brings years at once, so earlier entries of the same reading count too.
    """
    found: dict[str, int] = {}
    new: Counter[str] = Counter()
    for entry in sorted(entries, key=lambda entry: entry.published_at or _LAST):
        if not entry.author:
            continue
        stored = counts.get(entry.author, 0)
        if entry.identity in known:
            found[entry.identity] = max(0, stored - 1)  # the comment itself is one of them
        else:
            found[entry.identity] = stored + new[entry.author]
            new[entry.author] += 1
    return found


def _store(tx: Tx, source: Source, judged: Sequence[_Judged], unreadable: int, now: datetime) -> Taken:
    threads = _threads(tx, source.id, [one.entry for one in judged])
    published = comments.published_by_us(tx, source.id, [one.entry.identity for one in judged])
    ours = {
        one.entry.identity
        for one in judged
        if one.entry.identity in published or (one.entry.author_id and one.entry.author_id == source.account_id)
    }
    fresh = [one for one in judged if one.known is None]
    edited = [one for one in judged if one.known is not None]
    ids = comments.add_comments(tx, source.id, [_row(one, threads, ours, now) for one in fresh])
    placed = [(comment_id, 1, one) for comment_id, one in zip(ids, fresh, strict=True)]
    for one in edited:
        assert one.known is not None
        revision = one.known.revision + 1
        comments.change(tx, one.known.id, revision=revision, read_at=now, **_summary(one))
        placed.append((one.known.id, revision, one))
        audit.record(tx, "comment.edited", "comment", one.known.id, by=None, at=now, revision=revision)
    comments.add_revisions(
        tx,
        [
            {"comment_id": i, "number": n, "text": one.entry.text, "html": one.entry.html, "read_at": now}
            for i, n, one in placed
        ],
    )
    comments.add_assessments(tx, [comments.assessment_row(i, n, one.assessment, now) for i, n, one in placed])
    opened = [
        cases.take_flagged(tx, Flagged(i, threads[one.entry.thread_url].id, n, one.assessment), now)
        for i, n, one in placed
        if one.assessment.flagged and one.entry.identity not in ours
    ]
    taken = Taken(len(fresh), len(edited), unreadable, len({case for case in opened if case}))
    audit.record(tx, "source.read", "source", source.id, by=None, at=now, new=taken.new, edited=taken.edited)
    return taken


def _threads(tx: Tx, source_id: int, entries: Sequence[Entry]) -> dict[str, Thread]:
    """The threads of the entries by address, made where they are new, described where that was not known before."""
    said: dict[str, Entry] = {}
    for entry in entries:
        if entry.thread_url not in said or (entry.thread_text and not said[entry.thread_url].thread_text):
            said[entry.thread_url] = entry
    there = comments.threads_by_url(tx, source_id, list(said))
    new = []
    for url, entry in said.items():
        known = there.get(url)
        if known is None:
            new.append({"source_id": source_id, "url": url, "title": entry.thread_title, "text": entry.thread_text})
        elif (entry.thread_text and not known.text) or (entry.thread_title and not known.title):
            comments.describe_thread(
                tx, known.id, title=entry.thread_title or known.title, text=entry.thread_text or known.text
            )
    comments.add_threads(tx, new)
    return comments.threads_by_url(tx, source_id, list(said))


def _row(one: _Judged, threads: dict[str, Thread], ours: set[str], now: datetime) -> dict[str, object]:
    entry = one.entry
    return {
        "thread_id": threads[entry.thread_url].id,
        "identity": entry.identity,
        "external_id": entry.external_id,
        "parent_identity": entry.parent_identity,
        "author": entry.author,
        "author_id": entry.author_id,
        "url": entry.url,
        "status": entry.status,
        "published_at": entry.published_at,
        "read_at": now,
        "at": min(entry.published_at or now, now),
        "ours": entry.identity in ours,
        "revision": 1,
        **_summary(one),
    }


def _summary(one: _Judged) -> dict[str, object]:
    said = one.assessment
    return {
        "text_hash": one.text_hash,
        "near_key": one.near,
        "flagged": said.flagged,
        "spam": said.suspected_spam,
        "severity": int(said.severity),
        "sentiment": said.sentiment,
    }
