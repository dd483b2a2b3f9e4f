"""One comment typed in by hand: a call, a mail, a post in a group that no feed shows."""

from datetime import datetime

from access.permissions import Permission, require
from channels.html import MAX_TEXT, tidy
from ingest import tables
from ingest.dates import EARLIEST
from ingest.take import Taken, take
from ingest.uploads import source_for
from model import clock
from model.comment import Entry, Reading
from model.errors import BadInput
from model.language import _, number
from model.person import Person
from model.words import Channel
from response import cases
from store import audit, comments
from store.db import Store, Tx
from store.second_looks import May


def add(
    store: Store,
    by: Person,
    *,
    text: str,
    author: str,
    channel: Channel,
    when: datetime | None,
    where: str,
    title: str = "",
) -> int:
    """Takes one comment in and opens a case for it, or lets it join the open one of its thread; returns the case's id.

    Whatever the assessment says: a person found it worth typing. `where` is the address of the thread or what it is
    called; empty: the comment stands for itself. The same words by the same author at the same time are one comment.
    """
    require(by, Permission.TRIAGE)
    words = tidy(text)
    if not words:
        raise BadInput(_("Type what was said, in the words that were used."))
    if len(text) > MAX_TEXT:
        raise BadInput(_("A comment may have at most {most} characters.", most=number(MAX_TEXT)))
    now = clock.now()
    if when is not None and not EARLIEST <= when <= now:
        raise BadInput(_("When was it said? Choose a time between 1990 and now."))
    entry = _entry(words, author, when, where, title)
    source, found = source_for(store, channel), 0

    with store.read() as tx:
        there = comments.known(tx, source.id, [entry.identity]).get(entry.identity)
    if there is not None and there.gone:
        raise BadInput(
            _("These words were here and were erased for good, so they are not brought back. Type what is new.")
        )

    def also(tx: Tx, taken: Taken) -> None:
        nonlocal found
        comment_id = comments.known(tx, source.id, [entry.identity])[entry.identity].id
        found = cases.raised(tx, by, comment_id, now)
        if taken.new:
            audit.record(tx, "comment.typed", "comment", comment_id, by=by.id, at=now, case=found)

    take(store, source, Reading((entry,)), newest=False, may=May.CASE, also=also)
    return found


def _entry(words: str, author: str, when: datetime | None, where: str, title: str) -> Entry:
    name, place = tables.one_line(author, tables.MAX_NAME), where.strip()
    address = tables.address(place)
    if place and not address and place.lower().startswith(("http:", "https:")):
        raise BadInput(_("This address cannot be used. Paste it as the browser shows it, beginning with https://"))
    called = tables.one_line(title or ("" if address else place), tables.MAX_TITLE)
    thread = address or (tables.named(called) if called else "")
    identity = tables.identity(thread, name, when, words)
    return Entry(
        external_id=identity,
        identity=identity,
        author=name,
        url=address,
        published_at=when,
        text=words,
        thread_url=thread,
        thread_title=called,
    )
