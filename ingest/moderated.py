"""What a blog's feed does not show, asked for by its interface: who wrote a comment, and, where our account may
moderate, comments on hold, spam and trash, and what was changed or deleted on the blog itself.

Each list is bounded, and costs no more than its request as long as it stays as it was.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from channels.feed.posts import covered
from channels.wordpress import api
from channels.wordpress.parse import reading as parsed
from ingest import listed, our_people
from ingest.listed import Look, parts
from ingest.missed import news_since
from ingest.take import SPAM, take
from model import clock
from model.comment import BINNED, Entry, Reading
from model.errors import LevelheadError
from model.words import SourceKind
from response import blogs
from store import audit, comments, sources, standing
from store.db import Store, Tx
from store.sources import Source
from store.standing import Standing

APPROVED = "approved"
_WORDS = (APPROVED, "hold", SPAM, *BINNED)
_ASIDE = (SPAM, *BINNED)


# --- who wrote it ----------------------------------------------------------------------------------------------------


def identified(store: Store, source: Source, reading: Reading) -> Reading:
    """The reading of a feed, its new entries with the authenticated id of their author where the blog says one.

    A feed gives names, which anybody can type. One request for up to a hundred new entries, none when nothing is new;
    when the blog does not answer, authors stay strangers.
    """
    if source.kind != SourceKind.WORDPRESS or not source.api_url:
        return reading
    with store.read() as tx:
        known = comments.known(tx, source.id, [entry.identity for entry in reading.entries])
    new = [n for entry in reading.entries if entry.identity not in known and (n := blogs.number(entry.identity))]
    told: dict[str, Entry] = {}
    try:
        site = blogs.site(source)
        for some in parts(new):
            answer = api.these(site, some, status="any" if blogs.moderates(source) else "approve")
            told.update((one.identity, one) for one in parsed(list(answer.items)).entries)
    except LevelheadError:
        pass
    return replace(reading, entries=tuple(_with(entry, told.get(entry.identity)) for entry in reading.entries))


def _with(entry: Entry, told: Entry | None) -> Entry:
    return replace(entry, author_id=told.author_id, status=told.status) if told else entry


# --- what the feed does not show -------------------------------------------------------------------------------------


def look(store: Store, source: Source) -> None:
    """Asks a source whose account may moderate for what its feed does not show, and stores what is new or changed.

    Never raises what the blog makes go wrong: that is told with the source, and asked again at the next read.
    """
    if not blogs.moderates(source):
        return
    found = listed.ask(store, source)
    _states(store, source, found)
    reading = Reading(covered(source.feed_url, found.entries.values()), tuple(found.unreadable))
    if reading.entries or reading.unreadable:
        take(store, source, reading, newest=False, quiet_before=news_since(source))
    if found.state() != (source.lists or {}):
        with store.write() as tx:
            sources.change(tx, source.id, lists=found.state())


# --- what it means for comments that are known -----------------------------------------------------------------------


def _states(store: Store, source: Source, found: Look) -> None:
    """Stores changes of status, deletions and authors of known comments, with an audit event each."""
    with store.read() as tx:
        known = standing.of(tx, source.id, [*found.entries, *found.gone])
        mine = our_people.ids(tx, source)
    changed = [
        (was, entry, values)
        for identity, was in known.items()
        for entry in [found.entries.get(identity)]
        for values in [_changes(was, entry, mine)]
        if values
    ]
    for some in parts(changed):
        now = clock.now()
        with store.write() as tx:
            events = [event for was, _, values in some for event in _change(tx, was, values, now)]
            audit.record_many(tx, events, by=None, at=now)
            for was, entry, values in some:
                _follow(tx, source, was, entry, values, now)


def _changes(was: Standing, entry: Entry | None, mine: frozenset[str]) -> dict[str, Any]:
    """What is no longer as it was; `entry` None: the comment is gone for good. A feed shows only what is approved."""
    gone = entry is None or entry.status in BINNED
    found: dict[str, Any] = {}
    if gone != (was.deleted_at is not None):
        found["gone"] = gone
    if entry is not None and entry.status != was.status:
        found["status"] = entry.status
    if entry is not None and entry.author_id and entry.author_id != was.author_id:
        found["author_id"] = entry.author_id
    if entry is not None and entry.author_id in mine and not was.ours:
        found["ours"] = True
    return found


def _change(tx: Tx, was: Standing, found: dict[str, Any], now: datetime) -> list[audit.New]:
    """Writes down what is no longer as it was; returns the event of it, none where it is nothing to people."""
    values: dict[str, Any] = {name: found[name] for name in ("status", "author_id") if name in found}
    if "gone" in found:
        values["deleted_at"] = now if found["gone"] else None
    told = _told(was, found)
    if told:
        values["status_at"] = now
    if found.get("status") == SPAM:
        values["spam"] = True
    if values:
        comments.change(tx, was.id, **values)
    if "gone" in found:
        return [audit.New("comment.deleted" if found["gone"] else "comment.back", "comment", was.id)]
    if told:
        status = found["status"] if found["status"] in _WORDS else "other"
        return [audit.New("comment.status", "comment", was.id, {"status": status})]
    return []


def _told(was: Standing, found: dict[str, Any]) -> bool:
    """Whether it stands on the blog otherwise than before; that the blog says 'approved' of what all see is no news."""
    return "status" in found and (was.status or APPROVED) != found["status"]


def _follow(tx: Tx, source: Source, was: Standing, entry: Entry | None, found: dict[str, Any], now: datetime) -> None:
    """What a change means for cases."""
    if "ours" in found and entry is not None:
        _mark_ours(tx, source, was, entry, now)
    elif _told(was, found) and was.status in _ASIDE and found["status"] not in _ASIDE and not was.ours:
        # It is out of the blog's spam or bin: what was only listed is looked at like any other.
        our_people.judge_again(tx, was.id, was.revision, now)


def _mark_ours(tx: Tx, source: Source, was: Standing, entry: Entry, now: datetime) -> None:
    """A comment that was read before its author was known to be one of us."""
    comments.mark_ours(tx, source.id, was.identity)
    our_people.answered(tx, source.id, [(was.id, entry.parent_identity)], now)


def problem(source: Source) -> str:
    """What went wrong when the lists were last asked for, in words; empty when all is well."""
    return str((source.lists or {}).get("problem", ""))
