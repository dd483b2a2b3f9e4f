"""The audit log: append-only, each event's hash covering the one before.

The chain holds ids, keyed hashes and rule names. What somebody typed stands in `words`, where it can be erased without
breaking the chain.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert, select, update

from store.db import Tx
from store.keys import Keys
from store.schema import audit, audit_head, words

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the record. `person_id` None is Levelhead itself; `subject` names the table of `subject_id`."""

    seq: int
    at: datetime
    person_id: int | None
    action: str
    subject: str
    subject_id: int | None
    data: dict[str, Any]
    previous: str
    hash: str


def record(
    tx: Tx,
    action: str,
    subject: str,
    subject_id: int | None,
    *,
    by: int | None,
    at: datetime | None = None,
    **data: Any,
) -> int:
    """Appends one event in the caller's transaction and returns its number.

    The head's row is locked until the transaction ends, so that events of several writers form one chain. `data` must
    hold ids, keyed hashes, numbers and rule names only.
    """
    seq, previous = tx.execute(select(audit_head.c.seq, audit_head.c.hash).with_for_update()).one()
    at = at or datetime.now(UTC)
    row = {
        "seq": seq + 1,
        "at": at,
        "person_id": by,
        "action": action,
        "subject": subject,
        "subject_id": subject_id,
        "data": data,
        "previous": previous,
    }
    digest = event_hash(row)
    tx.execute(insert(audit).values(**row, hash=digest))
    tx.execute(update(audit_head).values(seq=seq + 1, hash=digest))
    return int(seq + 1)


def event_hash(row: dict[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of an event without its own hash."""
    form = {name: row[name] for name in ("seq", "person_id", "action", "subject", "subject_id", "data", "previous")}
    form["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(json.dumps(form, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def history(tx: Tx, subject: str, subject_ids: Sequence[int], limit: int = 200) -> list[Event]:
    """The newest events about some things of one kind, newest first."""
    query = select(audit).where(audit.c.subject == subject, audit.c.subject_id.in_(list(subject_ids)))
    return [Event(**row._mapping) for row in tx.execute(query.order_by(audit.c.seq.desc()).limit(limit))]


def say(tx: Tx, keys: Keys, kind: str, text: str, *, by: int, at: datetime) -> tuple[int, str]:
    """Stores words that a person typed; returns their id and the keyed hash that may enter the chain."""
    digest = keys.keyed_hash("words", text)
    row = tx.execute(insert(words).values(kind=kind, text=text, keyed_hash=digest, by=by, at=at).returning(words.c.id))
    return int(row.scalar_one()), digest


def spoken(tx: Tx, words_id: int | None) -> str:
    """What was typed; empty when nothing was, or when it was erased."""
    return tx.execute(select(words.c.text).where(words.c.id == words_id)).scalar() or ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds. `broken_at` is the first event that does not fit, None when all do; `head` the last
    hash; `found` whether the head that was asked for is part of the chain."""

    events: int
    head: str
    broken_at: int | None
    found: bool

    @property
    def holds(self) -> bool:
        return self.broken_at is None and self.found


def verify(tx: Tx, known_head: str = "") -> Verdict:
    """Walks the whole chain. `known_head` is a head printed earlier: it must be one of the hashes on the way."""
    previous, expected, found = GENESIS, 1, known_head in ("", GENESIS)
    for row in tx.execute(select(audit).order_by(audit.c.seq).execution_options(yield_per=1000)):
        event = dict(row._mapping)
        if event["seq"] != expected or event["previous"] != previous or event_hash(event) != event["hash"]:
            return Verdict(expected - 1, previous, expected, found)
        previous, expected = event["hash"], expected + 1
        found = found or previous == known_head
    head = tx.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
    # A log cut off at its end still chains; the head row and the heads printed elsewhere give it away.
    broken = None if tuple(head) == (expected - 1, previous) else expected
    return Verdict(expected - 1, previous, broken, found)
