"""Queries on sources and on what could not be read."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import case, delete, func, insert, literal, or_, select, update

from store.db import Tx
from store.rows import record, records
from store.schema import Utc, comments, raw_items, sources

MAX_SOURCES = 1000


@lru_cache(maxsize=MAX_SOURCES)
def hosts(*urls: str) -> tuple[str, ...]:
    """The names of machines in addresses, each once ('club.example')."""
    return tuple(sorted({host for url in urls if (host := urlsplit(url).hostname)}))


@dataclass(frozen=True, slots=True)
class Source:
    """A place that is read. `problem` is a sentence for people, empty when all is well; `secret` is encrypted."""

    id: int
    name: str
    channel: str
    kind: str
    site_url: str
    feed_url: str
    api_url: str
    user_name: str
    secret: bytes | None = field(repr=False)
    account_id: str
    account: dict[str, Any]
    allow_private: bool
    active: bool
    etag: str
    last_modified: str
    body_hash: str
    read_at: datetime | None
    next_read_at: datetime | None
    problem: str
    failing_since: datetime | None
    failures: int
    lists: dict[str, Any] | None
    front_at: datetime | None
    rest_until: datetime | None
    asked_at: datetime | None
    created_at: datetime

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names of our own machines there."""
        return hosts(self.site_url, self.feed_url)

    @property
    def can_reply(self) -> bool:
        """Whether Levelhead can publish here by itself; else a response is handed to a person."""
        return bool(self.api_url and self.secret and self.account_id)


def add(tx: Tx, **values: Any) -> int:
    """A new source; returns its id."""
    return int(tx.execute(insert(sources).values(**values).returning(sources.c.id)).scalar_one())


def change(tx: Tx, source_id: int, **values: Any) -> None:
    tx.execute(update(sources).where(sources.c.id == source_id).values(**values))


def get(tx: Tx, source_id: int) -> Source | None:
    row = tx.execute(select(sources).where(sources.c.id == source_id)).first()
    return record(Source, row) if row else None


def every(tx: Tx) -> list[Source]:
    """All sources by name, at most a thousand."""
    return records(Source, tx.execute(select(sources).order_by(sources.c.name).limit(MAX_SOURCES)))


def due(tx: Tx, now: datetime, limit: int = 200) -> list[int]:
    """The ids of sources whose next read has come.

    One that was last read in the future is due as well: the clock has been put back since, and its next read with it.
    """
    rows = tx.execute(
        select(sources.c.id)
        .where(sources.c.active, or_(sources.c.next_read_at <= now, sources.c.read_at > now))
        .order_by(sources.c.next_read_at)
        .limit(limit)
    )
    return list(rows.scalars())


def put_off(tx: Tx, source_ids: Collection[int], until: datetime) -> None:
    """These are being read now: nobody else need look at them before then."""
    if source_ids:
        tx.execute(update(sources).where(sources.c.id.in_(source_ids)).values(next_read_at=until))


def ended(tx: Tx, source_id: int, began: datetime, now: datetime, next_at: datetime, **values: Any) -> None:
    """A read has ended; the next is at `next_at`, or at once where somebody asked for one since this one began, unless
    the source asks for patience (`rest_until`)."""
    at_once = literal(next_at if values.get("rest_until") else now, Utc())
    again = case((sources.c.asked_at >= began, at_once), else_=literal(next_at, Utc()))
    tx.execute(update(sources).where(sources.c.id == source_id).values(next_read_at=again, **values))


def arrivals(tx: Tx, source_id: int, most: int) -> list[datetime]:
    """When the newest comments of a source were left, newest first."""
    query = select(comments.c.at).where(comments.c.source_id == source_id).order_by(comments.c.at.desc()).limit(most)
    return list(tx.execute(query).scalars())


def newest_comment(tx: Tx, source_id: int) -> datetime | None:
    """When the newest comment of a source was left."""
    query = select(comments.c.at).where(comments.c.source_id == source_id).order_by(comments.c.at.desc()).limit(1)
    return tx.execute(query).scalar()


def newest_comments(tx: Tx) -> dict[int, datetime | None]:
    """The same for each source: one step in an index each, whatever they hold."""
    ids = tx.execute(select(sources.c.id).limit(MAX_SOURCES)).scalars().all()
    return {source_id: newest_comment(tx, source_id) for source_id in ids}


def keep_raw(tx: Tx, source_id: int, raw: str, raw_hash: str, problem: str, at: datetime) -> None:
    """Keeps what could not be read, once."""
    known = select(raw_items.c.id).where(raw_items.c.source_id == source_id, raw_items.c.raw_hash == raw_hash)
    if tx.execute(known).first() is None:
        tx.execute(insert(raw_items).values(source_id=source_id, raw=raw, raw_hash=raw_hash, problem=problem, at=at))


def kept(tx: Tx, source_id: int, limit: int = 200) -> list[tuple[int, str]]:
    """What could not be read of a source, oldest first: pairs of id and raw text."""
    query = select(raw_items.c.id, raw_items.c.raw).where(raw_items.c.source_id == source_id, raw_items.c.raw != "")
    return [(row.id, row.raw) for row in tx.execute(query.order_by(raw_items.c.id).limit(limit))]


def forget_kept(tx: Tx, item_id: int) -> None:
    """A kept item was read after all: its comments stand in their tables now."""
    tx.execute(delete(raw_items).where(raw_items.c.id == item_id))


def unreadable_counts(tx: Tx) -> dict[int, int]:
    """How many items of each source could not be read."""
    counted = select(raw_items.c.source_id, func.count()).where(raw_items.c.raw != "").group_by(raw_items.c.source_id)
    rows = tx.execute(counted.limit(MAX_SOURCES))
    return {int(row[0]): int(row[1]) for row in rows}
