"""What is kept how long, and erasing what a commenter wrote: who may, and the purge that a worker does each day."""

import time

from access.permissions import Permission, require
from jobs import Context, enqueue
from model import clock
from model.language import sense
from model.person import Person
from response.text import typed
from store import erasure, people, purge, retention
from store.db import Store
from store.erasure import Erased, Found, Who
from store.keys import keys
from store.purge import Going

_PURGED = "purged on"
_AT_A_TIME_S = 60.0
"""A job ends after this long, so that no worker is taken up for hours; the next look goes on."""


def set_days(store: Store, by: Person, name: str, days: int | None) -> None:
    """Sets how many days one kind is kept; None: until somebody sets a number."""
    require(by, Permission.DATA)
    with store.write() as tx:
        retention.change(tx, name, days, by=by.id, at=clock.now())


def preview(store: Store, by: Person, name: str, days: int | None) -> Going:
    """What the next purge would take of a kind if it were kept for so many days; None: kept."""
    require(by, Permission.DATA)
    with store.read() as tx:
        rules = retention.with_days(retention.in_force(tx), name, days)
        return purge.preview(tx, name, rules.before(name, clock.now()))


def find(store: Store, by: Person, who: Who) -> Found:
    """What erasing this commenter would take."""
    require(by, Permission.DATA)
    with store.read() as tx:
        return erasure.find(tx, who)


def erase(store: Store, by: Person, who: Who, reason: str) -> Erased:
    """Erases what a commenter wrote, for good; the reason stands in the record."""
    require(by, Permission.DATA)
    why = typed(reason, sense("what somebody has to write", "a reason"))
    return erasure.erase(store, keys(), who, why, by=by.id, now=clock.now())


def look(store: Store) -> None:
    """Once a day, what is over is purged: a job is asked for until one has come to the end."""
    today = f"{clock.now():%Y-%m-%d}"
    with store.read() as tx:
        if people.fact(tx, _PURGED) == today:
            return
    with store.write() as tx:
        enqueue(tx, "purge", 0, "purge")


def purge_some(context: Context) -> None:
    """The job: deletes what is over, for a minute at most."""
    going = purge.Purge(context.store, until=time.monotonic() + _AT_A_TIME_S)
    today = f"{clock.now():%Y-%m-%d}"
    if going.run() and context.still_mine():
        with context.store.write() as tx:
            people.set_fact(tx, _PURGED, today)
