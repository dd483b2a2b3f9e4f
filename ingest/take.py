"""Taking what a reading brought: what is new or edited becomes comments, assessments and cases, in one transaction.

The assessment comes before the transaction: nobody waits for it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import analysis
from analysis import held, learnt
from analysis.similarity import near_key
from ingest import our_people, second
from ingest.missed import front_of, missed, note
from model import clock
from model.assessment import Assessment, Subject
from model.comment import BINNED, Entry, Reading, Unreadable
from model.settings import settings
from response import cases, handoffs, learning, matters
from response.cases import Flagged
from store import audit, comments, rollups, sources
from store.comments import Known, Thread
from store.db import Store, Tx
from store.second_looks import May
from store.sources import Source

SPAM = "spam"
"""The source's own word for what it keeps from everybody as spam."""
_AT_ONCE = 200
_LAST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stored:
    """An entry that was new or edited: the comment it is now, and its revision; 1 is new."""

    comment_id: int
    revision: int
    entry: Entry


@dataclass(frozen=True, slots=True)
class Taken:
    """What a read brought."""

    new: int = 0
    edited: int = 0
    unreadable: int = 0
    cases: int = 0
    stored: tuple[Stored, ...] = field(default=(), compare=False, repr=False)

    def __add__(self, other: "Taken") -> "Taken":
        return Taken(
            self.new + other.new,
            self.edited + other.edited,
            self.unreadable + other.unreadable,
            self.cases + other.cases,
            self.stored + other.stored,
        )


@dataclass(frozen=True, slots=True)
class _Judged:
    """An entry with what the analysis says of it; `known` is the comment it edits, if any; `first`: nothing else of its
    author is here; `can_wait`: what flags it may wait for a second look."""

    entry: Entry
    text_hash: str
    near: str
    assessment: Assessment
    known: Known | None
    first: bool
    can_wait: bool = False


def take(
    store: Store,
    source: Source,
    reading: Reading,
    *,
    newest: bool = True,
    quiet_before: datetime | None = None,
    quiet_undated: bool = True,
    may: May = May.HELD,
    final: bool | None = None,
    also: Callable[[Tx, Taken], None] | None = None,
) -> Taken:
    """Stores what a reading brought; taking the same reading again changes nothing.

    An entry known by its identity with the same text is not looked at further; another text is a new revision. Where
    the reading is the `newest` there is and does not reach back to the one before, some may have come and gone in
    between: that gap is written down, to be filled or shown. What was left before `quiet_before` opens no case, nor
    then what has no date, unless `quiet_undated` says otherwise. What there is goes in by parts, a transaction each, so
    that nobody waits for a long reading; `also` is run in the last of them, with all that was brought. `may` is how far
    the second look may go that follows each part; `final` says that none does (None: as the settings say).
    """
    entries = [_placed(entry) for entry in {entry.identity: entry for entry in reading.entries}.values()]
    hashes = {entry.identity: text_hash(entry.text) for entry in entries}
    with store.read() as tx:
        seen = audit.head(tx)
        by, taught = matters.in_force(tx).vocabulary, learning.in_force(tx)
        known = comments.known(tx, source.id, list(hashes))
        changed = [e for e in entries if _is_news(known.get(e.identity), hashes[e.identity])]
        subjects = _subjects(tx, source, changed, known) if changed else {}
        front = source.front_at or sources.newest_comment(tx, source.id) if newest and changed else None
    grave, theirs = learnt.grave(by.changes), frozenset(change.key for change in by.changes)
    about = [subjects[e.identity][1] for e in changed]
    found = analysis.assess_all(about, by, final=not settings().second_look if final is None else final)
    said = [learnt.applied(one, taught, source.channel, grave) for one in found]
    judged = [
        _Judged(
            e,
            hashes[e.identity],
            near,
            assessed,
            known.get(e.identity),
            subject.author_seen == 0,
            may is May.HELD and held.may_wait(assessed, theirs),
        )
        for e, assessed in zip(changed, said, strict=True)
        for near, subject in [subjects[e.identity]]
    ]
    shown = {entry.identity for entry in entries if entry.status not in BINNED}
    back = [one for one in known.values() if one.deleted_at and not one.gone and one.identity in shown]
    if not judged and not back and not reading.unreadable and also is None:
        return Taken()
    now = clock.now()
    gap = missed(entries, known, front, now) if newest and judged else None
    parts = [judged[start : start + _AT_ONCE] for start in range(0, len(judged), _AT_ONCE)] or [[]]
    brought = []
    for number, part in enumerate(parts, start=1):
        with store.write() as tx:
            alone = number == 1 and audit.head(tx) == seen
            if number == 1:
                keep(tx, source.id, reading.unreadable, now)
                _back(tx, back, now)
                if gap:
                    note(tx, source, gap, reading.generator, now)
            # Another worker may have taken the same in the meantime: it is known by now, and nothing is left to do.
            there = known if alone else comments.known(tx, source.id, [one.entry.identity for one in part])
            part = [one for one in part if there.get(one.entry.identity) == one.known]  # noqa: PLW2901
            taken = Taken(unreadable=len(reading.unreadable) if number == 1 else 0)
            if part or back or reading.unreadable:
                taken = _store(
                    tx, source, part, taken.unreadable, now, lambda e: _before(e, quiet_before, quiet_undated), may
                )
            if newest and judged and number == len(parts):
                # Only now: whoever is killed before begins again from where it was.
                sources.change(tx, source.id, front_at=front_of(entries, front, now))
            brought.append(taken)
            if also and number == len(parts):
                also(tx, sum(brought, Taken()))
    return sum(brought, Taken())


def _back(tx: Tx, back: Sequence[Known], now: datetime) -> None:
    """What is shown again; what was only listed while it lay in the blog's bin is looked at like any other."""
    for one in back:
        stands = {"status": "", "status_at": now} if one.status in BINNED else {}
        comments.change(tx, one.id, deleted_at=None, **stands)
    audit.record_many(tx, [audit.New("comment.back", "comment", one.id) for one in back], by=None, at=now)
    for one in back:
        if one.status in BINNED and not one.ours:
            our_people.judge_again(tx, one.id, one.revision, now)


def _is_news(known: Known | None, text_hash: str) -> bool:
    return known is None or (not known.gone and known.text_hash != text_hash)


def _placed(entry: Entry) -> Entry:
    """An entry that names no thread stands for itself: strangers must not become one conversation."""
    return entry if entry.thread_url else replace(entry, thread_url=entry.external_id)


def text_hash(text: str) -> str:
    """What tells one text of a comment from another."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def keep(tx: Tx, source_id: int, unreadable: Iterable[Unreadable], now: datetime) -> None:
    """Keeps, raw, what could not be read."""
    for item in unreadable:
        sources.keep_raw(tx, source_id, item.raw, text_hash(item.raw), item.problem, now)


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
                our_hosts=source.hosts,
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


def _store(
    tx: Tx,
    source: Source,
    judged: Sequence[_Judged],
    unreadable: int,
    now: datetime,
    quiet: Callable[[Entry], bool],
    may: May,
) -> Taken:
    threads = _threads(tx, source.id, [one.entry for one in judged])
    published = comments.published_by_us(tx, source.id, [one.entry.identity for one in judged])
    mine = our_people.ids(tx, source) if any(one.entry.author_id for one in judged) else frozenset()
    ours = {
        one.entry.identity
        for one in judged
        if one.entry.identity in published or one.entry.author_id in mine or (one.known and one.known.ours)
    }
    ours |= handoffs.recognise(tx, source.id, [one.entry for one in judged], now)
    fresh = [one for one in judged if one.known is None]
    edited = [one for one in judged if one.known is not None]
    waits = _wait(tx, [one for one in fresh if one.entry.identity not in ours and not quiet(one.entry)])
    ids = comments.add_comments(tx, source.id, [_row(one, threads, ours, now, waits) for one in fresh])
    placed = [(comment_id, 1, one) for comment_id, one in zip(ids, fresh, strict=True)]
    rollups.uncount(tx, [one.known.id for one in edited if one.known])
    for one in edited:
        assert one.known is not None
        revision = one.known.revision + 1
        comments.set_columns(tx, one.known.id, revision=revision, read_at=now, **_summary(one))
        placed.append((one.known.id, revision, one))
    events = [audit.New("comment.edited", "comment", i, {"revision": n}) for i, n, one in placed if one.known]
    audit.record_many(tx, events, by=None, at=now)
    comments.add_revisions(
        tx,
        [
            {"comment_id": i, "number": n, "text": one.entry.text, "html": one.entry.html, "read_at": now}
            for i, n, one in placed
        ],
    )
    comments.add_assessments(tx, [comments.assessment_row(i, n, one.assessment, now) for i, n, one in placed])
    rollups.count(tx, [i for i, _, _ in placed])
    for one in edited:
        if one.known and one.entry.identity in ours and not one.known.ours:
            comments.mark_ours(tx, source.id, one.entry.identity)
    apart = ours | waits
    flagged = [
        Flagged(i, threads[one.entry.thread_url].id, n, one.assessment)
        for i, n, one in placed
        if _flagged(one) and one.entry.identity not in apart and not quiet(one.entry)
    ]
    opened = cases.take_all(tx, flagged, now)
    our_people.answered(
        tx, source.id, [(i, o.entry.parent_identity) for i, _, o in placed if o.entry.identity in ours], now
    )
    stored = tuple(Stored(i, n, one.entry) for i, n, one in placed)
    taken = Taken(len(fresh), len(edited), unreadable, len({case for case in opened if case}), stored)
    audit.record(tx, "source.read", "source", source.id, by=None, at=now, new=taken.new, edited=taken.edited)
    looks = [
        (i, n, _how_far(may, waits=one.entry.identity in waits, quiet=quiet(one.entry)))
        for i, n, one in placed
        if one.entry.identity not in ours
    ]
    second.wait(tx, looks, now, soon=may is not May.LIKENESS)
    return taken


def _wait(tx: Tx, fresh: Sequence[_Judged]) -> set[str]:
    """Those of new comments, by identity, that are not flagged before their second look has spoken."""
    mild = {one.entry.identity for one in fresh if one.can_wait and _flagged(one)}
    return mild if mild and second.expected(tx) else set()


def _how_far(may: May, *, waits: bool, quiet: bool) -> May:
    """How far the second look at a comment may go."""
    if quiet and may in (May.CASE, May.HELD):
        return May.LIST
    return May.CASE if may is May.HELD and not waits else may


def _before(entry: Entry, moment: datetime | None, undated: bool) -> bool:
    if moment is None:
        return False
    return undated if entry.published_at is None else entry.published_at < moment


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
    made = [str(one["url"]) for one in new]
    return there | (comments.threads_by_url(tx, source_id, made) if made else {})


def _row(
    one: _Judged, threads: dict[str, Thread], ours: set[str], now: datetime, waits: Collection[str]
) -> dict[str, object]:
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
        "deleted_at": now if entry.status in BINNED else None,
        "published_at": entry.published_at,
        "read_at": now,
        "at": min(entry.published_at or now, now),
        "ours": entry.identity in ours,
        "revision": 1,
        "first_here": one.first,
        **_summary(one),
        **({"flagged": False, "severity": 0} if entry.identity in waits else {}),
    }


def _flagged(one: _Judged) -> bool:
    """Whether a person should look. What the source itself holds as spam is only listed, unless it carries a matter;
    what lies in its bin is only listed, as somebody there has decided."""
    if one.entry.status in BINNED:
        return False
    return one.assessment.flagged and (one.entry.status != SPAM or bool(one.assessment.matters))


def _summary(one: _Judged) -> dict[str, object]:
    said = one.assessment
    return {
        "text_hash": one.text_hash,
        "near_key": one.near,
        "flagged": _flagged(one),
        "spam": said.suspected_spam or one.entry.status == SPAM,
        "asks": said.signal("question").raised,
        "language": said.language,
        "severity": int(said.severity),
        "sentiment": said.sentiment,
    }
