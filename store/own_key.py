"""Which key the secrets and keyed hashes of a database were made with, and whether it is the one at hand.

The database holds the key's fingerprint, which says nothing about the key itself. With another key its passwords cannot
be read and erased names are not recognised; so nothing new is made with another one, and what needs the right one
refuses in words, until the right one is back or somebody says that it is lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import exists, func, select

from model.errors import Conflict
from model.language import _, many
from model.settings import settings
from store import audit, people
from store.db import Store, Tx
from store.keys import FACT, TEMPORARY, KeyMissing, Keys, keys, present
from store.schema import erased_names, hooks, sources
from store.schema import people as people_table
from store.sources import MAX_SOURCES

UNKNOWN = "unknown"
"""What a database knows of its own key where none was there that could be it."""
_NAMED = 10


class Held(StrEnum):
    """What key there is."""

    OWN = "own"
    OTHER = "other"
    MISSING = "missing"
    BACK = "back"  # it is in its place again, but this process began without it


@dataclass(frozen=True, slots=True)
class Standing:
    """How the key at hand stands to the database: `locked` names the sources whose password or webhook cannot be read,
    `names` counts erased names that are not recognised."""

    held: Held
    locked: tuple[str, ...]
    names: int


def fits(tx: Tx, mine: Keys | None) -> bool:
    """Whether this is the key of the database, or the database does not know yet which one is."""
    known = people.fact(tx, FACT)
    return known is None or (mine is not None and mine.fingerprint() == known)


def require(tx: Tx, mine: Keys) -> None:
    """Raises KeyMissing unless this is the database's own key; for whatever makes or needs something with it."""
    if not fits(tx, mine):
        raise KeyMissing(
            _(
                "This needs the installation's own key, which is not here. Nothing was changed. The page Sources tells"
                " an administrator what to do."
            )
        )


def standing(tx: Tx, mine: Keys | None) -> Standing:
    """How a key, or that there is none, stands to the database."""
    unreadable = locked(tx, mine)
    if fits(tx, mine):
        return Standing(Held.OWN, unreadable, 0)
    here = present()
    held = Held.MISSING if here is None else Held.BACK if fits(tx, here) else Held.OTHER
    return Standing(held, unreadable, _names(tx))


def locked(tx: Tx, mine: Keys | None) -> tuple[str, ...]:
    """The sources whose password or webhook's secret cannot be read with this key, by name."""
    return tuple(sorted({name for name, secret in _secrets(tx) if not _reads(mine, secret)}))


def _secrets(tx: Tx) -> list[tuple[str, bytes]]:
    passwords = select(sources.c.name, sources.c.secret).where(sources.c.secret.is_not(None)).limit(MAX_SOURCES)
    of_hooks = select(sources.c.name, hooks.c.secret).join(hooks, hooks.c.source_id == sources.c.id).limit(MAX_SOURCES)
    return [(row[0], row[1]) for query in (passwords, of_hooks) for row in tx.execute(query)]


def _reads(mine: Keys | None, secret: bytes) -> bool:
    try:
        return mine is not None and bool(mine.decrypt(secret))
    except KeyMissing:
        return False


def _names(tx: Tx) -> int:
    return int(tx.execute(select(func.count()).select_from(erased_names)).scalar_one())


# --- at a start ------------------------------------------------------------------------------------------------------


def settle(store: Store) -> Standing:
    """Makes the key of a new installation, writes down which key a database has that does not know it yet, and returns
    how the key at hand stands to it. A database that had a key gets no new one.

    Of a database of an earlier version the key at hand is taken for its own, unless it can read none of its secrets.
    """
    with store.write() as tx:
        mine = present()
        if mine is None and people.fact(tx, FACT) is None and not tx.execute(select(exists(people_table))).scalar():
            mine = keys()
        if people.fact(tx, FACT) in (None, UNKNOWN):
            people.set_fact(tx, FACT, _told_by(tx, mine))
        return standing(tx, mine)


def _told_by(tx: Tx, mine: Keys | None) -> str:
    secrets = [secret for _name, secret in _secrets(tx)]
    own = mine is not None and (not secrets or any(_reads(mine, secret) for secret in secrets))
    return mine.fingerprint() if mine is not None and own else UNKNOWN


def place() -> Path:
    """Where the key's file is looked for."""
    return settings().home.resolve() / "key"


# --- in words --------------------------------------------------------------------------------------------------------


def told(now: Standing) -> str:
    """A line for each: what is wrong and what is kept, what is locked, what to do; empty when all is well."""
    if now.held is Held.OWN:
        return (
            _(
                "The passwords or webhooks of these sources were saved with another key and cannot be read: {names}."
                " Enter them again on the page Sources.",
                names=_listed(now.locked),
            )
            if now.locked
            else ""
        )
    said, kept = [], _("Nothing is lost, and Levelhead works on: feeds are read, cases are worked on.")
    if now.locked:
        said.append(
            _(
                "But the passwords and webhooks of these sources cannot be read, so nothing is sent there: {names}.",
                names=_listed(now.locked),
            )
        )
    said.append(_("No password can be saved, and nobody's words can be erased."))
    if now.names:
        said.append(
            many(
                "Uploads are refused, as {n} name that was erased on request would not be recognised.",
                "Uploads are refused, as {n} names that were erased on request would not be recognised.",
                now.names,
            )
        )
    return "\n".join([f"{_what(now.held)} {kept}", " ".join(said), _next(now.held)])


def _what(held: Held) -> str:
    if held is Held.MISSING:
        return _("The key of this installation is missing: neither LEVELHEAD_KEY nor {place} holds it.", place=place())
    if held is Held.BACK:
        return _("The key of this installation is in its place again, but Levelhead was started without it.")
    where = "LEVELHEAD_KEY" if settings().key else place()
    return _("The key in {place} is not the one that this installation's data was written with.", place=where)


def _next(held: Held) -> str:
    if held is Held.BACK:
        return _("Start Levelhead again.")
    return _(
        "Put your copy of the key there, and start Levelhead again. Only if there is no copy left: 'python -m store key"
        " --replace' goes on with another key."
    )


def _listed(names: Sequence[str]) -> str:
    few = ", ".join(names[:_NAMED])
    if len(names) <= _NAMED:
        return few
    return _("{names} and {n} more", names=few, n=len(names) - _NAMED)


# --- when it is lost -------------------------------------------------------------------------------------------------


def replace(store: Store, now: datetime) -> Standing:
    """The database's own key is lost for good: from now on the one at hand is, or a new one where there is none.

    Returns what is lost with it: the sources whose secrets have to be entered again, and the count of names that are
    not recognised any more. Raises Conflict when the key at hand is the database's own.
    """
    with store.write() as tx:
        mine, lost = present(), standing(tx, present())
        if lost.held is Held.OWN:
            raise Conflict(_("The key here is this installation's own, so there is nothing to replace."))
        if mine is None:
            mine = keys()  # the one that this home's processes have been using meanwhile, so they need not start again
            (settings().home / TEMPORARY).rename(place())
        people.set_fact(tx, FACT, mine.fingerprint())
        counts = {"sources": len(lost.locked), "names": lost.names}
        audit.record(tx, "store.key_replaced", "store", None, by=None, at=now, **counts)
    return lost
