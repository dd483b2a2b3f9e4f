"""The audit log: append-only, each event's hash covering the one before.

The chain holds ids, keyed hashes and rule names. What somebody typed stands in `words`, where it can be erased without
breaking the chain.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from model import clock
from store.bulk import add_rows
from store.db import Tx
from store.keys import Keys
from store.schema import audit, audit_head, words

GENESIS = "0" * 64
# Made once: each change of state has an event, and to put a statement together takes as long as to run it.
_HEAD = select(audit_head.c.seq, audit_head.c.hash)
_MOVED = update(audit_head).values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))


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

    Writers go one after the other (`Store.write`), so their events form one chain. `data` must hold ids, keyed hashes,
    numbers and rule names only.
    """
    return record_many(tx, [New(action, subject, subject_id, data)], by=by, at=at)


@dataclass(frozen=True, slots=True)
class New:
    """An event to be: what was done to what; `data` as `record` takes it."""

    action: str
    subject: str
    subject_id: int | None
    data: Mapping[str, Any] = field(default_factory=dict)


def record_many(tx: Tx, events: Sequence[New], *, by: int | None, at: datetime | None = None) -> int:
    """Appends events in their order, in the caller's transaction, and returns the number of the last.

    It costs three statements for any number of events: who has many writes them at once.
    """
    seq, previous = tx.execute(_HEAD).one()
    if not events:
        return int(seq)
    at = at or clock.now()
    rows = []
    for event in events:
        seq += 1
        row: dict[str, Any] = {
            "seq": seq,
            "at": at,
            "person_id": by,
            "action": event.action,
            "subject": event.subject,
            "subject_id": event.subject_id,
            "data": dict(event.data),
            "previous": previous,
        }
        previous = row["hash"] = event_hash(row)
        rows.append(row)
    add_rows(tx, audit, rows)
    tx.execute(_MOVED, {"to_seq": seq, "to_hash": previous})
    return int(seq)


def event_hash(row: dict[str, Any]) -> str:
    """SHA-256 (hex) over the canonical JSON of an event without its own hash."""
    form = {name: row[name] for name in ("seq", "person_id", "action", "subject", "subject_id", "data", "previous")}
    form["at"] = row["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(json.dumps(form, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def head(tx: Tx) -> int:
    """The number of the newest event. While it is the same, nothing has changed that has an event."""
    return int(tx.execute(_HEAD).scalar_one())


def history(tx: Tx, subject: str, subject_ids: Sequence[int], limit: int = 200) -> list[Event]:
    """The newest events about some things of one kind, newest first."""
    query = select(audit).where(audit.c.subject == subject, audit.c.subject_id.in_(list(subject_ids)))
    return [Event(**row._mapping) for row in tx.execute(query.order_by(audit.c.seq.desc()).limit(limit))]


def last(tx: Tx, subject: str, subject_id: int | None, actions: Sequence[str]) -> Event | None:
    """The newest event of one of these actions about one thing."""
    query = select(audit).where(audit.c.subject == subject, audit.c.subject_id == subject_id)
    row = tx.execute(query.where(audit.c.action.in_(list(actions))).order_by(audit.c.seq.desc()).limit(1)).first()
    return Event(**row._mapping) if row else None


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
    hash; `found` whether the head that was asked for is part of the chain, `proven` the number of its event: up to
    there nothing can have been written anew since that head was printed."""

    events: int
    head: str
    broken_at: int | None
    found: bool
    proven: int = field(default=0, compare=False)

    @property
    def holds(self) -> bool:
        return self.broken_at is None and self.found


@dataclass(frozen=True, slots=True)
class Walked:
    """How far a walk along the chain is: up to event `seq`, whose hash is `hash`, all fits.

    `broken_at` is the first event that does not, `ended` whether the walk has come to its end, either way.
    """

    seq: int = 0
    hash: str = GENESIS
    broken_at: int | None = None
    ended: bool = False


def walk_on(tx: Tx, done: Walked, limit: int, known: tuple[int, str] = (0, GENESIS)) -> Walked:
    """The next so many events of a walk. `known` is an event of an earlier walk: the one of that number must still have
    that hash."""
    seq, previous = done.seq, done.hash
    rows = tx.execute(select(audit).where(audit.c.seq > seq).order_by(audit.c.seq).limit(limit)).all()
    for row in rows:
        event = dict(row._mapping)
        fits = event["seq"] == seq + 1 and event["previous"] == previous and event_hash(event) == event["hash"]
        if not fits or (event["seq"] == known[0] and event["hash"] != known[1]):
            return Walked(seq, previous, broken_at=seq + 1, ended=True)
        seq, previous = event["seq"], event["hash"]
    if len(rows) == limit:
        return Walked(seq, previous)
    cut_off = tuple(tx.execute(select(audit_head.c.seq, audit_head.c.hash)).one()) != (seq, previous)
    return Walked(seq, previous, broken_at=seq + 1 if cut_off or seq < known[0] else None, ended=True)


def verify(tx: Tx, known_head: str = "") -> Verdict:
    """Walks the whole chain. `known_head` is a head printed earlier: it must be one of the hashes on the way."""
    previous, expected, found, proven = GENESIS, 1, known_head in ("", GENESIS), 0
    for row in tx.execute(select(audit).order_by(audit.c.seq).execution_options(yield_per=1000)):
        event = dict(row._mapping)
        if event["seq"] != expected or event["previous"] != previous or event_hash(event) != event["hash"]:
            return Verdict(expected - 1, previous, expected, found, proven)
        previous, expected = event["hash"], expected + 1
        if previous == known_head:
            found, proven = True, event["seq"]
    head = tx.execute(select(audit_head.c.seq, audit_head.c.hash)).one()
    # A log cut off at its end still chains; the head row and the heads printed elsewhere give it away.
    broken = None if tuple(head) == (expected - 1, previous) else expected
    return Verdict(expected - 1, previous, broken, found, proven)
