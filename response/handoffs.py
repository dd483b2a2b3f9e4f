"""What a person has posted by hand, compared with what a feed shows there.

The address comes from our own person, the words from the feed. Only where both fit is a comment ours: a name in a feed
proves nothing, and an address alone could be anybody's comment.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from urllib.parse import urlsplit

from channels.wordpress.typography import difference
from model.comment import Entry
from model.language import _, later
from model.words import PublicationState
from store import audit, comments, handoffs, publications
from store.db import Tx
from store.handoffs import DIFFERS, VERIFIED, HandOff
from store.publications import Publication

LOOKED_FOR = timedelta(days=30)
"""How long after it was posted a text is looked for in what feeds bring."""
PATIENCE = timedelta(days=3)
"""After this long a text that no feed has shown is 'not verified yet'."""

ELSEWHERE = later("It was found in the thread by its words, not at the address that was given.")
_COMMENT = re.compile(r"#comment-(\d{1,18})$")
_MOST_IDENTITY = 200  # of a publication's column


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comment shows of a text that was posted: the same or another one, and whether it is ours."""

    state: str
    difference: str
    ours: bool


def judge(posted: HandOff, source_id: int, entry: Entry) -> Verdict | None:
    """Whether a comment is the posted text; None when it has nothing to do with it. Pure."""
    if entry.identity == posted.parent_identity:
        return None
    there = _at(posted, source_id, entry)
    thread = source_id == posted.source_id and bool(
        (posted.parent_identity and entry.parent_identity == posted.parent_identity)
        or (posted.thread_url and entry.thread_url == posted.thread_url)
    )
    if not there and not thread:
        return None
    differs = difference(posted.text, escape(entry.text), place=_("The channel"))
    if there:
        return Verdict(DIFFERS if differs else VERIFIED, differs, ours=not differs)
    return None if differs else Verdict(VERIFIED, _(ELSEWHERE), ours=False)


def _at(posted: HandOff, source_id: int, entry: Entry) -> bool:
    """Whether a comment stands at the address that was given."""
    number = _COMMENT.search(posted.address)
    if number and source_id == posted.source_id and entry.identity == f"wp:{int(number[1])}":
        return True
    return bool(entry.url) and _place(entry.url) == _place(posted.address)


def _place(address: str) -> tuple[str, str, str, str]:
    """An address without what differs between two ways to write it."""
    try:
        parts = urlsplit(address.strip())
        host = (parts.netloc or "").lower().removeprefix("www.")
    except ValueError:
        return ("", "", "", address)
    return (host, parts.path.rstrip("/"), parts.query, parts.fragment)


def expect(tx: Tx, publication: Publication, address: str, now: datetime) -> None:
    """Writes down that a text is said to stand at an address, and compares what was read of it already."""
    target = publication.target
    answered = comments.get(tx, target.comment_id) if target.comment_id is not None else None
    thread = comments.thread(tx, target.thread_id) if target.thread_id is not None else None
    handoffs.add(
        tx,
        publication_id=publication.id,
        source_id=target.source_id,
        address=address,
        thread_url=thread.url if thread else "",
        parent_identity=answered.identity if answered else "",
        at=now,
    )
    posted = handoffs.get(tx, publication.id)
    if posted is None or thread is None or target.source_id is None:
        return
    here = [
        Entry(
            one.external_id,
            one.identity,
            url=one.url,
            text=one.text,
            parent_identity=one.parent_identity,
            thread_url=thread.url,
        )
        for one in comments.of_thread(tx, thread.id)
        # What stood there before it was approved cannot be it.
        if answered is None or one.id != answered.id
    ]
    for identity in _settle(tx, [posted], target.source_id, here, now):
        comments.mark_ours(tx, target.source_id, identity)


def recognise(tx: Tx, source_id: int, entries: Sequence[Entry], now: datetime) -> set[str]:
    """Compares what a read has brought with what was posted by hand; returns the identities that are ours.

    One indexed query where nothing was posted of late.
    """
    waiting = handoffs.not_verified(tx, now - LOOKED_FOR) if entries else []
    return _settle(tx, waiting, source_id, entries, now) if waiting else set()


def _settle(tx: Tx, waiting: Iterable[HandOff], source_id: int, entries: Sequence[Entry], now: datetime) -> set[str]:
    ours = set()
    for posted in waiting:
        found = [(verdict, entry) for entry in entries if (verdict := judge(posted, source_id, entry))]
        if not found:
            continue
        # What stands at the address says more than what stands elsewhere, unless it is not what was approved.
        verdict, entry = max(found, key=lambda one: (one[0].ours, one[0].state == VERIFIED))
        if (verdict.state, verdict.difference) == (posted.state, posted.difference):
            continue
        handoffs.settle(tx, posted.publication_id, verdict.state, verdict.difference, now)
        audit.record(
            tx,
            f"publication.{verdict.state}",
            "response",
            posted.response_id,
            by=None,
            at=now,
            publication=posted.publication_id,
        )
        if verdict.ours:
            ours.add(entry.identity)
            if source_id == posted.source_id and len(entry.identity) <= _MOST_IDENTITY:
                published = PublicationState.PUBLISHED
                publications.move(tx, posted.publication_id, published, published, now, external_id=entry.identity)
    return ours
