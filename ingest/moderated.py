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
from model.comment import Entry, Reading
from model.errors import LevelheadError
from model.words import SourceKind
from response import blogs
from store import audit, comments, sources, standing
from store.db import Store, Tx
from store.sources import Source
from store.standing import Standing

GONE = ("trash", "post-trashed")
APPROVED = "approved"
_WORDS = (APPROVED, "hold", SPAM, *GONE)


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
    fresh = covered(source.feed_url, (entry for entry in found.entries.values() if entry.status not in GONE))
    if fresh:
        take(store, source, Reading(fresh), newest=False, quiet_before=news_since(source))
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
            for was, entry, values in some:
                _change(tx, source, was, entry, values, now)


def _changes(was: Standing, entry: Entry | None, mine: frozenset[str]) -> dict[str, Any]:
    """What is no longer as it was; `entry` None: the comment is gone for good. A feed shows only what is approved."""
    gone = entry is None or entry.status in GONE
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


def _change(tx: Tx, source: Source, was: Standing, entry: Entry | None, found: dict[str, Any], now: datetime) -> None:
    values: dict[str, Any] = {name: found[name] for name in ("status", "author_id") if name in found}
    if "gone" in found:
        values["deleted_at"] = now if found["gone"] else None
    told = "status" in found and (was.status or APPROVED) != found["status"]
    if told:
        values["status_at"] = now
    if found.get("status") == SPAM:
        values["spam"] = True
    if values:
        comments.change(tx, was.id, **values)
    if "gone" in found:
        audit.record(tx, "comment.deleted" if found["gone"] else "comment.back", "comment", was.id, by=None, at=now)
    elif told:
        status = found["status"] if found["status"] in _WORDS else "other"
        audit.record(tx, "comment.status", "comment", was.id, by=None, at=now, status=status)
    if "ours" in found and entry is not None:
        _mark_ours(tx, source, was, entry, now)
    elif told and was.status in (SPAM, *GONE) and found["status"] not in (SPAM, *GONE) and not was.ours:
        # The blog takes it for no spam any more: what was only listed is looked at like any other.
        our_people.judge_again(tx, was.id, was.revision, now)


def _mark_ours(tx: Tx, source: Source, was: Standing, entry: Entry, now: datetime) -> None:
    """A comment that was read before its author was known to be one of us."""
    comments.mark_ours(tx, source.id, was.identity)
    our_people.answered(tx, source.id, [(was.id, entry.parent_identity)], now)


def problem(source: Source) -> str:
    """What went wrong when the lists were last asked for, in words; empty when all is well."""
    return str((source.lists or {}).get("problem", ""))
