"""The record: who reads it and hands it out, and its daily proof, for which a worker walks the whole chain.

What the walk came to is a fact of the installation: pages and monitors read that, and never walk themselves.
"""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TextIO

from access.permissions import Permission, require
from jobs import Context, enqueue
from model import clock
from model.person import Person
from store import audit, people, trail
from store import export as exporting
from store.audit import Event, Walked
from store.db import Store, Tx
from store.trail import Beside, Page, Wanted

_PROVEN, _UNDER_WAY = "chain proven", "chain walked"
_STEP = 5_000
"""Events of one look into the database: so short that on SQLite the log of writes can be emptied in between."""
_AT_A_TIME_S = 60.0
"""A job ends after this long, so that no worker is taken up for hours; the next look goes on."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What the last walk came to: up to event `seq`, whose hash is `head`, the chain holds; `broken_at` is the first
    event that does not fit. `since` is the head of the walk before, which was found on the way: nothing up to there was
    written anew in between. Empty for a first walk."""

    at: datetime
    seq: int
    head: str
    broken_at: int | None
    since: str
    since_seq: int


def proof(tx: Tx) -> Proof | None:
    """The last walk that came to its end; None before there was one."""
    kept = people.fact(tx, _PROVEN)
    return Proof(**{**kept, "at": datetime.fromisoformat(kept["at"])}) if kept else None


# --- reading it ------------------------------------------------------------------------------------------------------


def read(store: Store, by: Person, wanted: Wanted, before: int | None = None) -> tuple[Page, Beside]:
    """A page of the record, and what the rows say to it."""
    require(by, Permission.RECORD)
    with store.read() as tx:
        found = trail.page(tx, wanted, before)
        return found, trail.beside(tx, found.events)


def export(store: Store, by: Person, wanted: Wanted, out: TextIO, *, lines: bool, told: Callable[[Event], str]) -> int:
    """Writes the newest wanted events to `out`, as CSV or JSON lines, and puts on the record that this was done;
    returns how many. `told` says in words what an event is."""
    require(by, Permission.RECORD)
    with store.read() as tx:
        names = {person.id: person.name for person in people.everybody(tx)}
        count = exporting.events(tx, trail.each(tx, wanted), out, names, told, lines=lines)
    asked = {name: value for name, value in asdict(wanted).items() if value not in (None, "")}
    asked |= {"text": True} if wanted.text else {}  # what was typed is nothing for the record
    plain = {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asked.items()}
    with store.write() as tx:
        audit.record(tx, "store.record_exported", "store", None, by=by.id, at=clock.now(), wanted=plain, count=count)
    return count


# --- proving it ------------------------------------------------------------------------------------------------------


def look(store: Store) -> None:
    """Once a day the chain is walked: a job is asked for until one has come to the end."""
    with store.read() as tx:
        last = proof(tx)
    if last and last.at.date() == clock.now().date():
        return
    with store.write() as tx:
        enqueue(tx, "verify", 0, "verify")


def walk(context: Context) -> None:
    """The job: walks on from where the last one was cut off, for a minute at most."""
    until = time.monotonic() + _AT_A_TIME_S
    with context.store.read() as tx:
        last, kept = proof(tx), people.fact(tx, _UNDER_WAY)
    known = (last.seq, last.head) if last and last.broken_at is None else (0, audit.GENESIS)
    done = Walked(**kept) if kept else Walked()
    while not done.ended and time.monotonic() < until:
        with context.store.read() as tx:
            done = audit.walk_on(tx, done, _STEP, known)
    if not context.still_mine():
        return
    with context.store.write() as tx:
        if not done.ended:
            people.set_fact(tx, _UNDER_WAY, asdict(done))
            return
        people.drop_fact(tx, _UNDER_WAY)
        since = known if known[0] else (0, "")
        found = Proof(clock.now(), done.seq, done.hash, done.broken_at, since[1], since[0])
        people.set_fact(tx, _PROVEN, {**asdict(found), "at": found.at.isoformat()})
