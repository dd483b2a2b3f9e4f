"""The token with which a machine may ask how Levelhead runs: made and withdrawn by an administrator, shown once."""

from dataclasses import dataclass, field
from datetime import datetime

from access import limits, tokens
from access.permissions import Permission, require
from model import clock
from model.person import Person
from store import audit, people
from store.db import Store, Tx


@dataclass(frozen=True, slots=True)
class Made:
    """That there is a token: since when, and who made it. The token itself nobody here knows."""

    at: datetime
    by: int
    hash: str = field(repr=False)


def made(tx: Tx) -> Made | None:
    """The token in force, None when there is none."""
    kept = people.fact(tx, people.MONITOR)
    return Made(datetime.fromisoformat(kept["at"]), kept["by"], kept["hash"]) if kept else None


def make(store: Store, by: Person) -> str:
    """A new token, instead of the one before; it is returned this once."""
    require(by, Permission.HEALTH)
    now, token = clock.now(), tokens.new()
    with store.write() as tx:
        people.set_fact(tx, people.MONITOR, {"hash": tokens.stored(token), "at": now.isoformat(), "by": by.id})
        audit.record(tx, "monitor.token_made", "store", None, by=by.id, at=now)
    return token


def withdraw(store: Store, by: Person) -> None:
    """From now on no token is right; nothing happens when there was none."""
    require(by, Permission.HEALTH)
    now = clock.now()
    with store.write() as tx:
        if made(tx) is not None:
            people.drop_fact(tx, people.MONITOR)
            audit.record(tx, "monitor.token_withdrawn", "store", None, by=by.id, at=now)


def lets_in(store: Store, token: str, address: str) -> bool:
    """Whether this is the token in force. A wrong one costs one of the tries of the address that it came from; raises
    TooMany when there are none left.

    The right one always counts: nobody can guess it, and a stranger who tries must not lock a monitor out that comes
    from the same address.
    """
    with store.read() as tx:
        known = made(tx)
    # Compared even where there is none: how long it takes says nothing either.
    if tokens.same(tokens.stored(token), known.hash if known else "") and token:
        return True
    limits.spend(store, clock.now(), limits.monitor(address))
    return False
