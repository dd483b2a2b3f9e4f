"""What is peculiar to feeds of Isso, the comment server."""

from dataclasses import replace

from model import clock
from model.comment import Entry, Reading
from store import audit, comments
from store.db import Store
from store.sources import Source


def is_of(reading: Reading) -> bool:
    """Whether a feed comes from Isso: its names of comments say so."""
    return any(",2018:/isso/" in entry.external_id for entry in reading.entries[:1])


def without_deleted(store: Store, source: Source, reading: Reading) -> Reading:
    """The reading without the empty places that Isso keeps for deleted comments which have answers.

    Such a comment is marked as deleted there; it is no edit, and its words stay here.
    """
    empty = [entry.identity for entry in reading.entries if _is_empty(entry)] if is_of(reading) else []
    if not empty:
        return reading
    with store.read() as tx:
        known = [one for one in comments.known(tx, source.id, empty).values() if one.id and not one.deleted_at]
    if known:
        now = clock.now()
        with store.write() as tx:
            for one in known:
                comments.change(tx, one.id, deleted_at=now)
            events = [audit.New("comment.deleted", "comment", one.id) for one in known]
            audit.record_many(tx, events, by=None, at=now)
    return replace(reading, entries=tuple(entry for entry in reading.entries if not _is_empty(entry)))


def _is_empty(entry: Entry) -> bool:
    """Without words of its own; where there is not even an empty paragraph, its title was taken for them."""
    return not entry.text or entry.html == f"Comment #{entry.external_id.rpartition('/')[2]}"
